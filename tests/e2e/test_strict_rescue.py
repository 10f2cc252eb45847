"""Back by itself at the strict service: tokens that are replaced, journals that are spoiled."""

from __future__ import annotations

import os
import sqlite3
import struct
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

from kiosk.journal.pages import SIZE as PAGE_SIZE
from kiosk.journal.wal import FRAME_HEADER, HEADER
from tests.e2e.rig import TOKEN
from tests.e2e.strict_counter import StrictCounter, side_by_side, stopped_counter, strict_counter
from tests.e2e.strict_older import StrictOlderService
from tests.e2e.strict_orders import StrictOrdersService
from tests.e2e.strict_service import StrictService
from tests.support.processes import eventually, power_cut


def write_token(file: Path, text: str, mode: int = 0o600) -> None:
    """Replace the file in one step, as an editor or a script does."""
    draft = file.with_suffix(".new")
    draft.write_text(text)
    draft.chmod(mode)
    os.replace(draft, file)


def replaces_its_token_in_a_sale(folder: Path) -> None:
    service = StrictOrdersService(token="APP_USR-first")
    folder.mkdir()
    token = folder / "token"
    write_token(token, "APP_USR-first\n")
    from_file = ("{env: KIOSK_TOKEN}", f"{{file: {token}}}")
    with strict_counter(folder / "counter", service, from_file) as counter:
        order = counter.payable(counter.key("50,00"))
        service.tokens = {"APP_USR-second"}
        eventually(lambda: counter.counter.qr() is None)
        counter.counter.says("write a valid access token into orders.token")
        service.pay(order)
        write_token(token, "APP_USR-second\n")
        counter.hears("PAID 50.00", 1)
        counter.sells_next()
        assert "APP_USR" not in counter.counter.log.read_text()


def make_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda file: write_token(file, ""), "it is empty"),
    "others can read it": (lambda file: write_token(file, "APP_USR-2", 0o644), "run: chmod 600"),
    "a folder": (make_a_folder, "is not a file"),
    "gone": (lambda file: file.unlink(), "No such file"),
    "two lines": (lambda file: write_token(file, "a\nb"), "spaces or invalid characters"),
}


def spoils_its_token(folder: Path, how: str) -> None:
    folder.mkdir()
    service = StrictOrdersService(token="APP_USR-1")
    token = folder / "token"
    write_token(token, "APP_USR-1")
    from_file = ("{env: KIOSK_TOKEN}", f"{{file: {token}}}")
    with strict_counter(folder / "counter", service, from_file) as counter:
        spoil, said = SPOILED[how]
        spoil(token)
        service.tokens = {"APP_USR-2"}
        number = counter.key("50,00")
        counter.hears("FAIL refused", number)
        counter.counter.is_out_of_service("token")
        counter.counter.says(said)
        assert counter.command("status")[0] == 1
        if token.is_dir():
            token.rmdir()
        write_token(token, "APP_USR-2")
        counter.counter.becomes("idle")
        counter.sells_next()


def test_a_token_file_that_is_replaced_or_spoiled(tmp_path: Path) -> None:
    spoiled = {how: partial(spoils_its_token, tmp_path / how, how) for how in SPOILED}
    replaced = partial(replaces_its_token_in_a_sale, tmp_path / "replaced")
    side_by_side({"replaced": replaced, **spoiled})


def delete(journal: Path) -> None:
    for file in journal.parent.glob(f"{journal.name}*"):
        file.unlink()


def replace(journal: Path) -> None:
    copy = journal.with_name("copy")
    copy.write_bytes(journal.read_bytes())
    os.replace(copy, journal)


def changes_its_journal(folder: Path, spoil: Callable[[Path], None]) -> None:
    service = StrictOrdersService(token=TOKEN)
    with stopped_counter(folder, service) as counter:
        with counter.selling():
            counter.sells_next()
            eventually(lambda: counter.row(1)["told_at"])
            spoil(counter.counter.journal)
            counter.register.send(b"TOTAL 30,00\r\n")
            counter.counter.is_out_of_service("journal")
            counter.counter.says("so new sales would be lost; put it back, or restart the kiosk")
            assert counter.command("status")[0] == 1
        assert len(service.orders) == 1  # nothing was sold that no journal knows
        with counter.selling():
            counter.sold = len(counter.counter.sales())
            counter.sells_next()


def test_a_journal_that_is_changed_under_the_daemon(tmp_path: Path) -> None:
    changes = {"deleted": delete, "replaced": replace}
    side_by_side(
        {name: partial(changes_its_journal, tmp_path / name, it) for name, it in changes.items()}
    )


