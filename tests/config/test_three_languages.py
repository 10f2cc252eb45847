"""What is said about a mistake in a configuration, in the technician's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.base.language import LANGUAGES
from tests.config.counter import changed, said
from tests.support.examples import sampled
from tests.support.tables import cases_of

TABLE = cases_of(Path(__file__).with_name("three_languages.yaml"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mistake", sampled(TABLE, 8), ids=lambda mistake: str(mistake["en"]))
def test_each_mistake_is_told_in_each_language(
    monkeypatch: pytest.MonkeyPatch, mistake: dict[str, str], language: str
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    assert said(changed(mistake["replace"], mistake["by"])) == [mistake[language]]


def test_the_languages_say_different_things() -> None:
    assert all(len({mistake[word] for word in LANGUAGES}) == 3 for mistake in TABLE)
