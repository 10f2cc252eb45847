"""The test card: codes for scanners, QRs for phones, and amounts for people, in true size."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.sheets.true_size import LEFT, RIGHT, TEXT, begin, heading, write
from kiosk.display.fonts.typeface import LEGIBLE_CAP
from kiosk.display.qr.encoding import Encoding
from kiosk.display.qr.fit import DISTANCE_PER_MODULE
from kiosk.inputs.codes.own_codes import sign
from kiosk.paper.barcodes import code_128, ean_13, gs1_128
from kiosk.paper.svg_page import GREY, SvgPage

LABEL = "2000012032004"
CONTROL = "KQREMOVE"  # without a basket it changes nothing
GS1 = "01977900000000133103000500392" + "23200"  # (01) item, (3103) 0.5 kg, (3922) 32.00
CARD_KEY = b"kiosk-test-card-only"  # known to everybody, so it protects nothing
SERIAL = "TESTCARD"

DISTANCES = (60, 40, 30, 25, 20, 15)  # centimetres
_ORDER_VERSION = 6  # of an order's QR at level L: 41 modules a side
_CAPS = (LEGIBLE_CAP, 2.4, 3.6, 5.4)  # millimetres
_CAP = 0.729  # of the type size: the height of digits
_BAR = 14.0  # millimetres: the height of the barcodes


@frozen
class _Code:
    """A code for scanners: what it is, its picture, and what the kiosk must do with it."""

    title: str
    rows: tuple[bytes, ...]
    module: float
    text: str
    lines: tuple[str, ...]


def draw_card(currency: str) -> SvgPage:
    """Return the page; the sample amounts are in this currency."""
    page = begin(_("Test card"), "kiosk card")
    heading(page, 44, _("1. Scanners: run kiosk test scanner, and scan a code"))
    for number, code in enumerate(_codes(currency)):
        _draw_code(page, LEFT + number % 2 * 95, 57 + number // 2 * 44, code)
    heading(page, 144, _("2. Phones: how far away they read a QR"))
    bottom = write(
        page,
        (LEFT, 157),
        _(
            "Hold a phone at the distance below a QR. It must read the QR within two seconds, and "
            "shows a text with the same distance. kiosk check says how wide a module is on your "
            "panel: the QR with the same module is read as from your panel."
        ),
        RIGHT - LEFT,
    )
    _draw_distances(page, bottom + 44)
    heading(page, 234, _("3. People: how far away they read an amount"))
    _draw_amounts(page, 256)
    write(
        page,
        (LEFT, 276),
        _(
            "The distances are computed, for a camera of 1080 lines and for usual eyes. If a phone "
            "reads this paper but not your panel, the panel is too bright, too dim or too small."
        ),
        RIGHT - LEFT,
    )
    return page


def signed_sample(currency: str) -> str:
    """Return a sample amount, signed with the key of the card."""
    return sign(_amount(currency), SERIAL, CARD_KEY)


def _amount(currency: str) -> Money:
    return Money.of("12.50" if CURRENCIES[currency].minor_units else "1250", currency)


def _codes(currency: str) -> Iterator[_Code]:
    yield _Code(
        _("EAN-13: a label of a scale"),
        (ean_13(LABEL),),
        0.33,
        LABEL,
        (
            _says(_item("00012", currency)),
            _("Needs: {setting}", setting='codes.labels, "20.....{NNNDD}", holds: price'),
        ),
    )
    yield _Code(
        _("Code 128: a control code"),
        (code_128(CONTROL),),
        0.33,
        CONTROL,
        (_says("RemovePressed"), _("Needs: {setting}", setting="codes.control: yes")),
    )
    yield _Code(
        _("GS1-128: an item with its weight and price"),
        (gs1_128(GS1),),
        0.3,
        "(01)97790000000013(3103)000500(3922)3200",
        (_says(_item("97790000000013", currency)), _("Needs: AIM identifiers, in the scanner")),
    )
    code = signed_sample(currency)
    yield _Code(
        _("QR: a signed amount"),
        Encoding(code).matrix("M"),
        0.6,
        "",
        (
            _says(_("amount {amount}", amount=_amount(currency))),
            _("The second time: it was already used."),
            _("Needs: {setting}", setting="codes.signed"),
            _("Its key: {key}", key=CARD_KEY.decode()),
            _("Everybody knows this key. Use it for tests only."),
        ),
    )


def _says(text: str) -> str:
    return _("It says: {text}", text=text)


def _item(title: str, currency: str) -> str:
    price = Money.of("32", currency)
    return _("item {title}: {count} × {price}", title=title, count=1, price=price)


def _draw_code(page: SvgPage, left: float, top: float, code: _Code) -> None:
    """Draw a code with its texts: below a barcode, beside a QR."""
    page.text((left, top), code.title, 3.3, bold=True)
    is_square = len(code.rows) > 1
    at = (left + 3, top + 3.5)
    page.modules(code.rows, at, code.module, 0 if is_square else _BAR)
    if is_square:
        beside = left + 3 + code.module * (len(code.rows) + 5)
        x, y, wide = beside, top + 6, left + 91 - beside
    else:
        page.text((at[0], at[1] + _BAR + 3.4), code.text, 2.8)
        x, y, wide = left, at[1] + _BAR + 9, 91
    for line in code.lines:
        y = write(page, (x, y), line, wide, size=2.7)


def module_at(distance: int) -> float:
    """Return the least width of a module in millimetres at a distance in centimetres."""
    return 10 * distance / DISTANCE_PER_MODULE


def distance_text(distance: int) -> str:
    """Return what the QR for a distance says."""
    return _(
        "kiosk test card: a module is {module:.2f} mm wide. Every phone must read this from a "
        "distance of {distance} cm.",
        module=module_at(distance),
        distance=distance,
    )


def _draw_distances(page: SvgPage, bottom: float) -> None:
    """Draw the QRs on one line. Each has as many modules as that of an order."""
    symbols = [as_large_as_an_order(distance_text(distance)) for distance in DISTANCES]
    sides = [
        module_at(distance) * len(rows) for distance, rows in zip(DISTANCES, symbols, strict=True)
    ]
    gap = (RIGHT - LEFT - 4 - sum(sides)) / (len(sides) - 1)
    x = LEFT + 4
    for distance, rows, side in zip(DISTANCES, symbols, sides, strict=True):
        page.modules(rows, (x, bottom - side), module_at(distance))
        page.text((x, bottom + 8), _("{distance} cm", distance=distance), 3.6, bold=True)
        page.text((x, bottom + 12), f"{module_at(distance):.2f} mm", TEXT, colour=GREY)
        x += side + gap


def as_large_as_an_order(text: str) -> tuple[bytes, ...]:
    """Return the modules of a text, with full stops after it until an order's QR is as large."""
    longer = (Encoding(text + "." * dots) for dots in count())
    enough = next(each for each in longer if each.version("L") >= _ORDER_VERSION)
    return enough.matrix("L")


def _draw_amounts(page: SvgPage, bottom: float) -> None:
    x = LEFT
    for cap in _CAPS:
        page.text((x, bottom), "$ 1.234,56", cap / _CAP, bold=True)
        distance = round(60 * cap / LEGIBLE_CAP)
        page.text((x, bottom + 5.5), _("{distance} cm", distance=distance), 3.6, bold=True)
        page.text((x, bottom + 9.5), f"{cap:.1f} mm", TEXT, colour=GREY)
        x += 26 + 7 * cap
