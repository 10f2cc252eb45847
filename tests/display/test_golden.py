"""No picture changes unseen: each is compared with the one that somebody has looked at."""

from __future__ import annotations

import pytest

from kiosk.display.words import LANGUAGES
from tests.display.golden import FOLDER, KINDS, golden, pictures

AGAIN = "look at it, and if it is better than before: python -m tests.display.golden"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", KINDS)
def test_every_screen_is_as_it_was_looked_at(name: str, language: str) -> None:
    before = golden(KINDS[name], language)
    for state, picture in pictures(KINDS[name], language).items():
        same = picture.convert("L").tobytes() == before[state].tobytes()
        assert same, f"{state} on {name} in {language} has changed; {AGAIN}"


def test_no_screen_and_no_language_is_forgotten() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == {
        f"{name}-{language}" for name in KINDS for language in LANGUAGES
    }
