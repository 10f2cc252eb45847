"""The daemon reads a changed configuration while the counter works."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from random import Random
from select import select
from typing import Any

import pytest

from tests.e2e.rig import Api, Counter, Register
from tests.e2e.unit import Unit, started
from tests.support.processes import LONG_ENOUGH, eventually


@pytest.fixture
def unit(counter: Counter, tmp_path: Path) -> Iterator[Unit]:
    counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
    with started(counter, tmp_path / "notify") as unit:
        unit.hears("READY=1")
        counter.becomes("idle")
        yield unit


def sells(api: Api, register: Register, counter: Counter) -> dict[str, Any]:
    """Sell, and return the sale's row."""
    before = len(counter.sales())
    register.send(b"TOTAL 20,00\r\n")
    counter.becomes("paying")
    api.pay(api.orders()[0]["id"])
    eventually(lambda: len(counter.sales()) > before and counter.sales()[-1]["told_at"])
    return counter.sales()[-1]


def test_a_change_in_mid_sale_waits_for_its_end(
    api: Api, register: Register, counter: Counter, unit: Unit
) -> None:
    register.send(b"TOTAL 20,00\r\n")
    counter.becomes("paying")
    qr = eventually(counter.qr)
    counter.change("name: counter-1", "name: counter-2")
    unit.reload()
    assert unit.hears("STATUS=sale counter-1").endswith("waits until the counter is idle")
    unit.hears("EXTEND_TIMEOUT_USEC=")
    unit.hears("EXTEND_TIMEOUT_USEC=")
    assert (counter.status()["state"], counter.qr()) == ("paying", qr), "the sale goes on"
    assert "READY=1" not in unit.heard
    api.pay(api.orders()[0]["id"])
    assert register.hears().startswith(b"PAID 20.00 counter-1-")
    unit.hears("READY=1")
    assert register.silent(), "it is told once"
    assert sells(api, register, counter)["reference"].startswith("counter-2-")


def test_a_file_with_faults_changes_nothing(
    api: Api, register: Register, counter: Counter, unit: Unit
) -> None:
    good = (counter.folder / "kiosk.yaml.good").read_text
    text = eventually(lambda: (counter.folder / "kiosk.yaml.good").exists() and good())
    counter.change("name: counter-1", "name: counter-2")
    counter.change("baud: 9600", "baud: fast")
    unit.reload()
    unit.hears("READY=1")
    assert unit.daemon.poll() is None
    assert sells(api, register, counter)["reference"].startswith("counter-1-")
    log = counter.log.read_text()
    assert f"{counter.config}:6:11: inputs[0].baud: 'fast'" in log
    assert "not used" in log
    assert good() == text, "the copy of the last good file stays"
    counter.change("baud: fast", "baud: 19200")
    unit.reload()
    unit.hears("READY=1")
    counter.becomes("idle")
    assert sells(api, register, counter)["reference"].startswith("counter-2-")
    eventually(lambda: good() == counter.config.read_text())


def test_systemctl_says_that_the_file_was_not_taken_over(counter: Counter, unit: Unit) -> None:
    counter.config.unlink()
    unit.reload()
    assert "has faults" in unit.hears("STATUS=ready to sell; ")
    unit.hears("READY=1")
    counter.says("can't be read (No such file or directory)")


def test_a_journal_elsewhere_takes_a_restart(counter: Counter, unit: Unit) -> None:
    counter.change("journal.sqlite3", "other.sqlite3")
    unit.reload()
    unit.hears("READY=1")
    counter.says("journal: it can't change while the kiosk runs; restart")
    assert not (counter.folder / "other.sqlite3").exists()


def test_a_token_that_is_gone_by_now_changes_nothing(counter: Counter, unit: Unit) -> None:
    counter.change("{env: KIOSK_TOKEN}", f"{{file: {counter.folder}/token}}")
    unit.reload()
    unit.hears("READY=1")
    counter.says(f"can't read {counter.folder}/token")
    counter.becomes("idle")


def test_totals_that_come_while_kiosks_change_are_all_sold(
    api: Api, register: Register, counter: Counter, unit: Unit
) -> None:
    """The kiosk keeps the port open, because the register's own settings do not change."""
    rng = Random(7)
    for number in range(6):
        counter.change(f"name: counter-{number + 1}", f"name: counter-{number + 2}")
        unit.daemon.send_signal(signal.SIGHUP)
        select([], [], [], rng.uniform(0, 0.8))
        register.send(b"TOTAL 2")
        select([], [], [], rng.uniform(0, 0.3))
        register.send(b"%d,00\r\n" % number)
        counter.becomes("paying")
        register.send(b"TOTAL 1,00\r\n")  # below the service's least, so it is refused
        assert register.hears().startswith(b"FAIL canceled ")
        assert register.hears().startswith(b"FAIL refused ")
    amounts = [sale["amount"] for sale in counter.sales()]
    assert amounts[::2] == [f"{20 + number}.00" for number in range(6)]


def a_change_waits(register: Register, counter: Counter, unit: Unit) -> None:
    """Change the name to counter-2 while 20.00 is to be paid."""
    register.send(b"TOTAL 20,00\r\n")
    counter.becomes("paying")
    counter.change("name: counter-1", "name: counter-2")
    unit.reload()
    unit.hears("EXTEND_TIMEOUT_USEC=")


def test_the_last_of_two_changes_counts(
    api: Api, register: Register, counter: Counter, unit: Unit
) -> None:
    a_change_waits(register, counter, unit)
    counter.change("name: counter-2", "name: counter-3")
    unit.reload()
    api.pay(api.orders()[0]["id"])
    unit.hears("READY=1")
    assert sells(api, register, counter)["reference"].startswith("counter-3-")


def test_stopped_while_a_change_waits(
    api: Api, register: Register, counter: Counter, unit: Unit
) -> None:
    a_change_waits(register, counter, unit)
    unit.daemon.send_signal(signal.SIGTERM)
    unit.hears("STOPPING=1")
    assert unit.daemon.wait(LONG_ENOUGH) == 0
    with counter.running():
        assert register.hears().startswith(b"FAIL canceled counter-1-")
