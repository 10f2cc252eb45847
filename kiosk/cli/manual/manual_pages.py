"""The pages of the manual that are shipped with the package, by the names that people type."""

from __future__ import annotations

import difflib
import gettext
from pathlib import Path

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, language
from kiosk.sale.words import Fault

FOLDER = Path(__file__).parents[2] / "manual"
PARTS = ("start", "parts", "mercadopago", "trouble", "reference", "why", "change")


def pages() -> dict[str, Path]:
    """Return the pages by name, in the order of the manual: ``oled`` is ``parts/oled.md``.

    A folder's first page has the name of the folder.
    """
    found = {"index": FOLDER / "index.md"}
    for part in PARTS:
        files = sorted((FOLDER / part).glob("*.md"), key=lambda file: (file.stem != "index", file))
        found |= {part if file.stem == "index" else file.stem: file for file in files}
    return found


def find_page(word: str) -> Path:
    """Return the page of a word such as ``oled``, ``parts/oled`` or ``OLED.md``.

    A reason code, such as ``network``, is on the page of all reason codes.
    """
    every = pages()
    name = word.strip().lower().removesuffix(".md").removesuffix("/index").rpartition("/")[2]
    if name in every:
        return every[name]
    if name.replace("-", "_") in set(Fault):
        return every["reason-codes"]
    near = difflib.get_close_matches(name, every, n=1)
    if near:
        raise ConfigError(
            _(
                '"{word}" is not a page of the manual; did you mean "{meant}"?',
                word=word,
                meant=near[0],
            )
        )
    raise ConfigError(
        _('"{word}" is not a page of the manual; kiosk manual lists all pages', word=word)
    )


def name_of(page: Path) -> str:
    """Return the name that people type for a page."""
    return page.parent.name if page.stem == "index" and page.parent != FOLDER else page.stem


def title_of(page: Path) -> str:
    """Return the title of a page, in the reader's language."""
    first = next(line for line in page.read_text("utf-8").splitlines() if line.startswith("# "))
    return translations_of(page).gettext(first.removeprefix("# ").strip())


def translations_of(page: Path) -> gettext.NullTranslations:
    """Return the translations of a page into the reader's language."""
    domain = "index" if page.parent == FOLDER else page.parent.name
    return gettext.translation(domain, FOLDER / "locale", [language()], fallback=True)
