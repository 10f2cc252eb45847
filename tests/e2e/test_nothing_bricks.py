"""Each kind of broken journal with each kind of broken configuration: it starts, or says why not.

A counter that sold is switched off, and its files are spoiled. The kiosk then sells on, is out of
service, or exits with a fault; after an exit the safe mode stays on, as systemd starts it.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.e2e.rig import Counter, counter_in, sells
from tests.e2e.test_last_sold import NOT_USED, SPOIL, a_folder
from tests.support.processes import eventually, running

KEPT = ("kiosk.yaml", "kiosk.yaml.good", "journal.sqlite3")


def _damaged(file: Path) -> None:
    data, rng = bytearray(file.read_bytes()), Random(7)
    for _byte in range(400):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    file.write_bytes(data)


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute("PRAGMA user_version = 99")


def _foreign(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as db:
        db.execute("CREATE TABLE songs (title TEXT)")


JOURNALS: dict[str, Callable[[Path], Any]] = {
    "good": lambda file: None,
    "none": lambda file: file.unlink(),
    "empty": lambda file: file.write_bytes(b""),
    "garbage": lambda file: file.write_bytes(bytes(range(256)) * 40),
    "truncated": lambda file: file.write_bytes(file.read_bytes()[: file.stat().st_size // 2]),
    "damaged": _damaged,
    "newer": _newer,
    "of another program": _foreign,
    "a folder": a_folder,
}
CONFIGURATIONS: dict[str, Callable[[Path], Any]] = {
    "good": lambda file: None,
    **SPOIL,
    "of a newer version": lambda file: file.write_text(file.read_text() + "hologram: {on: yes}\n"),
}
COPIES: dict[str, Callable[[Path], Any]] = {
    "good": lambda file: None,
    "none": lambda file: file.unlink(),
    "garbage": lambda file: file.write_bytes(b"\0" * 99),
}


# Each journal with a third of the configurations, and each of them with a third of the journals.
CASES = [
    (journal, list(CONFIGURATIONS)[(number + 3 * turn) % len(CONFIGURATIONS)], copy)
    for number, journal in enumerate(JOURNALS)
    for turn, copy in enumerate(COPIES)
]


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """A counter that has sold; its files are kept in ``kept``."""
    folder = tmp_path_factory.mktemp("counter")
    with counter_in(folder) as (api, register, counter):
        counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
        with counter.running():
            sells(api, register, counter)
            eventually((folder / "kiosk.yaml.good").exists)
        (folder / "kept").mkdir()
        for name in KEPT:
            shutil.copy(folder / name, folder / "kept")
        yield counter


@pytest.fixture
def has_sold(sold: Counter, monkeypatch: pytest.MonkeyPatch) -> Counter:
    monkeypatch.setenv("STATE_DIRECTORY", str(sold.folder))
    for path in sold.folder.iterdir():
        if path.name in ("kept", "register"):
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name in KEPT:
        shutil.copy(sold.folder / "kept" / name, sold.folder)
    return sold


@pytest.mark.parametrize("spoilt", CASES, ids="-".join)
def test_it_starts_or_the_safe_mode_says_why_not(
    has_sold: Counter, spoilt: tuple[str, str, str]
) -> None:
    journal, configuration, copy = spoilt
    JOURNALS[journal](has_sold.journal)
    CONFIGURATIONS[configuration](has_sold.config)
    COPIES[copy](has_sold.journal.with_name("kiosk.yaml.good"))
    with has_sold.running() as daemon:
        eventually(
            lambda: (
                daemon.poll() is not None
                or has_sold.status()["state"] in ("idle", "out_of_service")
            )
        )
        if daemon.poll() is None:
            says_what_is_wrong(has_sold, journal, configuration)
    said = has_sold.log.read_text()
    assert "Traceback" not in said
    if daemon.returncode:
        assert daemon.returncode in (1, 2), said
        assert "kiosk.yaml" in said or "journal" in said
        stays_in_safe_mode(has_sold)


def says_what_is_wrong(counter: Counter, journal: str, configuration: str) -> None:
    """The running kiosk says it in the status and in the log."""
    status, said = counter.status(), counter.log.read_text()
    if configuration != "good":
        assert any(NOT_USED in each for each in status["problems"]), status
        assert NOT_USED in said
        assert counter.command("status").returncode == 1
    if status["state"] == "out_of_service":
        assert "failed" in status["health"].values()
    if journal not in ("good", "none", "empty", "of another program"):
        assert "journal" in said


def stays_in_safe_mode(counter: Counter) -> None:
    """It shows the message wherever a configuration names the panel, and it does not end."""
    log = counter.folder / "safe-mode.log"
    (counter.folder / "status.json").unlink(missing_ok=True)
    dark = "no usable configuration names the panel and the lamps; they stay off"
    with running("safe-mode", "-c", str(counter.config), log=log, KIOSK_TOKEN="TEST") as safe:
        eventually(
            lambda: (
                dark in log.read_text()
                or (
                    counter.status()["state"] == "out_of_service"
                    and any((counter.folder / "frames").glob("*.png"))
                )
            )
        )
        assert safe.poll() is None
    said = log.read_text()
    assert safe.returncode in (0, -signal.SIGTERM), said  # at once after its first lines
    assert "journalctl -u kiosk" in said
    assert "Traceback" not in said
