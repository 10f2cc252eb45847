"""What pages show of a running counter, which the build does not run, is what a counter writes."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import kiosk
from kiosk.cli.identify import Identified
from kiosk.cli.manual.fences import fences
from kiosk.cli.sale_records import COLUMNS
from kiosk.cli.status import input_line
from kiosk.inputs.tools.proposals import proposals
from kiosk.sale.words import Outcome
from kiosk.simulator.scenario.headless_play import play
from kiosk.simulator.scenario.scenario_file import check_scenario, find_scenario
from tests.cli.back_office import NOON, made
from tests.cli.conftest import Shell, service, shell
from tests.orders.live import Live

__all__ = ["service", "shell"]  # fixtures

MANUAL = Path(kiosk.__file__).parent / "manual"

# What differs from run to run.
_CHANGING = (
    (r"\b[\w-]+-[0-9A-Z]{4,8}-\d+\b", "REFERENCE"),
    (r"\bORD[0-9A-Z]+", "ORDER"),
    (r"\bx-request-id [\w-]+", "x-request-id ID"),
    (r"\bin \d+ ms", "in N ms"),
    (r"\bcode [\w ]+$", "code CODE"),
    (r"\b(serial_line|caja)\b", "INPUT"),
)


def _same(line: str) -> str:
    """Return the line without what differs from run to run."""
    for pattern, word in _CHANGING:
        line = re.sub(pattern, word, line)
    return line


def _output(page: str, begins: str) -> list[str]:
    """Return the lines that a page shows below a command, or in a text that begins so."""
    for fence in fences((MANUAL / page).read_text("utf-8")):
        if fence.name in {"console", "text"} and fence.body.startswith(begins):
            return [line for line in fence.body.splitlines() if not line.startswith("$ ")]
    raise LookupError(f"{page} shows no {begins!r}")


class _Lines(logging.Handler):
    """Keeps the log as the page shows it."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.add(_same(f"{record.levelname} {record.name}: {record.getMessage()}"))


@pytest.fixture
def written() -> Iterator[set[str]]:
    """The lines that the log of a counter gets."""
    log, handler = logging.getLogger("kiosk"), _Lines()
    level = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    yield handler.lines
    log.removeHandler(handler)
    log.setLevel(level)


def test_the_lines_of_the_log_are_those_of_a_sale(written: set[str]) -> None:
    performance = play(check_scenario(find_scenario(Path("happy_sale"))))
    assert performance.failure is None

    shown = [
        *_output("trouble/log.md", "INFO kiosk.sale: 22.50"),
        *_output("trouble/log.md", "INFO kiosk.orders: GET"),
    ]

    assert len(shown) == 11
    assert [line for line in shown if _same(line) not in written] == []


def test_the_lines_about_points_of_sale_are_those_of_the_command(shell: Shell) -> None:
    listed = shell.run("pos", "list") + shell.err
    made = shell.run("pos", "create", "CAJA2", "--name", "Caja 2") + shell.err

    assert _output("mercadopago/points-of-sale.md", "$ sudo kiosk pos list") == listed.splitlines()
    shown = _output("mercadopago/points-of-sale.md", "$ sudo kiosk pos create CAJA2 --name")
    assert [line.partition(":")[0] for line in shown[:-1]] == [
        line.partition(":")[0] for line in made.splitlines()[:-1]
    ]
    assert shown[-1] == made.splitlines()[-1].replace(str(shell.config), "/etc/kiosk/kiosk.yaml")


def test_the_lines_about_a_sale_are_those_of_the_command(shell: Shell) -> None:
    shown = _output("mercadopago/receipt.md", "$ sudo kiosk orders show")

    assert [line.partition(":")[0] for line in shown] == [*COLUMNS, "code", "service"]


def test_the_lines_about_an_input_are_those_of_the_command() -> None:
    first, *readings = _output(
        "trouble/symptoms.md", "$ sudo kiosk watch serial_line\nserial_line:"
    )
    name, said = first.split(": connected since ")
    since, numbers = said.split("; ")
    counts = {kind: int(number) for number, kind in (each.split() for each in numbers.split(", "))}
    began = datetime.fromisoformat(since).astimezone().timestamp()

    assert first == input_line(
        name, counts | {"connected": True, "since": began, "why": "", "noisy": False}
    )
    assert [line[:10] for line in readings] == [" " * 10] * 2  # where the time of a new one is


def test_the_settings_that_are_proposed_are_those_of_the_command() -> None:
    said = "\n".join(_output("parts/serial-line.md", "$ sudo kiosk identify"))
    begins, _empty, proposed = said.partition("\n\n")

    (entry, *_others) = [
        each.yaml("/dev/ttyUSB0", 9600) for each in proposals(b"TOTAL       1.234,56\r\n")
    ]
    assert proposed.strip() == str(Identified("/dev/ttyUSB0", (entry,))).strip()
    assert begins.startswith("Press a key")


def test_the_line_about_a_partial_refund_is_that_of_the_command(
    shell: Shell, service: Live
) -> None:
    order = made(service, "k-1", "22.50", paid=True)
    shell.sold("k-1", "22.50", Outcome.PAID, NOON, order)

    said = shell.run("orders", "refund", "k-1", "--amount", "2.50")

    (shown,) = _output(
        "mercadopago/refunds.md", "$ sudo kiosk orders refund counter-1-2HNTBYGB-1 --amount 2.50\n"
    )
    assert _same(shown) == _same(said.splitlines()[0])
