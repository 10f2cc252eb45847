"""A page of the manual as a terminal shows it: in 80 columns, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown

from kiosk.cli.manual.fences import replace_fences
from kiosk.cli.manual.manual_pages import name_of, translations_of
from kiosk.cli.manual.plain_directives import WIDTH, plain

_NOTE = re.compile(r"\*\*[^*]+:\*\* ")  # what plain_directives writes before a note
_TARGET = re.compile(r"\([\w-]+\)=\n")


def shown(page: Path, *, styled: bool, width: int = WIDTH) -> str:
    """Return the page as text, with bold and colours if ``styled``."""
    console = Console(
        file=StringIO(), width=min(width, WIDTH), force_terminal=styled, no_color=not styled,
        color_system="standard" if styled else None, highlight=False,
    )  # fmt: skip
    document = document_of(page, lambda other: f"kiosk manual {name_of(other)}")
    if not styled:
        _mark_plainly(document.parsed)
    console.print(document)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def document_of(page: Path, address: Callable[[Path], str]) -> Markdown:
    """Return the page in the reader's language; ``address`` says where another page is."""
    known: dict[str, str] = {}
    text = replace_fences(page.read_text("utf-8"), lambda fence: plain(fence, page, known))
    document = Markdown(_TARGET.sub("", text), code_theme="bw", hyperlinks=False)
    translations = translations_of(page)
    for token in document.parsed:
        if token.type == "inline":
            content = " ".join(token.content.split())
            translated = _translated(content, translations.gettext) if content else ""
            if translated != content:
                token.children = _parsed_inline(translated)
            token.children = _with_page_names(token.children or [], address)
    return document


def _translated(content: str, gettext: Callable[[str], str]) -> str:
    """Return a paragraph in the reader's language; before that of a note stands ``**Note:**``."""
    translated = gettext(content)
    note = _NOTE.match(content)
    if note and translated == content:
        return note.group() + gettext(content[note.end() :])
    return translated


def _parsed_inline(text: str) -> list[Any]:
    """Return the tokens of one line. As a heading, ``1. Parts`` is not taken for a list."""
    return Markdown(f"# {text}", hyperlinks=False).parsed[1].children or []


def _with_page_names(tokens: list[Any], address: Callable[[Path], str]) -> list[Any]:
    """Return a text's tokens, in which a link to a page leads to its address."""
    kept = []
    here = False  # inside a link to another place of the manual, whose name is enough
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrs["href"])
            here = target.startswith("#")
            if ".md" in target and "://" not in target:
                token.attrs["href"] = address(Path(target.partition("#")[0]))
        if not (here and token.type in ("link_open", "link_close")):
            kept.append(token)
        here = here and token.type != "link_close"
    return kept


def _mark_plainly(tokens: list[Any]) -> None:
    """Keep the marks of Markdown for headings and code, which would have been bold or coloured."""
    for before, token in pairwise(tokens):
        for child in token.children or []:
            if child.type == "code_inline":
                child.content = f"`{child.content}`"
        if before.type == "heading_open" and before.tag != "h1" and token.children:
            token.children[0].content = f"{before.markup} {token.children[0].content}"
