"""``kiosk status --watch``: the live state on a terminal, and line by line without one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from kiosk.base.money import Money
from kiosk.journal import Journal
from kiosk.sale.effects import SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.config.counter import COUNTER
from tests.support.terminal import on_terminal

PROBLEM = "sale k-1 is set aside; run: kiosk orders settle k-1 --as OUTCOME --note TEXT"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A counter that waits for a payment, after a sale that was paid."""
    path = tmp_path / "kiosk.yaml"
    lines = [line for line in COUNTER.splitlines() if not line.startswith(("journal:", "service:"))]
    lines += [f"journal: {{path: {tmp_path}/journal.sqlite3}}"]
    lines += [f"service: {{status_file: {tmp_path}/status.json}}"]
    path.write_text("\n".join(lines) + "\n")
    journal = Journal.open(tmp_path / "journal.sqlite3", time.time)
    journal.remember(SaleOpened(Sale("k-1", Money.of("7.00", "ARS"), "till")), b"{}")
    journal.remember(SaleEnded("k-1", Outcome.PAID, "test"))
    journal.remember(SaleOpened(Sale("k-2", Money.of("1234.56", "ARS"), "till")), b"{}")
    journal.close()
    state(path)
    return path


def state(config: Path, **status: Any) -> None:
    till = {"connected": True, "since": 1000.0, "why": "", "noisy": False, "latest": []}
    till |= {"accepted": 3, "rejected": 1, "unread": 2, "repeated": 0}
    whole = {"state": "paying", "reference": "k-2", "health": {"token": "ok"}, "pid": os.getpid()}
    whole |= {"inputs": {"till": till}, "problems": [PROBLEM]} | status
    draft = config.with_name("draft")
    draft.write_text(json.dumps(whole))
    draft.replace(config.with_name("status.json"))


def watched(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk", "status", "--watch", "-c", str(config), *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"KIOSK_TOKEN": "T"}
    )


def test_a_narrow_terminal_shows_everything_with_the_time_left(config: Path) -> None:
    words = ("status", "--watch", "-c", str(config))
    with on_terminal(*words, columns=40, KIOSK_TOKEN="T") as terminal:
        terminal.expect("###")
        terminal.expect(":")
        terminal.expect("\x1b[J")
        said = terminal.text
        for part in ("paying  k-2", "amount: 1234.56 ARS", "till: connected", "last sale: paid",
                     "problem: sale k-1"):  # fmt: skip
            assert part in said
        for line in said.replace("\x1b[H", "").replace("\x1b[J", "").split("\n"):
            assert len(line.removesuffix("\x1b[K")) <= 40
        state(config, state="idle", reference=None, problems=[])
        terminal.expect("idle")
        assert "problem" not in terminal.expect("\x1b[J")
        assert terminal.interrupted() == 130
        assert "Traceback" not in terminal.text


def test_a_kiosk_that_stops_and_one_that_starts_are_seen(config: Path) -> None:
    with on_terminal("status", "--watch", "-c", str(config), KIOSK_TOKEN="T") as terminal:
        terminal.expect("paying")
        config.with_name("status.json").unlink()
        terminal.expect("the kiosk is not running")
        state(config)
        terminal.expect("paying")


def test_without_a_terminal_each_line_has_its_time(config: Path) -> None:
    done = watched(config, "--for", "0")
    assert done.returncode == 0, done.stderr
    lines = [line.split("  ", 1) for line in done.stdout.splitlines()]
    assert all(len(clock) == len("12:34:56") for clock, _text in lines)
    assert [text for _clock, text in lines][:2] == ["paying  k-2", "amount: 1234.56 ARS"]
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("left", ["", "no JSON", "{}", '{"pid": 1}'])
def test_a_status_file_that_can_not_be_read_is_no_running_kiosk(config: Path, left: str) -> None:
    config.with_name("status.json").write_text(left)
    done = watched(config, "--for", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "the kiosk is not running" in done.stdout


def test_a_configuration_with_faults_is_named(config: Path) -> None:
    status = config.with_name("status.json")
    config.write_text(f"display: 5\nservice: {{status_file: {status}}}\n")
    done = watched(config, "--for", "0")
    assert "has faults; see kiosk check" in done.stdout
    assert "paying  k-2" in done.stdout


def test_either_live_or_json(config: Path) -> None:
    done = watched(config, "--json")
    assert done.returncode == 2
    assert "write either --watch or --json" in done.stderr
