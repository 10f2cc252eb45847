"""No picture changes unseen: each is compared with the one that somebody has looked at."""

from __future__ import annotations

import platform

import pytest
from PIL import ImageChops

from kiosk.display.screens.texts import LANGUAGES
from tests.display.golden import FOLDER, KINDS, golden, pictures
from tests.support.examples import sampled

AGAIN = "look at it, and if it is better than before: python -m tests.display.golden"

# They were drawn on x86_64. ARM multiplies and adds in one step, which puts one pixel of the largest
# arrow on the other side of its edge.
PIXELS_THAT_MAY_DIFFER = 0 if platform.machine() == "x86_64" else 1


@pytest.mark.parametrize("language", sampled(LANGUAGES, 3))
@pytest.mark.parametrize("name", KINDS)
def test_every_screen_is_as_it_was_looked_at(name: str, language: str) -> None:
    before = golden(KINDS[name], language)
    for state, picture in pictures(KINDS[name], language).items():
        difference = ImageChops.difference(picture, before[state]).convert("L").histogram()
        same = sum(difference[1:]) <= PIXELS_THAT_MAY_DIFFER
        assert same, f"{state} on {name} in {language} has changed; {AGAIN}"


def test_no_screen_and_no_language_is_forgotten() -> None:
    assert {file.stem for file in FOLDER.iterdir()} == {
        f"{name}-{language}" for name in KINDS for language in LANGUAGES
    }
