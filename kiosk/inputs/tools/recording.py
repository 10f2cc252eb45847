"""Recordings: what a device sent, with the time of each piece, as a file of JSON lines.

The first line names the device. The others are pieces, ``{"at": 0.25, "bytes": "0c544f"}`` or
``{"at": 0.25, "key": [1, 28, 1]}``, with ``at`` in seconds since the device was opened. A recording
has everything that was sent, which may be personal data.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kiosk.base.frozen import frozen
from kiosk.base.language import _

FORMAT = "kiosk-recording-1"


@frozen
class Chunk:
    """Bytes that were received together."""

    at: float
    data: bytes


@frozen
class Press:
    """A key event of the kernel, as in ``struct input_event``."""

    at: float
    type: int
    code: int
    value: int


Piece = Chunk | Press


class BadRecording(ValueError):
    """The file is not a valid recording. The message names the line and the reason."""


def header_line(device: str) -> str:
    """Return the first line of a recording."""
    return json.dumps({"format": FORMAT, "device": device})


def piece_line(piece: Piece) -> str:
    """Return the line of a piece."""
    at = round(piece.at, 4)
    if isinstance(piece, Chunk):
        return json.dumps({"at": at, "bytes": piece.data.hex()})
    return json.dumps({"at": at, "key": [piece.type, piece.code, piece.value]})


def read_pieces(lines: Iterable[str]) -> Iterator[Piece]:
    """Yield the pieces of a recording, in order; raise BadRecording if it is not valid."""
    latest = 0.0
    for number, text in enumerate(lines, 1):
        try:
            fields = json.loads(text)
            if number == 1:
                _check(fields)
                continue
            piece = _piece(fields)
        except (ValueError, KeyError, TypeError) as fault:
            raise BadRecording(
                _(
                    "line {number} is not a valid line of a recording ({fault}); name a file that "
                    "kiosk record wrote",
                    number=number,
                    fault=fault,
                )
            ) from None
        if piece.at < latest:
            raise BadRecording(
                _("line {number} has an earlier time than the line before it", number=number)
            )
        latest = piece.at
        yield piece


def _check(fields: dict[str, Any]) -> None:
    if fields["format"] != FORMAT:
        raise ValueError(f"its format is {fields['format']!r}, not {FORMAT!r}")


def _piece(fields: dict[str, Any]) -> Piece:
    at = float(fields["at"])
    if "bytes" in fields:
        return Chunk(at, bytes.fromhex(fields["bytes"]))
    kind, code, value = (int(number) for number in fields["key"])
    return Press(at, kind, code, value)
