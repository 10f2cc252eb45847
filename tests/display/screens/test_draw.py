"""Screens: every one in every language on every size of glass, whole, uncrowded and readable."""

from __future__ import annotations

import itertools
from functools import cache

import pytest
from PIL import Image, ImageChops

from kiosk.base.money import Money
from kiosk.display import Surface
from kiosk.display.chips.known_panels import PANELS
from kiosk.display.fonts.typeface import font
from kiosk.display.qr.fit import MIN_QUIET_ZONE
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import compose, draw
from kiosk.display.screens.layout import Box, IconPart, Part, QrPart, TextRow, TimeBar
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.effects import Show
from kiosk.sale.words import Fault, PayerNotice, Screen
from tests.display.reading import EVERYWHERE, argentina, read_qr
from tests.support.examples import sampled

SIZES = sorted(
    {panel.pixels for panel in PANELS.values()}
    | {panel.pixels[::-1] for panel in PANELS.values()}
    | {(96, 64), (64, 96), (480, 320), (128, 160)}
)
SHOP = "Almacén Doña Rosa"
AMOUNT = Money.of("1234.56", "ARS")
REASONS = {
    Screen.OUT_OF_SERVICE: "network",
    Screen.REJECTED_INPUT: "'1.2.3' is not written like 1.234,56",
}


def showing(screen: Screen, *, qr_data: str = "", amount: Money = AMOUNT) -> Show:
    until = 300.0 if screen is Screen.SCAN_ME else None
    reason = REASONS.get(screen, "")
    return Show(screen, amount, "k1-2026-8F3K2Q", qr_data, until=until, reason=reason)


SHOWS = {screen.value: showing(screen) for screen in Screen if screen is not Screen.SCAN_ME} | {
    "scan_me": showing(Screen.SCAN_ME, qr_data=argentina()),
    "printed": showing(Screen.SCAN_ME),
}


@cache
def composed(show: Show, size: tuple[int, int], language: str = "es") -> tuple[Part, ...]:
    return compose(show, Canvas(size, language, SHOP), 72)


def drawn(
    show: Show, size: tuple[int, int], language: str = "es", surface: Surface = Surface.EMISSIVE
) -> Image.Image:
    return draw(show, Canvas(size, language, SHOP, surface), 72)


def words_of(found: tuple[Part, ...]) -> str:
    text = " ".join(part.text for part in found if isinstance(part, TextRow))
    return text.replace("\N{NO-BREAK SPACE}", " ")


def apart(one: Box, other: Box) -> bool:
    return (
        one.right <= other.left
        or other.right <= one.left
        or one.bottom <= other.top
        or other.bottom <= one.top
    )


@pytest.mark.parametrize("language", sampled(LANGUAGES, 3))
@pytest.mark.parametrize("name", SHOWS)
def test_nothing_is_clipped_and_nothing_overlaps_on_any_glass(name: str, language: str) -> None:
    for size in SIZES:
        found = composed(SHOWS[name], size, language)
        for part in found:
            box = part.box
            assert box.left >= 0, (size, part)
            assert box.top >= 0, (size, part)
            assert box.right <= size[0], (size, part)
            assert box.bottom <= size[1], (size, part)
        for one, other in itertools.combinations(found, 2):
            assert apart(one.box, other.box), (size, one, other)


@pytest.mark.parametrize("language", sampled(LANGUAGES, 3))
@pytest.mark.parametrize("screen", [screen for screen in Screen if screen is not Screen.IDLE])
def test_the_headline_is_whole_in_every_language_on_every_glass(
    screen: Screen, language: str
) -> None:
    said = LANGUAGES[language]
    message = said.printed if screen is Screen.SCAN_ME else said.screens[screen]
    for size in SIZES:
        assert message.headline in words_of(composed(showing(screen), size, language)), size


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_missing_from_a_language(language: str) -> None:
    said = LANGUAGES[language]
    assert set(said.screens) == set(Screen)
    assert set(said.notices) == set(PayerNotice)
    assert set(said.faults) == set(Fault)
    assert all(message.headline for message in (*said.screens.values(), said.printed))
    for wordings in (
        *(message.detail for message in said.screens.values()),
        *said.notices.values(),
    ):
        assert all(wordings)
        assert list(wordings) == sorted(wordings, key=len, reverse=True)


@pytest.mark.parametrize("bold", [False, True])
def test_the_typeface_has_every_letter_that_is_said_and_every_currency_sign(bold: bool) -> None:
    said = "".join(
        text
        for language in LANGUAGES.values()
        for message in (*language.screens.values(), language.printed)
        for text in (message.headline, *message.detail)
    )
    for language in LANGUAGES.values():
        said += "".join((language.code, language.reason, *language.faults.values()))
        said += "".join(text for wordings in language.notices.values() for text in wordings)
    nothing = bytes(font(24, bold).getmask("\ue000"))
    for letter in set(said + "ñÑçÇãõáéíóúüÁÉÍÓÚ¿¡€$₲0123456789…") - {" "}:
        assert bytes(font(24, bold).getmask(letter)) != nothing, letter


@pytest.mark.parametrize("screen", [Screen.PAID, Screen.REFUNDED, Screen.CHECKING])
def test_the_amount_is_part_of_a_result(screen: Screen) -> None:
    for size in SIZES:
        assert "$ 1.234,56" in words_of(composed(showing(screen), size)), size


def test_the_amount_stands_beside_the_qr_on_every_panel_that_is_sold() -> None:
    large = showing(Screen.SCAN_ME, qr_data=argentina(), amount=Money.of("23456.78", "ARS"))
    for size in set(SIZES) - {(96, 64)}:
        assert "$ 23.456,78" in words_of(composed(large, size)), size


