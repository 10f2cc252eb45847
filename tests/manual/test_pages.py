"""The pages of the manual: their names, links and settings, and how a terminal shows them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from kiosk.base.errors import ConfigError
from kiosk.base.language import LANGUAGES, LOCALE, _, spoken
from kiosk.cli.manual.fences import complete, fences, replace_fences
from kiosk.cli.manual.manual_pages import FOLDER, find_page, pages, title_of, translations_of
from kiosk.cli.manual.plain_directives import WIDTH, generated
from kiosk.cli.manual.terminal_page import shown
from kiosk.config.judgement import judge
from kiosk.config.sections import Config
from tests.support.terminal import on_terminal

PAGES = pages()
FILES = sorted(set(FOLDER.rglob("*.md")) - {FOLDER / "README.md"})
ENVIRON = {"KIOSK_TOKEN": "APP_USR-TEST"}


def of(page: Path) -> str:
    return str(page.relative_to(FOLDER))


def test_every_page_can_be_asked_for_by_a_name_of_its_own() -> None:
    assert sorted(PAGES.values()) == FILES


@pytest.mark.parametrize("page", FILES, ids=of)
def test_a_page_has_one_title_at_its_beginning(page: Path) -> None:
    text = replace_fences(page.read_text(), lambda _: "")
    titles = re.findall("^# .+", text, re.MULTILINE)
    assert len(titles) == 1
    assert re.sub(r"^\([\w-]+\)=\n+", "", text).startswith(titles[0])


def is_settings(text: str) -> bool:
    return text.partition(":")[0] in Config.model_fields


@pytest.mark.parametrize("page", FILES, ids=of)
def test_the_settings_on_a_page_are_those_of_a_counter_that_can_sell(
    page: Path, tmp_path: Path
) -> None:
    for fence in fences(page.read_text()):
        if fence.name not in ("{yaml-file}", "yaml") or (
            fence.name == "yaml" and not is_settings(fence.body)
        ):
            continue
        file = tmp_path / "kiosk.yaml"
        file.write_text(complete(fence.body))
        found = [f"{page}:{fence.line}: {fault}" for fault in judge(file, ENVIRON).faults]
        assert bool(found) == ("faults" in fence.options), found


def anchors() -> Counter[str]:
    texts = [
        replace_fences(
            page.read_text(), lambda it: generated(it.argument) if it.name == "{generated}" else ""
        )
        for page in FILES
    ]
    return Counter(re.findall(r"^\(([\w-]+)\)=$", "\n".join(texts), re.MULTILINE))


def test_an_anchor_stands_for_one_place() -> None:
    assert [name for name, times in anchors().items() if times > 1] == []


def test_every_link_leads_to_a_page_or_to_an_anchor() -> None:
    known = anchors()
    broken = []
    for page in FILES:
        text = replace_fences(page.read_text(), lambda _: "")
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            file, _, anchor = target.partition("#")
            if "://" in target:
                continue
            if (file and not (page.parent / file).is_file()) or (not file and not known[anchor]):
                broken.append(f"{of(page)}: {target}")
    assert broken == []


@pytest.mark.parametrize("page", FILES, ids=of)
def test_a_page_fits_on_a_terminal_in_each_language(page: Path) -> None:
    for language in LANGUAGES:
        with spoken(language):
            text = shown(page, styled=False)
        wide = [line for line in text.splitlines() if len(line) > WIDTH]
        assert wide == []
        assert "{generated}" not in text
        assert "{command-output}" not in text
        assert ")=" not in re.sub(r"\S+\(.*?\)=", "", text)


def test_no_heading_looks_like_an_item_of_a_list() -> None:
    """Sphinx would take its translation for a list, and show the English one."""
    texts = {page: replace_fences(page.read_text(), lambda _: "") for page in FILES}
    numbered = [
        of(page) for page, text in texts.items() if re.search(r"^#+ \d+\.", text, re.MULTILINE)
    ]
    assert [name for name in numbered if not name.startswith(("why/", "change/"))] == []


def test_headings_and_warnings_are_translated_too() -> None:
    with spoken("es"):
        text = shown(FOLDER / "start/mounting.md", styled=False)
    assert "\n## Paso 1: Piezas\n" in text
    assert "Advertencia: El conector admite 3,3 V." in text
    assert "Parts" not in text


def test_a_page_is_found_however_it_is_written() -> None:
    page = FOLDER / "reference/reason-codes.md"
    for word in ("reason-codes", "reference/reason-codes", "Reason-Codes.md"):
        assert find_page(word) == page
    assert find_page("reference") == find_page("reference/index") == FOLDER / "reference/index.md"


@pytest.mark.parametrize("word", ["network", "no_qr", "no-qr", "Token"])
def test_the_code_on_the_panel_leads_to_its_page(word: str) -> None:
    assert find_page(word) == FOLDER / "reference/reason-codes.md"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("reson-codes", 'did you mean "reason-codes"?'),
        ("zzz", "kiosk manual lists all pages"),
        ("../../etc/passwd", "kiosk manual lists all pages"),
        ("", "kiosk manual lists all pages"),
    ],
)
def test_a_page_that_does_not_exist_is_told(word: str, said: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(said)):
        find_page(word)


def kiosk(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "manual", *words],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_without_a_page_all_pages_are_listed() -> None:
    listed = [line.split()[0] for line in kiosk().splitlines()[:-1]]
    assert listed == [*PAGES]


@pytest.mark.slow
def test_a_long_page_is_read_with_a_pager_on_a_terminal() -> None:
    with on_terminal("manual", "settings", PAGER="head -n 5") as terminal:
        assert terminal.ends() == 0
    assert "Settings" in terminal.text
    assert terminal.text.count("\n") <= 5


@pytest.mark.slow
def test_a_short_page_needs_no_pager() -> None:
    with on_terminal("manual", "exit-codes", PAGER="false") as terminal:
        assert terminal.ends() == 0
    assert "130" in terminal.text


@pytest.mark.slow
def test_a_link_on_the_terminal_names_the_command_that_shows_the_page() -> None:
    assert "(kiosk manual reference)" in " ".join(kiosk("index").split())


@pytest.mark.slow
def test_the_reader_is_answered_in_their_own_language() -> None:
    with spoken("es"):
        title = title_of(FOLDER / "index.md")
    assert title != title_of(FOLDER / "index.md")
    assert title in kiosk("index", "--lang", "es")


@pytest.mark.parametrize("language", ["es", "pt"])
def test_a_question_of_the_setup_is_written_on_the_page_as_it_is_asked(language: str) -> None:
    page = FOLDER / "start/mounting.md"
    with (LOCALE / language / "LC_MESSAGES/kiosk.po").open("rb") as file:
        said = " ".join(str(each.string) for each in read_po(file))
    _before, _heading, rows = page.read_text().partition("| it asks | you type |\n|---|---|\n")
    questions = [row.split("|")[1].strip() for row in rows.partition("\n\n")[0].splitlines()]
    with spoken(language):
        asked = [str(translations_of(page).gettext(question)) for question in questions]
        for colour in ("red", "green", "blue"):
            asked = [question.replace(_(colour), "{colour}") for question in asked]
    assert len(asked) > 20
    assert [question for question in asked if question not in said] == []
