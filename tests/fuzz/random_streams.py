"""Random streams for each decoder of a register, without coverage: python -m tests.fuzz.random_streams

The pieces are commands, labels and numbers of all devices, and any bytes. ``tests/inputs/tools``
runs a sample.
"""

from __future__ import annotations

import logging
import sys
from random import Random

from kiosk.inputs.escpos.printer_languages import PRINTER_LANGUAGES
from kiosk.inputs.pole.dialects import DIALECTS
from tests.fuzz.registers import MAKERS, said

STREAMS = 10_000  # for each decoder
_WORDS = (b"TOTAL ", b"TOTAL", b"SUB", b"12,34", b"1.234,56", b"5", b"\r\n", b"\n", b"\0", b"\x02",
          b"\x03", b"0200|5000|7|||1|", b"S12;", b"1 x ", b"\x1dV\x00", b"$ ", b"\nTOTAL 12,34\n\x1dV\x00", b"\x0cTOTAL 12,34")  # fmt: skip
_COMMANDS = sorted(
    {name for each in PRINTER_LANGUAGES.values() for name in each.commands.sizes}
    | {name for each in DIALECTS.values() for name in each.commands if name}
)


def stream(random: Random) -> bytes:
    """Return the next random stream."""
    kinds = random.choices((_WORDS, _COMMANDS, None), (5, 3, 2), k=random.randrange(1, 30))
    return b"".join(random.choice(kind) if kind else random.randbytes(2) for kind in kinds)


def try_all(seed: int, count: int) -> int:
    """Feed each decoder so many streams; return how many amounts were read."""
    random, amounts = Random(seed), 0
    for make in MAKERS:
        for _ in range(count):
            data = stream(random)
            read, answers = said(make, data, len(data))
            bytewise, later_answers = said(make, data, 1)
            # A printer answers questions about its state at once, and so in another order.
            assert (bytewise, sorted(later_answers)) == (read, sorted(answers)), data
            assert all(0 < each.amount.amount <= 99999 for each in read), data
            amounts += len(read)
    return amounts


def main() -> None:
    """Run with a seed from the command line, or with 1."""
    logging.disable()
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    print(f"{len(MAKERS)} decoders, {STREAMS} streams each: {try_all(seed, STREAMS)} amounts read")


if __name__ == "__main__":
    main()
