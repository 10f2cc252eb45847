"""Five minutes on a laptop: the page names the keys as they are written on the simulator's page."""

from __future__ import annotations

import json
import re

import pytest

from kiosk.base.language import spoken
from kiosk.cli.manual.manual_pages import FOLDER, find_page, translations_of

PAGE = find_page("laptop")
TEXTS = json.loads((FOLDER.parent / "simulator/bench/static/texts.json").read_text("utf-8"))


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_the_keys_are_named_as_on_the_simulators_page(language: str) -> None:
    text = re.sub(r"^```.*?^```$", "", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    paragraphs = re.findall(r"^(?:\d\. )?(.*\*\*.*)$", text, re.MULTILINE)
    with spoken(language):
        said = [str(translations_of(PAGE).gettext(each)) for each in paragraphs]

    keys = {key for each in said for key in re.findall(r"\*\*(.+?)\*\*", each)}

    assert len(keys) >= 8
    assert keys <= {each[language] for each in TEXTS.values()}
