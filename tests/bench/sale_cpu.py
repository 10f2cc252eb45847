"""Processor time of a sale, against a script with the official SDK that looks every two seconds.

    python -m tests.bench.sale_cpu

Both sell at the same time, on loopback with TLS, to a payer who pays 25 s after the QR was made. The
kiosk reads the total, writes the journal, draws every picture and plays every signal; the script
draws nothing. The panel is a fake one of 128x64 pixels that keeps its pictures to itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.bench import sdk
from tests.bench.daemon import Shop, shop
from tests.bench.table import Row, print_rows
from tests.bench.tapped_counter import at_real_time

PAYS_AFTER = 25.0  # seconds
SALES = 3
PANEL = "display: {driver: fake, size: 128x64, glass: emissive}"


def _equip(counter: Shop) -> None:
    text = counter.config.read_text()
    counter.config.write_text(re.sub("^display: .*$", PANEL, text, flags=re.MULTILINE))


def measure() -> Iterator[Row]:
    """Yield the ratio of one sale's processor time."""
    with shop(pay_after=PAYS_AFTER) as counter:
        _equip(counter)
        with counter.at_work() as daemon:
            selling = sdk.start(counter.service, sales=SALES)
            alone = at_real_time(daemon.pid) and at_real_time(selling.pid)
            before = daemon.cpu()
            for number in range(SALES):
                counter.sells(20 + number)
            kiosk = daemon.cpu() - before
            script = sdk.result(selling).cpu
    note = f"{kiosk / SALES * 1000:.0f} ms against {script / SALES * 1000:.0f} ms a sale"
    note += "" if alone else "; not at real-time priority"
    yield Row("processor time of a sale against the SDK's", kiosk / script, 0.2, "×", note)


if __name__ == "__main__":
    print_rows(measure())
