"""A page of the manual as a terminal shows it: in 80 columns, in the reader's language."""

from __future__ import annotations

import gettext
import re
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown

from kiosk.base.language import _, language, mark
from kiosk.cli.manual.fences import Fence, replace_fences
from kiosk.cli.manual.generated_text import generated
from kiosk.cli.manual.manual_pages import FOLDER, name_of
from kiosk.cli.manual.small_counter import complete

WIDTH = 80
_TARGET = re.compile(r"\([\w-]+\)=\n")
_NOTES = {"{note}": mark("Note:"), "{warning}": mark("Warning:")}


def shown(page: Path, *, styled: bool, width: int = WIDTH) -> str:
    """Return the page as text, with bold and colours if ``styled``."""
    console = Console(
        file=StringIO(), width=min(width, WIDTH), force_terminal=styled, no_color=not styled,
        color_system="standard" if styled else None, highlight=False,
    )  # fmt: skip
    document = _document(page)
    if not styled:
        _mark_plainly(document.parsed)
    console.print(document)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    return "\n".join(lines).strip("\n") + "\n"


def title_of(page: Path) -> str:
    """Return the title of a page, in the reader's language."""
    first = next(line for line in page.read_text().splitlines() if line.startswith("# "))
    return _translations(page).gettext(first.removeprefix("# ").strip())


def _document(page: Path) -> Markdown:
    known: dict[str, str] = {}
    text = replace_fences(page.read_text(), lambda fence: _plain(fence, page, known))
    document = Markdown(_TARGET.sub("", text), code_theme="bw", hyperlinks=False)
    translations = _translations(page)
    for token in document.parsed:
        if token.type == "inline":
            content = " ".join(token.content.split())
            translated = translations.gettext(content) if content else ""
            inline = Markdown(translated, hyperlinks=False).parsed
            if translated != content and len(inline) == 3:
                token.children = inline[1].children
            token.children = _with_page_names(token.children or [])
    return document


def _translations(page: Path) -> gettext.NullTranslations:
    domain = "index" if page.parent == FOLDER else page.parent.name
    return gettext.translation(domain, FOLDER / "locale", [language()], fallback=True)


def _with_page_names(tokens: list[Any]) -> list[Any]:
    """Return a text's tokens, in which a link to a page names the command that shows it."""
    kept = []
    here = False  # inside a link to another place of the manual, whose name is enough
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrs["href"])
            here = target.startswith("#")
            if ".md" in target and "://" not in target:
                token.attrs["href"] = f"kiosk manual {name_of(Path(target.partition('#')[0]))}"
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


def _plain(fence: Fence, page: Path, known: dict[str, str]) -> str | None:
    """Return a directive as Markdown that every reader can show."""
    match fence.name:
        case "{yaml-file}":
            known[fence.argument or "kiosk.yaml"] = complete(fence.body)
            return f"```yaml\n{fence.body}```"
        case "{command-output}":
            return f"```console\n$ {fence.argument}\n```"
        case "{wiring}":
            return f"```text\n{_wires(known[fence.argument or 'kiosk.yaml'])}\n```"
        case "{screen}":
            picture = fence.options.get("alt", "")
            return f"{picture}\n\n```console\n$ kiosk preview {fence.argument} -o screen.png\n```"
        case "{generated}":
            return generated(fence.argument)
        case "{toctree}":
            return _contents(page, fence.body)
        case "{note}" | "{warning}":
            lines = [
                f"**{_(_NOTES[fence.name])}** {fence.argument}".strip(),
                *fence.body.splitlines(),
            ]
            return "\n".join(f"> {line}".rstrip() for line in lines)
    return None


def _wires(configuration: str) -> str:
    from kiosk.cli.wiring import parts_of  # noqa: PLC0415 - few pages have wires
    from kiosk.config.loader import parse_bytes  # noqa: PLC0415
    from kiosk.config.sections import Config  # noqa: PLC0415
    from kiosk.wiring.plan import plan  # noqa: PLC0415
    from kiosk.wiring.table import as_text  # noqa: PLC0415

    settings = parse_bytes(configuration.encode(), Config).settings
    assert settings, "tests check the settings of every page"
    return "\n".join(as_text(plan(parts_of(settings)), WIDTH - 4))


def _contents(page: Path, entries: str) -> str:
    """Return a list of the pages that a table of contents names."""
    folder = page.parent
    named = [line.strip() for line in entries.splitlines() if line.strip()]
    found = [
        file
        for entry in named
        for file in (sorted(folder.glob("*.md")) if entry == "*" else [folder / f"{entry}.md"])
        if file != page
    ]
    return "\n".join(f"- `kiosk manual {name_of(file)}`: {title_of(file)}" for file in found)
