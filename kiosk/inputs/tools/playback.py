"""Replay a recording through the decoders of the running kiosk, without waiting. Pure.

The result is what the kiosk would have read, with times. No device is opened, nothing is answered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.inputs import InputSettings
from kiosk.inputs.common.repeats import RepeatFilter
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.pole_display import PoleDisplaySettings
from kiosk.inputs.scanner.key_decoder import KeyEvent
from kiosk.inputs.scanner.scan_decoder import SignedAmountRead
from kiosk.inputs.scanner.scanner_input import Scanner, ScannerSettings
from kiosk.inputs.scanner_hid import ScannerHidSettings
from kiosk.inputs.scanner_serial import characters
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.inputs.tef.tef_stream import TefStream
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.inputs.tools.recording import BadRecording, Chunk, Piece
from kiosk.inputs.transport.stream_input import Decoder, ProtocolAnswer
from kiosk.sale.events import Event

AFTERWARDS = 60.0  # seconds after the last piece in which a decoder may still say something

Timed = tuple[float, Event | ProtocolAnswer | SignedAmountRead]  # seconds, and what was read


def replay(pieces: Iterable[Piece], settings: InputSettings, currency: Currency) -> Iterator[Timed]:
    """Yield what this input reads; raise BadRecording for a recording of another kind of input.

    A scanner's price list is loaded first; raises ConfigError if nothing in it can be sold.
    """
    if isinstance(settings, ScannerSettings):
        return _scanned(pieces, settings, currency)
    return _streamed(pieces, stream_decoder(settings, currency))


def stream_decoder(settings: InputSettings, currency: Currency) -> Decoder:
    """Return the pure part of an input that reads bytes; raise BadRecording for other inputs."""
    name = settings.source
    match settings:
        case SerialLineSettings() | PoleDisplaySettings():
            return settings.decoder(name, currency)
        case EscposPrinterSettings():
            repeats = RepeatFilter(settings.repeat_within)
            late = bool(settings.port)
            return settings.decoder(name, currency, repeats, joins_late=late)
        case EcrTerminalSettings():
            return settings.terminal(name, currency)
        case TefFilesSettings():  # each piece of the recording is a file
            return TefStream(settings.dialog(name, currency))
        case _:
            raise BadRecording(_("the input {name} reads no bytes that can be recorded", name=name))


def _streamed(pieces: Iterable[Piece], decoder: Decoder) -> Iterator[Timed]:
    decoder.opened(0.0)
    now = 0.0
    for piece in pieces:
        if not isinstance(piece, Chunk):
            raise BadRecording(
                _("it was recorded from a keyboard, but this input reads a port; name another")
            )
        yield from _waited(decoder, now, piece.at)
        now = piece.at
        yield from ((now, event) for event in decoder.feed(piece.data, now))
    yield from _waited(decoder, now, now + AFTERWARDS)


def _waited(decoder: Decoder, now: float, until: float) -> Iterator[Timed]:
    """Yield what the decoder says while nothing comes in, up to the time ``until``."""
    while now < decoder.deadline <= until:
        now = decoder.deadline
        yield from ((now, event) for event in decoder.feed(b"", now))


def _scanned(
    pieces: Iterable[Piece], settings: ScannerSettings, currency: Currency
) -> Iterator[Timed]:
    scanner = settings.open(currency)
    assert isinstance(scanner, Scanner)
    scanner.load_price_list()
    decoder, gap = scanner.decoder, scanner.gap
    now, ends = 0.0, math.inf
    for at, text in _typed(pieces, settings):
        if decoder.unfinished and at >= ends:
            yield from ((ends, event) for event in decoder.feed("", ends))
        now, ends = at, at + gap
        yield from ((now, event) for event in decoder.feed(text, now))
    if decoder.unfinished:
        yield from ((now + gap, event) for event in decoder.feed("", now + gap))


def _typed(pieces: Iterable[Piece], settings: ScannerSettings) -> Iterator[tuple[float, str]]:
    """Yield the characters of the pieces."""
    keys = settings.keys() if isinstance(settings, ScannerHidSettings) else None
    for piece in pieces:
        if isinstance(piece, Chunk) == bool(keys):
            raise BadRecording(
                _("it was recorded from another kind of scanner than this input; name another")
            )
        if isinstance(piece, Chunk):
            yield piece.at, characters(piece.data)
        elif keys and (text := keys.feed(KeyEvent(piece.at, piece.type, piece.code, piece.value))):
            yield piece.at, text
