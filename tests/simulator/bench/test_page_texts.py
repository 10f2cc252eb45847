"""The texts of the bench's page: each in three languages, none missing, none left over."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import kiosk.simulator.bench
from kiosk.sale.words import Outcome, Screen
from kiosk.service.status_file import SENTENCES
from kiosk.signals import Lamp

STATIC = Path(kiosk.simulator.bench.__file__).with_name("static")
TEXTS: dict[str, dict[str, str]] = json.loads((STATIC / "texts.json").read_text())
HTML = (STATIC / "index.html").read_text()
SCRIPTS = "\n".join(path.read_text() for path in sorted(STATIC.glob("*.js")))

# Groups whose keys end with a word that the simulator says: t(`press.${…}`), word("screen", …).
GROUPS = set(re.findall(r'word\("(\w+)",', SCRIPTS)) | set(re.findall(r"`(\w+)\.\$\{", SCRIPTS))
KEY = r"[a-z]\w*\.\w+"


def named_keys() -> set[str]:
    in_html = re.findall(r'data-(?:text|label)="([^"]+)"', HTML)
    return {*in_html, *re.findall(rf'"({KEY})"', SCRIPTS)} - {"texts.json"}


def keys_of(group: str) -> set[str]:
    return {key.split(".")[1] for key in TEXTS if key.startswith(f"{group}.")}


def fields(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_each_text_is_said_in_three_languages_with_the_same_fields() -> None:
    for key, said in TEXTS.items():
        assert set(said) == {"en", "es", "pt"}, key
        assert all(text.strip() for text in said.values()), key
        assert len({frozenset(fields(text)) for text in said.values()}) == 1, key


def test_each_text_that_the_page_names_exists() -> None:
    assert named_keys() - TEXTS.keys() == set()


def test_no_text_is_left_over() -> None:
    used = named_keys() | {key for key in TEXTS if key.split(".")[0] in GROUPS}
    assert TEXTS.keys() - used == set()


def test_what_the_counter_can_say_has_a_text() -> None:
    assert keys_of("screen") >= set(Screen)
    assert keys_of("state") >= set(SENTENCES)
    assert keys_of("lamp") >= set(get_args(Lamp))
    assert keys_of("outcome") >= set(Outcome) - {Outcome.REFUSED}  # nobody can decide for refused


class Words(HTMLParser):
    """What stands in the page itself: words that no language would change."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(data.strip())


def test_the_page_itself_has_no_words_but_names_keys_and_units() -> None:
    words = Words()
    words.feed(HTML)
    names = {"Kiosk", "Español", "Português", "English"}
    assert set(words.found) - names == {"50 mm", "?", "S", "P", "D"}


def test_nothing_in_the_page_needs_more_than_its_own_files() -> None:
    """The content security policy allows no script or style within the page, and no other host."""
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=)", HTML)
    assert re.findall(r"https?://", HTML + SCRIPTS) == []
    assert "innerHTML" not in SCRIPTS


def test_each_file_of_the_page_is_short() -> None:
    long = {
        path.name: count for path in STATIC.rglob("*.[hjc]*s*") if (count := _lines(path)) > 250
    }
    assert long == {}


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())
