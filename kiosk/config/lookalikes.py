"""Characters that look like those of YAML but are others: from a word processor, a chat or the web.

They are looked for only in a file with faults: in a text they may be meant. Each is noted with its
place and replaced by the character that it looks like, so that the other faults are found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kiosk.base.language import _, mark
from kiosk.config.fault import Position

Note = tuple[Position, str]

_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = {
    "\ufeff": mark("there is a byte order mark (BOM, {code}) here, which nobody sees; remove it"),
    "\u200b": mark("there is a zero-width space ({code}) here, which nobody sees; remove it"),
    "\u200c": mark("there is a zero-width mark ({code}) here, which nobody sees; remove it"),
    "\u200d": mark("there is a zero-width mark ({code}) here, which nobody sees; remove it"),
    "\u2060": mark("there is a zero-width mark ({code}) here, which nobody sees; remove it"),
    "\u00ad": mark("there is a soft hyphen ({code}) here, which nobody sees; remove it"),
}
_BLANK = mark("there is a no-break space ({code}) here, not a space; type a space in its place")
_QUOTE = mark("these are curly quotes ({character}); write straight ones, as in 'text'")
_DASH = mark("this is a dash ({character}, {code}), not a hyphen; begin the entry with `- `")
_COLON = mark("this is a wide colon ({character}, {code}); write a plain colon and a space")

_QUOTED = re.compile(r"(?P<open>[“”„‟«‘’‚])(?P<text>[^“”„‟«»‘’‚\"']*)(?P<close>[“”»‘’])")
_LIST_DASH = re.compile(r"^ *(?P<dash>[‐‑‒–—−])(?= )")
_WIDE_COLON = re.compile(r"^ *(?:- +)?\w+(?P<colon>：)")
_COMMENT = re.compile(r"^\s*#")


def replace_lookalikes(text: str) -> tuple[str, list[Note]]:
    """Return the text with YAML's own characters, and a note for each that was replaced."""
    notes: list[Note] = []
    lines = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.isascii() and not _COMMENT.match(line):
            found = _Line(line, number)
            notes += sorted(found.notes())
            line = found.replaced()  # noqa: PLW2901 - it is the line from here on
        lines.append(line)
    return "\n".join(lines), notes


class _Line:
    """One line: what is replaced in it, by column."""

    def __init__(self, line: str, number: int) -> None:
        self._line, self._number = line, number
        self._new: dict[int, str] = {}

    def notes(self) -> Iterator[Note]:
        """Yield a note for each character, or pair of quotes, that is another."""
        for at, character in enumerate(self._line):
            if character in _INVISIBLE:
                yield self._note(at, "", _INVISIBLE[character])
        if match := _LIST_DASH.search(self._line):
            yield self._note(match.start("dash"), "-", _DASH)
        if match := _WIDE_COLON.search(self._line):
            yield self._note(match.start("colon"), ":", _COLON)
        yield from self._blanks()
        yield from self._quotes()

    def _blanks(self) -> Iterator[Note]:
        """Yield one note for each run of blanks where YAML's structure has one.

        That is in the indentation, beside a mark, or before a comment. In a text they may be meant.
        """
        plain, last = _BLANKS.sub(" ", self._line), -2
        for match in _BLANKS.finditer(self._line):
            at = match.start()
            before, after = plain[:at].rstrip(), plain[at:].lstrip()
            in_list = not before.strip(" -")
            if in_list or before[-1] in ":,[{" or not after or after[0] in "#]}":
                note = self._note(at, " ", _BLANK)
                if at != last + 1:
                    yield note
                last = at

    def _quotes(self) -> Iterator[Note]:
        for match in _QUOTED.finditer(self._line):
            before = self._line[: match.start()].strip()
            after = self._line[match.end() :].strip()
            if (not before or before[-1] in ":,[{-") and (not after or after[0] in ",]}:#"):
                self._new[match.end() - 1] = "'"
                yield self._note(match.start(), "'", _QUOTE, match["open"] + match["close"])

    def _note(self, at: int, new: str, message: str, character: str = "") -> Note:
        old = self._line[at]
        self._new[at] = new
        said = _(message, character=character or old, code=f"U+{ord(old):04X}")
        return Position(self._number, at + 1), said

    def replaced(self) -> str:
        """Return the line with what ``notes`` has found replaced."""
        return "".join(self._new.get(at, each) for at, each in enumerate(self._line))
