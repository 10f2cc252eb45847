"""What happens to a sale when the process ends, or the disk is full."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from tests.e2e import kills
from tests.e2e.rig import Api, Counter, Register, fill, fill_log, sells
from tests.support.processes import LONG_ENOUGH, eventually


def test_killed_at_random_moments(tmp_path: Path) -> None:
    assert kills.live_through(8, seed=os.getpid(), folder=tmp_path).endswith("all agree")


def test_stopped_in_good_order_in_mid_sale(api: Api, register: Register, counter: Counter) -> None:
    with counter.running() as daemon:
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        eventually(counter.qr)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(LONG_ENOUGH) == 0
    assert counter.qr() is None, "no QR may stay on a panel that nobody looks after"
    api.pay(api.orders()[0]["id"])
    with counter.running():
        assert register.hears().startswith(b"PAID 20.00 ")


def test_frozen_while_the_payer_pays(api: Api, register: Register, counter: Counter) -> None:
    with counter.running() as daemon:
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        daemon.send_signal(signal.SIGSTOP)
        api.pay(api.orders()[0]["id"])
        assert register.silent()
        daemon.send_signal(signal.SIGCONT)
        assert register.hears().startswith(b"PAID 20.00 ")


def test_a_second_daemon_on_the_same_journal_is_refused(
    api: Api, register: Register, counter: Counter
) -> None:
    with counter.running():
        counter.becomes("idle")
        with counter.running() as second:
            assert second.wait(LONG_ENOUGH) == 1
    assert "another kiosk is running" in counter.log.read_text()


def spoil_settings(counter: Counter) -> None:
    """Make three faults in the file, and a change that has none."""
    counter.change("baud: 9600", "baud: fast\n    bauds: 9600")
    counter.change("on_new_amount: replace", "on_new_amount: replaced")
    counter.change("name: counter-1", "name: counter-2")


def names_every_fault(counter: Counter) -> None:
    for fault in ("baud: 'fast'", "inputs[0].bauds:", "did you mean replace"):
        counter.says(fault)


def test_s17_a_bad_configuration_does_not_reach_the_counter(
    api: Api, register: Register, counter: Counter
) -> None:
    """Failure story 17: every fault is named, and the counter goes on as it was set up before."""
    with counter.running():
        eventually(counter.journal.with_name("kiosk.yaml.good").exists)
    counter.loses_power_in_mid_sale(register)
    spoil_settings(counter)
    with counter.running():
        assert register.hears().startswith(b"FAIL canceled "), "the open sale is settled"
        names_every_fault(counter)
        counter.says("the kiosk sells on by the last one that sold")
        answer = counter.command("status")
        assert answer.returncode == 1
        assert "has faults and is not used; run kiosk check" in answer.stdout
        sells(api, register, counter)
        assert counter.sales()[-1]["reference"].startswith("counter-1-"), "not by the bad settings"


def test_s17_without_a_configuration_that_sold_it_does_not_start(
    register: Register, counter: Counter
) -> None:
    counter.loses_power_in_mid_sale(register)
    good = counter.config.read_text()
    counter.journal.with_name("kiosk.yaml.good").unlink(missing_ok=True)
    spoil_settings(counter)
    with counter.running() as daemon:
        assert daemon.wait(LONG_ENOUGH) == 2
    names_every_fault(counter)
    assert [sale["outcome"] for sale in counter.sales()] == [None], "the open sale still waits"
    counter.config.write_text(good)
    with counter.running():
        assert register.hears().startswith(b"FAIL canceled ")


def test_the_disk_is_full_and_has_room_again(
    api: Api, register: Register, counter: Counter, small_disk: Path
) -> None:
    counter.change(str(counter.journal), f"{small_disk}/journal.sqlite3")
    counter.journal = small_disk / "journal.sqlite3"
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        filler = small_disk / "filler"
        fill(filler)
        fill_log(counter.journal)
        api.pay(api.orders()[0]["id"])
        counter.becomes("out_of_service")
        assert register.silent(), "nothing is told that is not written down"
        filler.unlink()
        assert register.hears().startswith(b"PAID 20.00 ")
        eventually(lambda: counter.sales()[0]["told_at"])
        fill(filler)
        fill_log(counter.journal)
        register.send(b"TOTAL 30,00\r\n")
        counter.becomes("out_of_service")
        assert len(api.orders()) == 1, "nothing is sent that is not written down"
        filler.unlink()
        counter.becomes("idle")
        register.send(b"TOTAL 40,00\r\n")
        counter.becomes("paying")
