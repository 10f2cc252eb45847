"""The recordings of real devices, damaged: no amount may come of them that they do not state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from kiosk.base.money import CURRENCIES
from kiosk.config.loader import load
from kiosk.inputs.scanner.scanner_input import ScannerSettings
from kiosk.inputs.tools.playback import replay
from kiosk.inputs.tools.recording import Chunk, Piece, read_pieces
from kiosk.sale.events import AmountRead
from tests.config.test_device_examples import DEVICES, TOKEN
from tests.support.examples import examples

# Totals of a receipt that is refused because it has two.
REFUSED = {"bematech-mp-4200-th": {"90.00", "80.00"}}


class Recording:
    """An example with its recording."""

    def __init__(self, name: str) -> None:
        config = load(DEVICES / f"{name}.yaml", TOKEN)
        self.settings = config.inputs[0]
        self.currency = CURRENCIES[config.kiosk.currency]
        lines = (DEVICES / f"{name}.jsonl").read_text().splitlines()
        self.pieces = [piece for piece in read_pieces(lines) if isinstance(piece, Chunk)]
        self.stated = self.amounts(self.pieces) | REFUSED.get(name, set())

    def amounts(self, pieces: Sequence[Piece]) -> set[str]:
        said = replay(pieces, self.settings, self.currency)
        return {each.amount.plain() for _, each in said if isinstance(each, AmountRead)}

    def places(self, most: int) -> Iterator[tuple[int, int]]:
        """Yield a piece and a byte of it, at about so many places."""
        every = [(at, place) for at, it in enumerate(self.pieces) for place in range(len(it.data))]
        yield from every[:: max(1, len(every) // most)]

    def with_piece(self, number: int, *data: bytes) -> list[Chunk]:
        """Return the recording with other data in place of this piece."""
        at = self.pieces[number].at
        changed = [Chunk(at, each) for each in data if each]
        return [*self.pieces[:number], *changed, *self.pieces[number + 1 :]]


@cache
def recording(name: str) -> Recording:
    return Recording(name)


NAMES = sorted(
    path.stem
    for path in DEVICES.glob("*.yaml")
    if not isinstance(load(path, TOKEN).inputs[0], ScannerSettings)
)


@pytest.mark.parametrize("name", NAMES)
def test_in_other_pieces_it_says_the_same(name: str) -> None:
    it = recording(name)
    for number, place in it.places(examples(400)):
        data = it.pieces[number].data
        pieces = it.with_piece(number, data[:place], data[place:])
        assert it.amounts(pieces) | REFUSED.get(name, set()) == it.stated, (number, place)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_with_a_damaged_byte_or_without_its_end_it_says_no_other_amount(name: str) -> None:
    it = recording(name)
    for number, place in it.places(examples(800)):
        data = it.pieces[number].data
        damaged = data[:place] + b"\0" + data[place + 1 :]
        assert it.amounts(it.with_piece(number, damaged)) <= it.stated, (number, place)
        assert it.amounts(it.with_piece(number, data[:place])) <= it.stated, (number, place)


@pytest.mark.slow
def test_with_a_flipped_bit_a_checked_request_says_no_other_amount() -> None:
    it = recording("transbank-im30")
    for number, place in it.places(1000):
        data = bytearray(it.pieces[number].data)
        for bit in range(8):
            data[place] ^= 1 << bit
            assert it.amounts(it.with_piece(number, bytes(data))) <= it.stated, (number, place)
            data[place] ^= 1 << bit
