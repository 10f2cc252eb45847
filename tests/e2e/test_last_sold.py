"""A configuration that is broken at boot: the counter sells on by the last one that sold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.rig import Api, Counter, Register, sells
from tests.e2e.unit import started
from tests.support.processes import LONG_ENOUGH, eventually

NOT_USED = "has faults and is not used; run kiosk check"


@pytest.fixture
def has_sold(api: Api, register: Register, counter: Counter) -> Counter:
    """A counter that has sold by its configuration, and that is switched off now."""
    counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
    with counter.running():
        sells(api, register, counter)
        eventually(copy_of(counter).exists)
    return counter


def copy_of(counter: Counter) -> Path:
    return counter.journal.with_name("kiosk.yaml.good")


def _a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


SPOIL: dict[str, Callable[[Path], Any]] = {
    "a typing error": lambda file: file.write_text(file.read_text().replace("ARS", "ARG")),
    "a line that is no YAML": lambda file: file.write_text(file.read_text() + "\n  - {: [\n"),
    "a half file": lambda file: file.write_bytes(file.read_bytes()[:300]),
    "an empty file": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(bytes(range(256)) * 20),
    "no file": lambda file: file.unlink(),
    "a folder": _a_folder,
}


@pytest.mark.parametrize("what", SPOIL)
def test_a_broken_file_sells_on_and_says_so_until_it_is_corrected(
    api: Api,
    register: Register,
    has_sold: Counter,
    what: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(has_sold.folder))  # as systemd does
    good = has_sold.config.read_bytes()
    SPOIL[what](has_sold.config)

    def status() -> int:
        return has_sold.command("status").returncode

    with started(has_sold, tmp_path / "notify") as unit:
        unit.hears("READY=1")
        has_sold.becomes("idle")
        sells(api, register, has_sold)
        assert any(NOT_USED in each for each in has_sold.status()["problems"])
        assert "the kiosk sells on by the last one that sold" in has_sold.log.read_text()
        assert status() == 1
        if has_sold.config.is_dir():
            has_sold.config.rmdir()
        has_sold.config.write_bytes(good)
        assert status() == 1, "it is not read again yet"
        unit.reload()
        unit.hears("READY=1")
        eventually(lambda: "configuration" not in has_sold.status())
        assert status() == 0


def test_who_moves_the_counter_to_another_point_of_sale_never_sells_for_the_old_one(
    has_sold: Counter,
) -> None:
    has_sold.change("COUNTER1", "COUNTER2")
    has_sold.change("ARS", "ARG")
    with has_sold.running() as daemon:
        assert daemon.wait(LONG_ENOUGH) == 2
    assert (
        "orders.external_pos_id is not that of the last configuration" in has_sold.log.read_text()
    )