BAD = {"amount": "5u5.00", "currency": "ARQ", "outcome": "qaid", "created_at": "yesterday"}


def test_rows_that_can_not_be_read_at_the_start(tmp_path: Path) -> None:
    service = StrictOrdersService(token=TOKEN)
    with stopped_counter(tmp_path / "counter", service) as counter:
        with counter.selling():
            for _ in BAD:
                counter.sells_next()
        with closing(sqlite3.connect(counter.counter.journal)) as db, db:
            for number, (column, text) in enumerate(BAD.items(), 1):
                db.execute(f"UPDATE sales SET {column} = ? WHERE rowid = ?", (text, number))
        with counter.selling():
            code, text = counter.command("status")
            assert code == 0
            for number, bad in enumerate(BAD.values(), 1):
                reference = counter.row(number)["reference"]
                assert bad in text
                assert f"kiosk orders settle {reference} --as OUTCOME --note TEXT" in text
            counter.sells_next()


def end_of_commits(journal: Path) -> int:
    """Return where the commits end in the write-ahead log, which has its full size beforehand."""
    frame = FRAME_HEADER + PAGE_SIZE
    with journal.with_name("journal.sqlite3-shm").open("rb") as index:
        # mxFrame in https://sqlite.org/walformat.html, section 2.1
        (committed,) = struct.unpack("=16xI", index.read(20))
    return HEADER + int(committed) * frame


def test_a_write_ahead_log_that_is_cut_short(tmp_path: Path) -> None:
    with stopped_counter(tmp_path / "counter", StrictOrdersService(token=TOKEN)) as counter:
        with counter.selling() as daemon:
            counter.sells_next()
            order = counter.payable(counter.key("50,00"))
            power_cut(daemon)
        counter.service.pay(order)
        log = counter.counter.journal.with_name("journal.sqlite3-wal")
        os.truncate(log, end_of_commits(counter.counter.journal) - 1500)  # a page and a half
        with counter.selling():
            counter.counter.says("the newest changes may be lost")
            counter.hears("PAID 50.00", 2)  # asked again, with the key that is still there
            counter.sells_next()
        assert not counter.service.violations


def kill_before_it_is_told(counter: StrictCounter) -> None:
    """Kill the daemon when the payment is written, and the register does not know it."""
    with counter.selling() as daemon:
        order = counter.payable(counter.key("50,00"))
        counter.register.unplug()
        counter.service.pay(order)
        counter.counter.becomes("finished")
        power_cut(daemon)
    assert (counter.row(1)["outcome"], counter.row(1)["told_at"]) == ("paid", None)


def test_killed_between_writing_and_telling(tmp_path: Path) -> None:
    with stopped_counter(tmp_path / "counter", StrictOrdersService(token=TOKEN)) as counter:
        kill_before_it_is_told(counter)
        signals = len(counter.counter.signals())
        counter.register.plug_in()
        with counter.counter.running():
            counter.hears("PAID 50.00", 1)
            counter.counter.plays("paid", after=signals)
            counter.counter.becomes("idle")
            counter.sells_next()


WRONG_CLOCK = """
import time
right = time.time
time.time = lambda: right() + {seconds}
"""
DAY = 86_400
CLOCKS = {"decades behind": -20_000 * DAY, "a year ahead": 365 * DAY}
OLDER = ("driver: mercadopago", "driver: dynamic_qr\n  user_id: 446566691")
DRIVERS: dict[str, tuple[type[StrictService], tuple[tuple[str, str], ...]]] = {
    "mercadopago": (StrictOrdersService, ()),
    "dynamic_qr": (StrictOlderService, (("  mode: dynamic\n", ""), OLDER)),
}


def sells_by_a_wrong_clock(folder: Path, driver: str, seconds: int) -> None:
    kind, changes = DRIVERS[driver]
    with stopped_counter(folder, kind(token=TOKEN), *changes) as counter:
        (folder / "sitecustomize.py").write_text(WRONG_CLOCK.format(seconds=seconds))
        with counter.selling(PYTHONPATH=str(folder)):
            counter.sells_next()
            counter.sells_next()
        assert not counter.service.violations  # the older API wants dates that are not past
        written = datetime.fromisoformat(counter.row(1)["created_at"]).timestamp()
        assert abs(written - time.time()) < DAY  # by the service's clock
        counter.counter.says("this computer's clock is wrong by")


def test_a_clock_that_is_wrong(tmp_path: Path) -> None:
    side_by_side(
        {
            f"{driver}, {clock}": partial(
                sells_by_a_wrong_clock, tmp_path / driver / clock, driver, seconds
            )
            for driver in DRIVERS
            for clock, seconds in CLOCKS.items()
        }
    )
