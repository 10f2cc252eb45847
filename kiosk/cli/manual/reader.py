"""``kiosk manual``: lists the pages of the manual, or shows one."""

from __future__ import annotations

import os
import pydoc
import shutil
import sys

import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.cli.common import fail
from kiosk.cli.manual.manual_pages import find_page, pages, title_of
from kiosk.cli.manual.terminal_page import shown


def show_manual(word: str | None) -> None:
    """Perform ``kiosk manual``."""
    if word is None:
        _list_pages()
        return
    try:
        page = find_page(word)
    except ConfigError as error:
        fail(error, code=2)
    on_terminal = sys.stdout.isatty()
    text = shown(page, styled=on_terminal, width=shutil.get_terminal_size().columns)
    if on_terminal and len(text.splitlines()) > shutil.get_terminal_size().lines:
        os.environ.setdefault("LESS", "-R")  # less shows bold and colours
        pydoc.pager(text)
    else:
        typer.echo(text, nl=False)


def _list_pages() -> None:
    every = pages()
    width = max(map(len, every)) + 4
    for name, page in every.items():
        step = "" if page.stem == "index" else "  "
        typer.echo(f"{step}{name:{width - len(step)}}{title_of(page)}")
    typer.echo(_("To read one: kiosk manual PAGE"))
