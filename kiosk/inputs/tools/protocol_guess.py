"""Guess the protocol of an unknown device: bytes in, drivers with settings out, best first.

Pure. A guess is a start for the technician, who then checks the readings. The kiosk itself never
guesses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kiosk.base.frozen import frozen
from kiosk.inputs.ecr.frames import ControlByte, Frame, FrameFormat, Framer
from kiosk.inputs.escpos.language_signs import misread
from kiosk.inputs.escpos.printer_languages import PRINTER_LANGUAGES
from kiosk.inputs.pole.character_display import CharacterDisplay
from kiosk.inputs.pole.dialects import DIALECTS
from kiosk.inputs.pole.emulator import Emulator
from kiosk.inputs.text.escape_sequences import (
    EscapeCommand,
    EscapeReader,
    PlainText,
)

SURE = 0.85  # the least score to show
ENOUGH = 12  # bytes; fewer say nothing about a parity bit
_AROUND_LINES = b"\x02\x03\x0e\x0f\x11\x12\x13\x14"  # frames, flow control, wide print
_CODE = re.compile(
    rb"(?:\][A-Za-z][0-9])?[0-9A-Za-z]{8,}"
)  # a barcode, perhaps with its AIM identifier
_CONTROLS = b"\x00\t\n\r\x0c"
_IN_MOST_DIALECTS = {b"\x00", b"\x08", b"\x09", b"\x0a", b"\x0d"}


@frozen
class Guess:
    """A driver with settings; ``score`` is the share of the bytes that it explains, from 0 to 1."""

    score: float
    driver: str
    settings: tuple[tuple[str, str], ...] = ()
    bits: int = 8
    parity: str = "none"

    def yaml(self, port: str, baud: int) -> str:
        """Return the lines to write below ``inputs:``."""
        lines = [("driver", self.driver), ("port", port), ("baud", str(baud))]
        if self.bits != 8:
            lines += [("bytes", str(self.bits)), ("parity", self.parity)]
        text = "\n".join(f"    {key}: {value}" for key, value in (*lines, *self.settings))
        return "  - " + text.removeprefix("    ")


def guesses(data: bytes) -> list[Guess]:
    """Return guesses for bytes received with 8 data bits and no parity; the best ones first."""
    found = [
        replace(guess, bits=bits, parity=parity)
        for bits, parity, plain in _without_parity(data)
        for guess in (*_terminals(plain), *_printers(plain), *_displays(plain), *_lines(plain))
    ]
    return sorted(found, key=lambda guess: -round(guess.score, 2))


def best(data: bytes) -> list[Guess]:
    """Return the best guess and those that are as good, if their score is at least SURE."""
    found = guesses(data)
    return [guess for guess in found if guess.score >= max(SURE, found[0].score - 0.01)]


def _without_parity(data: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Yield data bits, parity and bytes: as they are, and without what may be a parity bit."""
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
    """Return the share of text. Letters with accents count half, because noise has many of them."""
    points = sum(
        1.0 if 0x20 <= byte < 0x7F or byte in _CONTROLS else 0.5 * (0x80 <= byte < 0xB0)
        for byte in data
    )
    return points / len(data) if data else 0.0


def _lines(data: bytes) -> Iterator[Guess]:
    lines = [line for line in re.split(rb"[\r\n\x03]", data) if line.strip(b"\0 ")]
    ends = any(end in data for end in (b"\r", b"\n", b"\x03"))
    score = _text_share(data.translate(None, _AROUND_LINES)) * (1.0 if ends else 0.5)
    if lines and all(_CODE.fullmatch(line) for line in lines):
        yield Guess(score * 0.99, "scanner_serial")
    # Text with line ends can be another protocol, too, which then explains more of it.
    yield Guess(score * 0.97, "serial_line", (("number", '{decimal: ",", thousands: "."}'),))


def _displays(data: bytes) -> Iterator[Guess]:
    for name, dialect in DIALECTS.items():
        display = Emulator(dialect, CharacterDisplay(2, 20))
        display.feed(data)
        rows = [row for row in display.screen.text() if row is not None]
        if display.used - _IN_MOST_DIALECTS and rows:
            share = (
                display.explained
                / len(data)
                * _text_share("".join(rows).encode("latin-1", "replace"))
            )
            settings = (("dialect", name), ("number", '{decimal: ",", thousands: "."}'))
            yield Guess(share, "pole_display", settings)


def _printers(data: bytes) -> Iterator[Guess]:
    """Yield a guess in the language with the fewest commands that do not fit it."""
    unknown = {name: misread(data, language) for name, language in PRINTER_LANGUAGES.items()}
    name = min(unknown, key=unknown.__getitem__)
    language = PRINTER_LANGUAGES[name]
    tokens = list(EscapeReader(language.commands).read(data))
    names = {token.name for token in tokens if isinstance(token, EscapeCommand)}
    printing = (language.feeds | language.cuts) - {b"\r"}
    if not (names & {language.initialize, *language.cuts} and names & printing):
        return
    faults = unknown[name]
    faults += 0 if names & language.pictures else data.count(b"\x1f")  # only in pictures
    text = b"".join(token.data for token in tokens if isinstance(token, PlainText))
    share = 1.0 - 10 * faults / len(data)
    chosen = () if name == "epson" else (("language", name),)
    settings = (*chosen, ("number", '{decimal: ",", thousands: "."}'))
    yield Guess(max(share, 0.0) * (_text_share(text) if text else 1.0), "escpos_printer", settings)


def _terminals(data: bytes) -> Iterator[Guess]:
    for etx in (True, False):
        received = Framer(FrameFormat(etx=etx), gap=1.0).feed(data, 0.0)
        frames = [each.data for each in received if isinstance(each, Frame)]
        controls = sum(isinstance(each, ControlByte) for each in received)
        if frames:
            share = (sum(len(frame) + 3 for frame in frames) + controls) / len(data)
            known = all(frame[:4].isdigit() for frame in frames) and etx
            profile = ("transbank", "{}") if known else ("generic", f"{{check_etx: {_yes(etx)}}}")
            yield Guess(share, "ecr_terminal", (profile,))


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"
