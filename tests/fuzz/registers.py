"""Longer fuzzing of registers, by coverage: displays, receipts, payment terminals, plain lines.

    pip install atheris      (x86-64, CPython; no dependency of the project)
    python -m tests.fuzz.registers [-max_total_time=600]

Without atheris, ``python -m tests.fuzz.random_streams`` feeds each decoder 10,000 random streams.

The first byte chooses the decoder, the others are its stream. What must hold: nothing is raised,
nothing grows without end, an amount is within its limits, and the stream in small pieces says what
it says as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, get_args

from kiosk.base.money import CURRENCIES
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.inputs.escpos.printer_languages import PRINTER_LANGUAGES
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.inputs.tools.protocol_guess import guesses
from kiosk.inputs.transport.stream_input import Decoder, ProtocolAnswer
from kiosk.sale.events import AmountRead, Event
from tests.fuzz import fuzz

ARS = CURRENCIES["ARS"]
TOTALS: dict[str, Any] = {"number": {"decimal": ",", "thousands": "."}, "max": "99999"}
DIALECTS = get_args(PoleDisplaySettings.model_fields["dialect"].annotation)


def display(dialect: str) -> Decoder:
    settings = {"port": "/dev/null", "dialect": dialect, "driver": "pole_display"}
    return PoleDisplaySettings.model_validate(TOTALS | settings).decoder("till", ARS)


def printer(language: str) -> Decoder:
    fields = {"listen": "127.0.0.1", "language": language}
    settings = EscposPrinterSettings.model_validate(TOTALS | fields)
    return settings.decoder("till", ARS, RepeatFilter(0), joins_late=False)


def terminal() -> Decoder:
    settings = {"port": "/dev/null", "transbank": {}, "max": "99999"}
    return EcrTerminalSettings.model_validate(settings).terminal("till", ARS)


def frames() -> Decoder:
    generic = {"sale": r"S(?P<amount>[^;]*)", "number": {}, "paid": "P", "failed": "F"}
    fields = {"port": "/dev/null", "generic": generic | {"check": "sum", "length": "binary"}}
    return EcrTerminalSettings.model_validate(fields).terminal("till", ARS)


def plain(**more: str) -> Decoder:
    settings = {"port": "/dev/null", "amount": r"TOTAL\s+(?P<amount>\S+)"} | more
    return SerialLineSettings.model_validate(TOTALS | settings).decoder("till", ARS)


MAKERS: list[Callable[[], Decoder]] = [
    *(partial(printer, language) for language in PRINTER_LANGUAGES),
    terminal,
    frames,
    plain,
    partial(plain, strip="printer"),
    partial(plain, begins_with="STX", ends_with="ETX"),
    *(partial(display, dialect) for dialect in DIALECTS),
]


def said(make: Callable[[], Decoder], stream: bytes, step: int) -> tuple[list[AmountRead], bytes]:
    """Return the amounts and the answers for the stream in pieces, and for silence after it."""
    decoder = make()
    events: list[Event | ProtocolAnswer] = []
    for place in range(0, len(stream), step):
        events += decoder.feed(stream[place : place + step], 1.0)
    for _ in range(8):
        if decoder.deadline < 1000:
            events += decoder.feed(b"", decoder.deadline)
    answers = b"".join(each.data for each in events if isinstance(each, ProtocolAnswer))
    return [each for each in events if isinstance(each, AmountRead)], answers


def one(data: bytes) -> None:
    """Feed one input to the decoder that it chooses."""
    if not data:
        return
    make, stream = MAKERS[data[0] % len(MAKERS)], data[1:]
    whole = said(make, stream, len(stream) or 1)
    assert said(make, stream, 1) == whole
    for read in whole[0]:
        assert 0 < read.amount.amount <= 99999
    if stream:
        guesses(stream)


if __name__ == "__main__":
    fuzz(one)
