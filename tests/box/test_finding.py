"""Findings, as people and as programs read them."""

from __future__ import annotations

import pytest

from kiosk.base.language import speak
from kiosk.box.finding import Finding, bad, good, is_bad, warn


@pytest.mark.parametrize(
    ("finding", "line"),
    [
        (good("clock", "it is right"), "good  clock: it is right"),
        (warn("clock", "it is 40 s slow", "run: x"), "warn  clock: it is 40 s slow; run: x"),
        (
            bad("clock", "it is 9 h slow", "run: x", "The clock"),
            "bad  clock: it is 9 h slow; run: x (manual: The clock)",
        ),
    ],
)
def test_a_finding_is_one_line(finding: Finding, line: str) -> None:
    assert finding.line() == line


def test_programs_get_english_words_and_all_fields() -> None:
    speak("es")
    try:
        assert bad("clock", "x", "y", "z").as_json() == {
            "level": "bad", "what": "clock", "meaning": "x", "fix": "y", "page": "z"
        }  # fmt: skip
    finally:
        speak("en")


def test_only_what_is_bad_keeps_the_counter_from_selling() -> None:
    assert not is_bad([good("a", "b"), warn("a", "b", "c")])
    assert is_bad([good("a", "b"), bad("a", "b", "c")])
