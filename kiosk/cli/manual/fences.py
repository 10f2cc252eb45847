"""The fenced blocks in a page of the manual: directives, code, and the settings of a counter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

_FENCE = "```"
_COUNTER = Path(__file__).with_name("counter.yaml")


@dataclass(frozen=True, slots=True)
class Fence:
    """A block between two lines of three backticks.

    ``{command-output} kiosk check kiosk.yaml`` is the directive ``{command-output}`` with the rest
    of the line as its argument; ``yaml`` is code. Lines such as ``:exit: 1`` at the start of a
    directive are its options.
    """

    line: int  # that of the first backticks, from 1
    name: str
    argument: str
    options: dict[str, str]
    body: str


def replace_fences(text: str, replace: Callable[[Fence], str | None]) -> str:
    """Return the page with other text for its blocks; None leaves a block as it is."""
    lines: list[str] = []
    block: list[str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if block is None:
            if line.startswith(_FENCE):
                block = [line]
            else:
                lines.append(line)
            continue
        block.append(line)
        if line.rstrip() == _FENCE:
            new = replace(_fence(block, number - len(block) + 1))
            lines += block if new is None else new.splitlines()
            block = None
    return "\n".join([*lines, *(block or ())]) + "\n"


def fences(text: str) -> Iterator[Fence]:
    """Yield the blocks of a page, in their order."""
    found: list[Fence] = []
    replace_fences(text, found.append)
    yield from found


def _fence(block: list[str], line: int) -> Fence:
    name, _space, argument = block[0].removeprefix(_FENCE).strip().partition(" ")
    body = block[1:-1]
    options: dict[str, str] = {}
    while name.startswith("{") and body and body[0].startswith(":"):
        option, _colon, value = body.pop(0)[1:].partition(":")
        options[option] = value.strip()
    return Fence(line, name, argument.strip(), options, "\n".join(body).strip("\n") + "\n")


def complete(shown: str) -> str:
    """Return the shown settings and, below them, each section of a small counter that they lack.

    So that line numbers in messages are those of the shown settings, these come first.
    """
    given = _sections(shown)
    added = [
        text for name, text in _sections(_COUNTER.read_text("utf-8")).items() if name not in given
    ]
    return shown + "".join(added)


def _sections(text: str) -> dict[str, str]:
    """Return the lines of each section, by its name: a line that begins with a letter."""
    sections: dict[str, str] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if line[:1].isalpha():
            name = line.partition(":")[0]
        sections[name] = sections.get(name, "") + line
    return sections
