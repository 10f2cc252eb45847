"""The test card: every code on it is read, and means what stands beside it."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
import zxingcpp
from typer.testing import CliRunner

from kiosk.base.errors import BadReading
from kiosk.base.language import speak
from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.replay import describe
from kiosk.cli.sheets import card_drawing
from kiosk.cli.verbs import app
from kiosk.display.qr.fit import DISTANCE_PER_MODULE
from kiosk.inputs.codes.meaning import CodeReader
from kiosk.inputs.codes.own_codes import ControlCode, SignedAmount
from kiosk.inputs.codes.settings import CodesSettings
from kiosk.sale.events import AmountRead, ItemScanned, RemovePressed
from kiosk.sale.words import Item
from tests.paper.printed import DOTS, SVG, codes, ink_of_pdf, ink_of_svg, picture, texts

LANGUAGES = {"en": "ARS", "es": "ARS", "pt": "BRL"}
LABELS = CodesSettings.model_validate({"labels": [{"pattern": "20.....{NNNDD}", "holds": "price"}]})


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["card", *map(str, words)])
    return result.exit_code, result.output


def reader(currency: str, key: bytes = card_drawing.CARD_KEY) -> CodeReader:
    """Return the reader of a counter with the settings that stand on the card."""
    patterns = tuple(label.label_pattern() for label in LABELS.labels)
    return CodeReader(CURRENCIES[currency], labels=patterns, control=True, key=key)


def _tree(file: Path) -> ElementTree.Element:
    return ElementTree.parse(file).getroot()


@pytest.fixture(params=LANGUAGES)
def svg(request: pytest.FixtureRequest, tmp_path: Path) -> ElementTree.Element:
    file = tmp_path / "card.svg"
    assert run("--lang", request.param, "-o", file) == (0, "")
    return _tree(file)


def test_no_text_lies_on_another_and_none_is_off_the_page(svg: ElementTree.Element) -> None:
    said = texts(svg)
    assert [pair for pair in combinations(said, 2) if pair[0].meets(pair[1])] == []
    assert svg.attrib["viewBox"] == "0 0 210 297"  # not made smaller
    assert max(each.right for each in said) < 205
    assert max(each.bottom for each in said) < 290


def test_the_ruler_is_50_millimetres(svg: ElementTree.Element) -> None:
    marks = {
        float(each.attrib["points"].partition(",")[0])
        for each in svg.iter(f"{SVG}polyline")
        if each.attrib["stroke-width"] == "0.2"
    }
    assert max(marks) - min(marks) == 50
    assert len(marks) == 51


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_code_is_read_and_means_what_the_card_says(language: str, tmp_path: Path) -> None:
    file, currency = tmp_path / "card.svg", LANGUAGES[language]
    assert run("--lang", language, "-o", file) == (0, "")
    tree = _tree(file)
    found = codes(picture(ink_of_svg(tree)))
    beside = {each.said for each in texts(tree)}
    speak(language)
    try:
        meanings = {scan[:3]: _event(scan, currency) for scan in found if scan[:2] in {"]E", "]C"}}
        signed = [scan for scan in found if "KQAMT" in scan]
        assert {"]E0", "]C0", "]C1"} == meanings.keys()
        for event in (*meanings.values(), *(_event(scan, currency) for scan in signed)):
            assert any(each.endswith(f": {describe(event)}") for each in beside), event  # type: ignore[arg-type]
        phones = {scan.removeprefix("]Q1").rstrip(".") for scan in found if scan[:2] == "]Q"}
        expected = {card_drawing.distance_text(each).rstrip(".") for each in card_drawing.DISTANCES}
        assert expected == phones - {scan.removeprefix("]Q1") for scan in signed}
    finally:
        speak("en")


def _event(scan: str, currency: str) -> object:
    match reader(currency).read(scan):
        case Item() as item:
            return ItemScanned(item, "scanner")
        case SignedAmount(amount):
            return AmountRead(amount, "scanner")
        case ControlCode.REMOVE:
            return RemovePressed("scanner")
    raise AssertionError(scan)


def test_the_pdf_has_the_same_codes(tmp_path: Path) -> None:
    svg, pdf = tmp_path / "card.svg", tmp_path / "card.pdf"
    assert (run("-o", svg), run("-o", pdf)) == ((0, ""), (0, ""))
    in_svg = codes(picture(ink_of_svg(_tree(svg))))
    in_pdf = codes(picture(ink_of_pdf(pdf.read_bytes())))
    assert len(in_svg) == 10
    assert in_pdf.keys() == in_svg.keys()


def test_the_modules_are_as_wide_as_the_distance_needs(svg: ElementTree.Element) -> None:
    found = [code for scan, code in codes(picture(ink_of_svg(svg))).items() if "kiosk" in scan]
    widths = sorted(_side(code) / 41 for code in found)  # an order's QR has 41 modules a side
    for wide, distance in zip(widths, sorted(card_drawing.DISTANCES), strict=True):
        assert wide * DISTANCE_PER_MODULE == pytest.approx(10 * distance, rel=0.03)


def _side(code: zxingcpp.Barcode) -> float:
    """Return the side of a QR in millimetres."""
    place = code.position
    return (place.top_right.x - place.top_left.x + 1) / DOTS


def test_no_counter_sells_by_the_card() -> None:
    """The sample is signed with a key that is on the card, so it is worth nothing elsewhere."""
    code = card_drawing.signed_sample("ARS")
    with pytest.raises(BadReading, match="not signed with the secret of this kiosk"):
        reader("ARS", key=b"the secret of a real counter").read(code)
    with pytest.raises(BadReading, match=r"codes\.signed"):
        CodeReader(CURRENCIES["ARS"]).read(code)
    with pytest.raises(BadReading, match=r"codes\.control"):
        CodeReader(CURRENCIES["ARS"]).read(card_drawing.CONTROL)
    read = reader("ARS").read(code)
    assert read == SignedAmount(Money.of("12.50", "ARS"), card_drawing.SERIAL)


def test_the_amounts_are_in_a_known_currency(tmp_path: Path) -> None:
    file = tmp_path / "card.svg"
    assert run("-o", file, "--currency", "CLP") == (0, "")
    (signed,) = (scan for scan in codes(picture(ink_of_svg(_tree(file)))) if "KQAMT" in scan)
    assert reader("CLP").read(signed) == SignedAmount(Money.of("1250", "CLP"), "TESTCARD")
    assert {"It says: amount 1250 CLP", "It says: item 00012: 1 × 32 CLP"} <= {
        each.said for each in texts(_tree(file))
    }
    code, said = run("-o", file, "--currency", "EUR")
    assert (code, said.partition(";")[0]) == (2, "'EUR' is not a known currency")


def test_bad_places_to_write_to(tmp_path: Path) -> None:
    said = "write a name that ends in .svg or .pdf"
    for name in ("card.png", "card", "svg"):
        assert run("-o", tmp_path / name) == (2, f"{tmp_path / name}: {said}\n")
    nowhere = tmp_path / "nowhere/card.svg"
    code, said = run("-o", nowhere)
    assert (code, said.startswith(f"{nowhere}: the drawing can't be written (")) == (1, True)
    (tmp_path / "folder.pdf").mkdir()
    code, said = run("-o", tmp_path / "folder.pdf")
    assert (code, "can't be written" in said) == (1, True)
