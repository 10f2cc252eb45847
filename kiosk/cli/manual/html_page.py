"""A page of the manual as plain HTML, in the reader's language: the bench shows it."""

from __future__ import annotations

import html
from pathlib import Path

from markdown_it import MarkdownIt

from kiosk.base.language import language
from kiosk.cli.manual.manual_pages import find_page, name_of, title_of
from kiosk.cli.manual.terminal_page import document_of

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · kiosk</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/css/manual.css">
</head>
<body>
<main>
<nav><a href="{first}">{manual}</a></nav>
{body}</main>
</body>
</html>
"""


def as_html(word: str) -> str:
    """Return the page of a word, such as ``scanner``. Raises ConfigError if there is none."""
    page = find_page(word)
    reader = MarkdownIt("commonmark").enable("table")
    body = reader.renderer.render(document_of(page, _address).parsed, reader.options, {})
    index = find_page("index")
    return _PAGE.format(
        language=language(),
        title=html.escape(title_of(page)),
        first=_address(index),
        manual=html.escape(title_of(index)),
        body=body,
    )


def _address(page: Path) -> str:
    return f"/manual/{name_of(page)}?lang={language()}"
