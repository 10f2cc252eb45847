"""Settings for an unknown device that really read what it sent. Pure.

``protocol_guess.py`` says what a stream looks like; here each guess is tried on the stream, with
the number formats and frames that registers use. What reads nothing is not proposed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import yaml
from pydantic import ValidationError

from kiosk.base.money import CURRENCIES
from kiosk.inputs import InputSettings
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.inputs.scanner_serial import ScannerSerialSettings
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.inputs.tools.playback import replay
from kiosk.inputs.tools.protocol_guess import Guess, best
from kiosk.inputs.tools.recording import Chunk
from kiosk.sale.events import AmountRead, ItemScanned, ReadingRejected

_DRIVERS: dict[str, type[InputSettings]] = {
    "ecr_terminal": EcrTerminalSettings,
    "escpos_printer": EscposPrinterSettings,
    "pole_display": PoleDisplaySettings,
    "scanner_serial": ScannerSerialSettings,
    "serial_line": SerialLineSettings,
}
_NUMBERS = (
    '{decimal: ",", thousands: "."}',
    '{decimal: ".", thousands: ","}',
    '{decimal: ",", thousands: " "}',
    '{thousands: "."}',
)
_LABELLED = ("amount", r"""'(?i)TOTAL\W*(?P<amount>[0-9][0-9., ]*)'""")
_ON_TWO_LINES = (("label", r"""'(?i)\s*TOTAL\W*'"""),)
_STRIPPED = ("strip", "printer")
_FRAMED = (("begins_with", "STX"), ("ends_with", "ETX"))
_LINES = ((), (_STRIPPED,), _FRAMED)


def proposals(data: bytes) -> list[Guess]:
    """Return the best guesses with settings that read an amount, or a code, in the data."""
    found = (next(filter(lambda it: _reads(it, data), _variants(it)), None) for it in best(data))
    return [guess for guess in found if guess]


def _variants(guess: Guess) -> Iterator[Guess]:
    """Yield the guess with the number formats and, for lines, the frames that registers use."""
    if guess.driver in ("scanner_serial", "ecr_terminal"):
        yield guess
        return
    other = tuple(pair for pair in guess.settings if pair[0] != "number")
    frames = [
        (*frame, *label)
        for frame in (_LINES if guess.driver == "serial_line" else ((),))
        for label in (((_LABELLED,), _ON_TWO_LINES, ()) if guess.driver == "serial_line" else ((),))
    ]
    for frame in frames:
        for number in _NUMBERS:
            yield replace(guess, settings=(*other, ("number", number), *frame))


def _reads(guess: Guess, data: bytes) -> bool:
    plain = bytes(byte & 0x7F for byte in data) if guess.bits == 7 else data
    fields = yaml.safe_load(guess.yaml("/dev/null", 9600))[0]
    texts = {key: each if isinstance(each, dict) else str(each) for key, each in fields.items()}
    try:
        settings = _DRIVERS[guess.driver].model_validate(texts)
    except ValidationError:
        return False  # the guess leaves out what only the technician knows
    pieces = [Chunk(1.0, plain)]
    said = [each for it in CURRENCIES.values() for _, each in replay(pieces, settings, it)]
    if guess.driver == "scanner_serial":  # its codes are rejected as long as it has no price list
        return any(isinstance(each, ItemScanned | AmountRead | ReadingRejected) for each in said)
    return any(isinstance(each, AmountRead) for each in said)
