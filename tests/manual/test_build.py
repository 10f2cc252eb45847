"""The manual is built in three languages without a warning, and its translations are complete."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from html import unescape
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from kiosk.cli.manual.fences import fences
from kiosk.cli.manual.manual_pages import FOLDER
from kiosk.sale.words import Fault

ROOT = Path(__file__).parents[2]
SITE = ROOT / "scripts/manual-site"
CATALOGUES = runpy.run_path(str(SITE / "catalogues.py"))
LANGUAGES = ("es", "pt")


def build(builder: str, language: str, output: Path, pages: Path = FOLDER) -> str:
    """Build as scripts/manual does; return the warnings, which are errors."""
    script = (ROOT / "scripts/manual").read_text()
    options = re.findall(r"--(?:fail-on-warning|keep-going|nitpicky|quiet)", script)
    assert len(options) == 4
    done = subprocess.run(
        # On a machine of continuous integration (CI=true), Sphinx colours even what a program reads.
        [sys.executable, "-m", "sphinx", "--no-color", "--builder", builder, *options, "--conf-dir", str(SITE),
         "--define", f"language={language}", "--doctree-dir", str(output / ".read"), str(pages), str(output)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == (1 if done.stderr else 0)
    return done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", *LANGUAGES])
def test_each_language_is_built_without_a_warning(language: str, tmp_path: Path) -> None:
    assert build("html", language, tmp_path) == ""
    for page in FOLDER.rglob("*.md"):
        if page != FOLDER / "README.md":
            file = (tmp_path / page.relative_to(FOLDER)).with_suffix(".html")
            text = file.read_text()
            assert f'<html class="no-js" lang="{language}"' in text
            assert not re.search(r'(?:src|href)="(?:https?:)?//[^"]*\.(?:css|js|woff2?)', text)
            shown = unescape(re.sub("<[^>]+>", "", text))
            for fence in fences(page.read_text()):
                if fence.name == "{command-output}":
                    assert f"$ {fence.argument}\n" in shown  # and below it what it printed
            described = unescape(" ".join(re.findall(r'alt="([^"]*)"', text)))
            assert left_in_english(page, f"{shown} {described}", language) == []
    first = tmp_path / "index.html"
    two_clicks = {place for page in links(first) for place in links(Path(page.partition("#")[0]))}
    codes = tmp_path / "trouble/codes.html"
    assert {f"{codes}#cure-{fault.replace('_', '-')}" for fault in Fault} <= two_clicks


def left_in_english(page: Path, shown: str, language: str) -> list[str]:
    """Return the sentences of a page that have a translation, and are shown without it."""
    name = "index" if page.parent == FOLDER else page.parent.name
    po = CATALOGUES["LOCALE"] / language / "LC_MESSAGES" / f"{name}.po"
    if not po.exists():
        return []
    words = " ".join(shown.split())
    sentences = {
        str(each.id): re.sub(r"[`*[]|\]\([^)]*\)", "", str(each.id))
        for each in read_po(BytesIO(po.read_bytes()))
        if each.string != each.id
    }
    return [each for each, plain in sentences.items() if len(plain) > 15 and plain in words]


def links(page: Path) -> set[str]:
    """Return where the links in the text of a built page lead."""
    article = page.read_text().partition('<article role="main"')[2].partition("</article>")[0]
    found = (unescape(href) for href in re.findall(r'href="([^"#:]+\.html(?:#[^"]*)?)"', article))
    return {os.path.normpath(page.parent / href) for href in found}


# Pages with one false statement each, and what the build says about it.
NOT_TRUE = {
    "file": ("```{command-output} kiosk check nowhere.yaml\n```", "exit code 2"),
    "program": ("```{command-output} ls\n```", "must begin with kiosk"),
    "drawing": ("```{wiring} nowhere.yaml\n```", "nowhere.yaml"),
    "device": ("```{device-test} lights\n```", "kiosk.yaml"),
    "dialog": (
        "```{yaml-file}\nsignals: {driver: fake}\n```\n\n"
        "```{device-test} buzzer\nDo you see the buzzer? [y/n]: y\n```",
        "Do you hear the buzzer?",
    ),
    "anchor": ("[x](#nowhere)", "nowhere"),
    "link": ("[x](nowhere.md)", "nowhere"),
}
ALONE = "---\norphan: true\n---\n"  # no other page leads to it


def build_of(pages: dict[str, str], language: str, folder: Path) -> str:
    """Build these pages, beside an empty first one; return the warnings."""
    (folder / "pages").mkdir()
    for name, text in {"index": "", **pages}.items():
        (folder / f"pages/{name}.md").write_text(f"{ALONE}# Title\n\n{text}\n")
    return build("html", language, folder / "built", folder / "pages")


def text_of(page: Path) -> str:
    return unescape(re.sub("<[^>]+>", "", page.read_text()))


@pytest.mark.slow
def test_what_is_not_true_on_a_page_stops_the_build(tmp_path: Path) -> None:
    warnings = build_of({name: text for name, (text, _) in NOT_TRUE.items()}, "en", tmp_path)
    about = re.split(r"^/\S*/pages/(\w+)\.md:", warnings, flags=re.MULTILINE)
    told = dict(zip(about[1::2], about[2::2], strict=True))
    missing = {name for name, (_, said) in NOT_TRUE.items() if said not in told.get(name, "")}
    assert missing == set(), warnings


@pytest.mark.slow
def test_what_a_page_shows_is_what_commands_say_in_its_language(tmp_path: Path) -> None:
    pages = {
        "output": (
            "```{yaml-file} kiosk.yaml\n:faults:\nsale: {expires_aftr: 3 min}\n```\n\n"
            "```{command-output} kiosk check kiosk.yaml\n:exit: 1\n```\n"
        ),
        "dialog": (
            "```{yaml-file}\ninputs:\n  - driver: serial_line\n    port: /dev/ttyUSB0\n"
            "    number: {decimal: ','}\n```\n\n"
            "```{device-test} register\n:send: 12,75\\r\\n\n:typed: n\n:exit: 1\nin English\n```\n"
        ),
    }
    assert build_of(pages, "es", tmp_path) == ""
    output, dialog = (text_of(tmp_path / f"built/{name}.html") for name in pages)
    assert "$ kiosk check kiosk.yaml\nkiosk.yaml:1:8: sale.expires_aftr:" in output
    assert "expires_after" in output
    assert "$ sudo kiosk test register\n" in dialog
    assert "importe 12.75 ARS\n¿Es eso lo que se envió? [y/n]: n\n" in dialog
    assert "in English" not in dialog


@pytest.mark.slow
def test_every_sentence_is_translated(tmp_path: Path) -> None:
    assert build("gettext", "en", tmp_path) == ""
    for name in CATALOGUES["TRANSLATED"]:
        wanted = {
            str(each.id) for each in read_po(BytesIO((tmp_path / f"{name}.pot").read_bytes()))
        }
        for language in LANGUAGES:
            po = CATALOGUES["LOCALE"] / language / "LC_MESSAGES" / f"{name}.po"
            assert faults(po, language, wanted) == [], "run: scripts/manual --catalogues"


def faults(po: Path, language: str, wanted: set[str]) -> list[str]:
    """Return the sentences of a catalogue that are missing, left over, fuzzy or not compiled."""
    there = read_po(BytesIO(po.read_bytes()), locale=language)
    compiled = read_mo(BytesIO(po.with_suffix(".mo").read_bytes()))
    ready = {str(each.id): each.string for each in there if each.string and not each.fuzzy}
    known = {str(each.id): each.string for each in compiled}
    return sorted(
        sentence
        for sentence in wanted | {str(each.id) for each in there} | known.keys()
        if sentence
        and (
            sentence not in wanted
            or sentence not in ready
            or known.get(sentence) != ready[sentence]
        )
    )
