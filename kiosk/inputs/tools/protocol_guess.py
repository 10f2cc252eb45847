"""What an unknown line speaks: bytes in, drivers and their settings out, the likeliest first.

Pure. A guess is a place to begin for a technician, who then sees the readings; nothing that sells
ever guesses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from kiosk.inputs.ecr.frames import Checksum, ControlByte, Frame, Framer
from kiosk.inputs.escpos.printer_languages import EPSON
from kiosk.inputs.pole.character_display import CharacterDisplay
from kiosk.inputs.pole.dialects import DIALECTS
from kiosk.inputs.pole.emulator import Emulator
from kiosk.inputs.text.escape_sequences import (
    EndlessCommand,
    EscapeCommand,
    EscapeReader,
    PlainText,
    UnknownCommand,
)

SURE = 0.85  # a score that is worth showing
ENOUGH = 12  # bytes; fewer say nothing of a parity bit
_CONTROLS = b"\x00\t\n\r\x0c"
_EVERYWHERE = {b"\x00", b"\x08", b"\x09", b"\x0a", b"\x0d"}  # in most dialects, so they say little


@dataclass(frozen=True, slots=True)
class Guess:
    """A driver with the settings that make sense of the bytes; ``score`` is the share they do."""

    score: float
    driver: str
    settings: tuple[tuple[str, str], ...] = ()
    bits: int = 8
    parity: str = "none"

    def yaml(self, port: str, baud: int) -> str:
        """Return the lines to paste below ``inputs:``."""
        lines = [("driver", self.driver), ("port", port), ("baud", str(baud))]
        if self.bits != 8:
            lines += [("bytes", str(self.bits)), ("parity", self.parity)]
        text = "\n".join(f"    {key}: {value}" for key, value in (*lines, *self.settings))
        return "  - " + text.removeprefix("    ")


def guesses(data: bytes) -> list[Guess]:
    """Return what the bytes may be, heard with 8 data bits and no parity; the likeliest first."""
    found = [
        replace(guess, bits=bits, parity=parity)
        for bits, parity, heard in _readings(data)
        for guess in (*_terminals(heard), *_printers(heard), *_displays(heard), *_lines(heard))
    ]
    return sorted(found, key=lambda guess: -round(guess.score, 2))


def best(data: bytes) -> list[Guess]:
    """Return the guesses that are as good as the best one, if that is good enough."""
    found = guesses(data)
    return [guess for guess in found if guess.score >= max(SURE, found[0].score - 0.01)]


def _readings(data: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Yield the bytes as they are, and without what looks like a parity bit."""
    yield 8, "none", data
    odd = {byte.bit_count() % 2 for byte in data}
    if len(data) < ENOUGH or not any(byte & 0x80 for byte in data):
        return
    plain = bytes(byte & 0x7F for byte in data)
    if len(odd) == 1:
        yield 7, "odd" if odd == {1} else "even", plain
    elif all(byte & 0x80 for byte in data):
        yield 7, "mark", plain


def _text_share(data: bytes) -> float:
    """Return how much of it is text; letters with accents count half, as noise has many."""
    points = sum(
        1.0 if 0x20 <= byte < 0x7F or byte in _CONTROLS else 0.5 * (0x80 <= byte < 0xB0)
        for byte in data
    )
    return points / len(data) if data else 0.0


def _lines(data: bytes) -> Iterator[Guess]:
    lines = [line for line in data.replace(b"\n", b"\r").split(b"\r") if line.strip(b"\0 ")]
    ends = any(end in data for end in (b"\r", b"\n"))
    score = _text_share(data) * (1.0 if ends else 0.5)
    if lines and all(line.isalnum() and len(line) >= 8 for line in lines):
        yield Guess(score * 0.99, "scanner_serial")
    # Text with line ends may be other things as well, and those explain more of it.
    yield Guess(score * 0.97, "serial_line", (("number", '{decimal: ",", thousands: "."}'),))


def _displays(data: bytes) -> Iterator[Guess]:
    for name, dialect in DIALECTS.items():
        display = Emulator(dialect, CharacterDisplay(2, 20))
        display.feed(data)
        rows = [row for row in display.screen.text() if row is not None]
        if display.used - _EVERYWHERE and rows:
            share = (
                display.explained
                / len(data)
                * _text_share("".join(rows).encode("latin-1", "replace"))
            )
            settings = (("dialect", name), ("number", '{decimal: ",", thousands: "."}'))
            yield Guess(share, "pole_display", settings)


def _printers(data: bytes) -> Iterator[Guess]:
    tokens = list(EscapeReader(EPSON.commands).read(data))
    names = {token.name for token in tokens if isinstance(token, EscapeCommand)}
    if not names & {EPSON.initialize, *EPSON.cuts}:
        return
    unknown = sum(isinstance(token, UnknownCommand | EndlessCommand) for token in tokens)
    unknown += 0 if b"\x1dv" in names else data.count(b"\x1f")  # never in ESC/POS, but in pictures
    text = b"".join(token.data for token in tokens if isinstance(token, PlainText))
    share = 1.0 - 10 * unknown / len(data)
    yield Guess(
        max(share, 0.0) * (_text_share(text) if text else 1.0),
        "escpos_printer",
        (("number", '{decimal: ",", thousands: "."}'),),
    )


def _terminals(data: bytes) -> Iterator[Guess]:
    for etx in (True, False):
        heard = Framer(Checksum(etx=etx), gap=1.0).feed(data, 0.0)
        frames = [each.data for each in heard if isinstance(each, Frame)]
        controls = sum(isinstance(each, ControlByte) for each in heard)
        if frames:
            share = (sum(len(frame) + 3 for frame in frames) + controls) / len(data)
            known = all(frame[:4].isdigit() for frame in frames) and etx
            profile = ("transbank", "{}") if known else ("generic", f"{{check_etx: {_yes(etx)}}}")
            yield Guess(share, "ecr_terminal", (profile,))


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
