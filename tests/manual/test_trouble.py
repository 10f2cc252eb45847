"""The pages about trouble: each code and each screen that people can meet has its entry."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest

import kiosk
from kiosk.display.screens.texts import LANGUAGES
from kiosk.sale.words import Fault, Screen

MANUAL = Path(kiosk.__file__).parent / "manual"
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
