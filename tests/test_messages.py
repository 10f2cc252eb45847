"""The messages of the package: checked as one text, and without the turns that nobody understood.

``messages.txt`` holds all of them, so that a change of a message shows up in a review.
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.messages import PACKAGE, TEXT, as_text, messages

ROOT = PACKAGE.parent

# Turns that a reader whose first language is not English stumbles over, and what to write instead.
DIALECT = {
    r"(?<!there )(?<!there may )\b(is|are|was|were|be) no (?!longer\b|more than\b)": "is not a, is not an, has no",
    r"\bcan't (stand|be) (here|had)\b": "is not allowed here, can't be used",
    r"\bmend(s|ed|ing)?\b": "correct, fix",
    r"\b(take|taken|takes) over\b": "use",
    r"\bhas its answer\b": "has got its reply",
    r"\bit can again\b": "the device works again",
    r"\blets? go\b": "release, close",
    r"\banew\b": "again",
    r"\bamid(st)?\b": "in the middle of, during",
    r"\bbefall?s?\b|\bbefell\b": "happen",
    r"\bsave (that|for|on)\b|\bbut for\b": "except",
    r"\bnone such\b": "does not exist",
    r"\bin vain\b": "without success",
    r"\bheed(s|ed)?\b": "follow, use",
    r"\b(ere|lest|thus|whence|hence|nought|naught|thereof)\b": "before, so that not, so, from where, 0",
    r"\bwants? for\b": "needs",
    r"\bat fault\b": "has a fault",
    r"\bof no use\b": "can't be used",
    r"\bwhom? (it|they) may\b": "who",
}
# One search for all of them, because there are a million characters to look at.
ANY_TURN = re.compile("|".join(DIALECT), re.IGNORECASE)


def dialect(text: str) -> Iterator[str]:
    """Yield what is wrong with a text, and what to write instead."""
    if not ANY_TURN.search(text):
        return
    for turn, instead in DIALECT.items():
        if found := re.search(turn, text, re.IGNORECASE):
            yield f"{found[0]!r}: write {instead}"


def test_no_message_is_written_in_dialect() -> None:
    faults = {
        f"{each.file}:{each.line}: {each.text}": found
        for each in messages()
        if (found := list(dialect(each.text)))
    }
    assert faults == {}


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the docstrings and comments of a Python file, each with its line."""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT or token.string.startswith(('"""', 'r"""')):
                yield token.start[0], " ".join(token.string.split())


def faults_in(path: Path, lines: Iterable[tuple[int, str]]) -> dict[str, list[str]]:
    """Return what is wrong in the lines, by ``file:line``."""
    name = path.relative_to(ROOT)
    return {f"{name}:{number}": found for number, it in lines if (found := list(dialect(it)))}


@pytest.mark.slow  # it reads four million characters
def test_no_docstring_or_comment_is_written_in_dialect() -> None:
    faults: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        if ANY_TURN.search(" ".join(path.read_text("utf-8").split())):  # it may be in the code, too
            faults |= faults_in(path, prose(path))
    assert faults == {}


def test_no_other_text_is_written_in_dialect() -> None:
    faults: dict[str, list[str]] = {}
    for pattern in ("*.md", "kiosk/**/*.md", "scripts/**/*", "systemd/*", "config/**/*.yaml"):
        for path in sorted(ROOT.glob(pattern)):
            if (
                path.is_file()
                and not path.name.startswith("requirements-")
                and path.suffix != ".pyc"
            ):
                faults |= faults_in(path, enumerate(path.read_text("utf-8").splitlines(), 1))
    assert faults == {}


def test_the_text_of_all_messages_is_up_to_date() -> None:
    assert TEXT.read_text("utf-8") == as_text(), (
        "a message has changed; read the difference after: python -m tests.messages --write"
    )
