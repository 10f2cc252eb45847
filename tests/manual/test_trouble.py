"""The pages about trouble: each code and each screen that people can meet has its entry."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import kiosk
from kiosk.cli.manual.fences import replace_fences
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.words import Fault, Screen

MANUAL = Path(kiosk.__file__).parent / "manual"
INDEX = (MANUAL / "trouble/index.md").read_text("utf-8")
CODES = (MANUAL / "trouble/codes.md").read_text("utf-8")
CASHIER = (MANUAL / "trouble/cashier.md").read_text("utf-8")
SYMPTOMS = (MANUAL / "trouble/symptoms.md").read_text("utf-8")


@pytest.mark.parametrize("fault", Fault)
def test_each_reason_code_has_an_entry_under_the_words_of_the_panel(fault: Fault) -> None:
    on_panel = ", ".join(LANGUAGES[word].faults[fault] for word in ("es", "pt", "en"))

    anchor = fault.value.replace("_", "-")

    assert f"(cure-{anchor})=\n## {fault}: {on_panel}\n" in CODES


def test_there_is_no_entry_for_a_code_that_does_not_exist() -> None:
    assert re.findall(r"^## (\w+):", CODES, re.MULTILINE) == [fault.value for fault in Fault]


@pytest.mark.parametrize("language", ["en", "es", "pt"])
@pytest.mark.parametrize("screen", Screen)
def test_the_cashier_reads_what_each_screen_means(screen: Screen, language: str) -> None:
    """With the words that are on a panel of this language."""
    headline = LANGUAGES["en"].screens[screen].headline
    assert f"| **{headline}** |" in CASHIER

    translated = gettext.translation(
        "trouble", MANUAL / "locale", [language], fallback=language == "en"
    ).gettext(f"**{headline}**")

    assert translated == f"**{LANGUAGES[language].screens[screen].headline}**"


def test_each_symptom_has_an_anchor_and_steps() -> None:
    _before, *symptoms = SYMPTOMS.split("\n(symptom-")

    assert len(symptoms) >= 12  # ten and more, and none without a first step
    assert all(re.search(r"^1\. \w", symptom, re.MULTILINE) for symptom in symptoms)
    assert SYMPTOMS.count("\n## ") == len(symptoms)


def test_each_code_and_each_symptom_is_one_click_away_from_the_first_page_about_trouble() -> None:
    places = re.findall(r"^\(([\w-]+)\)=\n## (.+)$", CODES + SYMPTOMS, re.MULTILINE)

    links = re.findall(r"^- \[(.+)\]\(#([\w-]+)\)$", INDEX, re.MULTILINE)

    assert links == [(heading, anchor) for anchor, heading in places]


def _quoted() -> Iterator[tuple[str, str]]:
    """Yield each message that stands at the beginning of a row or a step, and its page."""
    for page in sorted([*MANUAL.glob("parts/*.md"), MANUAL / "trouble/symptoms.md"]):
        text = replace_fences(page.read_text("utf-8"), lambda _: "")
        for message in re.findall(r"^(?:\| |\d\. )`([^`]+)`", text, re.MULTILINE):
            yield page.stem, message


def test_the_messages_of_the_symptoms_are_said_by_the_program() -> None:
    """In the longest part of each that has no number or path."""
    package = MANUAL.parent
    said = " ".join(file.read_text("utf-8") for file in package.rglob("*.py"))
    unknown = [
        (page, message)
        for page, message in _quoted()
        if max(re.split(r" ?\S*[\d/]\S* ?", message), key=len) not in said
        and message != "claimed by spi0 CS0"  # Pimoroni's library says it
    ]

    assert len([*_quoted()]) > 15
    assert unknown == []