def test_the_amount_is_the_largest_type_on_the_glass() -> None:
    found = composed(SHOWS["scan_me"], (250, 122))
    sizes = {part.text: part.size for part in found if isinstance(part, TextRow)}
    amount = "$\N{NO-BREAK SPACE}1.234,56"
    assert all(sizes[amount] > size for text, size in sizes.items() if text != amount)


def test_a_result_can_be_told_apart_by_its_picture_alone() -> None:
    icons = [
        part.icon
        for screen in Screen
        for part in composed(showing(screen), (128, 64))
        if isinstance(part, IconPart)
    ]
    assert len(icons) == len(set(icons)) == len(Screen) - 1  # the shop's name has none


@pytest.mark.parametrize("country", EVERYWHERE)
def test_the_qr_is_read_from_the_panels_own_pixels(country: str) -> None:
    text = EVERYWHERE[country]
    for size, surface in itertools.product(SIZES, Surface):
        picture = drawn(showing(Screen.SCAN_ME, qr_data=text), size, surface=surface)
        assert read_qr(picture) == [text], (size, surface)


@pytest.mark.parametrize("name", sorted(set(SHOWS) - {"scan_me"}))
def test_no_other_screen_holds_anything_that_reads_as_a_qr(name: str) -> None:
    assert read_qr(drawn(SHOWS[name], (400, 300))) == []


def test_the_quiet_zone_is_lit() -> None:
    for size in SIZES:
        frame = drawn(SHOWS["scan_me"], size)
        code = next(p for p in composed(SHOWS["scan_me"], size) if isinstance(p, QrPart))
        symbol, quiet = code.box.middle(code.symbol.side, code.symbol.side), code.symbol.margin
        assert quiet >= MIN_QUIET_ZONE * code.symbol.scale, size
        light = frame.convert("L").crop((symbol.left, symbol.top, symbol.right, symbol.bottom))
        light.paste(255, (quiet, quiet, light.width - quiet, light.height - quiet))
        assert light.getextrema() == (255, 255), size


def test_an_inverted_qr_and_one_without_quiet_zone_are_not_read() -> None:
    """The reader of these tests is no more lenient than the worst phone."""
    frame = drawn(SHOWS["scan_me"], (320, 240))
    assert read_qr(ImageChops.invert(frame.convert("L")), border=255) == []
    code = next(p for p in composed(SHOWS["scan_me"], (320, 240)) if isinstance(p, QrPart))
    assert read_qr(code.symbol.image(), border=0) == []


def test_paper_shows_dark_words_on_white_and_an_oled_lit_words_on_black() -> None:
    paper = drawn(SHOWS["paid"], (250, 122), surface=Surface.PAPER)
    oled = drawn(SHOWS["paid"], (250, 122), surface=Surface.EMISSIVE)
    assert paper.mode == oled.mode == "1"
    assert ImageChops.invert(paper.convert("L")).tobytes() == oled.convert("L").tobytes()
    assert paper.convert("L").getpixel((0, 0)) == 255


# --- what is said -----------------------------------------------------------------------------


def test_static_mode_sends_the_payer_to_the_printed_code() -> None:
    found = composed(SHOWS["printed"], (250, 122))
    assert "Escanee el código impreso" in words_of(found)
    assert "$ 1.234,56" in words_of(found)
    assert any(isinstance(part, TimeBar) for part in found)


def test_the_reference_code_is_bold_and_grouped() -> None:
    found = composed(SHOWS["paid"], (250, 122))
    assert "Código 8F3 K2Q" in words_of(found)
    assert all(part.bold for part in found if isinstance(part, TextRow) and "8F3" in part.text)


def test_out_of_service_names_its_reason_in_the_payers_language() -> None:
    found = composed(SHOWS["out_of_service"], (250, 122))
    assert words_of(found).endswith("Motivo: red (network)")
    *_, reason = (part for part in found if isinstance(part, TextRow))
    assert all(reason.size <= part.size for part in found if isinstance(part, TextRow))


def test_a_reason_that_no_language_knows_is_shown_as_it_is() -> None:
    unknown = Show(Screen.OUT_OF_SERVICE, reason="flood")
    assert words_of(composed(unknown, (250, 122))).endswith("Motivo: flood")


def test_no_qr_is_prepared_while_the_kiosk_finds_out_whether_it_can_sell() -> None:
    assert words_of(composed(Show(Screen.WORKING), (250, 122))) == "Un momento"


def test_why_a_reading_was_rejected_is_for_the_log_not_for_the_payer() -> None:
    said = words_of(composed(SHOWS["rejected_input"], (400, 300)))
    assert said == "No se pudo leer Ingrese o escanee de nuevo"


def test_at_rest_the_shops_name_is_what_is_seen() -> None:
    found = composed(Show(Screen.IDLE), (128, 64))
    texts = [part for part in found if isinstance(part, TextRow)]
    assert words_of(found) == "Almacén Doña Rosa Listo"
    assert texts[0].size > 1.5 * texts[-1].size


def test_a_shop_without_a_name_is_still_ready() -> None:
    assert words_of(compose(Show(Screen.IDLE), Canvas((128, 64), "pt", ""), 0)) == (
        "Pague aqui com QR Pronto"
    )


def test_glass_too_small_for_words_still_gives_a_picture() -> None:
    for name in set(SHOWS) - {"scan_me"}:
        assert drawn(SHOWS[name], (64, 16)).size == (64, 16)
