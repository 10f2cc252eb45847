"""The power goes in mid-sale: the whole machine is killed, of the journal's disk there is left what a
disk must keep and any part of the rest, and with that it is booted, settles, and sells again.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from select import select
from time import monotonic

from tests.e2e.kills import agreement, something_happens
from tests.support.processes import eventually
from tests.system.rig import installed, logged_disk
from tests.system.rig.guest import Guest
from tests.system.rig.logged_disk import UNHEARD, LoggedDisk
from tests.system.rig.outside import Outside

CUTS = 20
POINTS = 3  # further possible moments of the cut in each run


def test_twenty_power_cuts_amid_sales_lose_none_and_invent_none(
    installed_disk: Path, tmp_path: Path
) -> None:
    rng = Random(20)
    with Outside(tmp_path) as outside:
        disk = logged_disk.journal_disk(tmp_path)
        guest = Guest(tmp_path, installed_disk, disk.disks, lines=outside.plug_in)
        disk.begin()
        with guest:
            logged_disk.put_in_place(guest)
            guest.power_off()
        for _ in range(CUTS):
            disk.begin()
            with guest:
                a_short_life(rng, outside, guest, disk)
                outside.turn_away()
                log = disk.cut_power(guest, rng)
            for _ in range(POINTS):
                at = rng.randrange(log.number_of(UNHEARD) + 1)
                crashed = disk.crashed(log, at, rng, tmp_path / "crashed")
                promises_are_kept(log.marks(at), logged_disk.rows_on(crashed))
        disk.begin()
        with guest:
            eventually(lambda: installed.status(guest)["state"] in ("idle", "finished"), within=300)
            eventually(lambda: all(row["outcome"] for row in installed.rows(guest)), within=300)
            said = agreement(outside.api.orders(), installed.rows(guest))
            sys.stdout.write(f"{CUTS} power cuts, {CUTS * POINTS} crash points, {said}\n")
            assert guest("find", "/var/lib/kiosk", "-name", "*.unreadable-*") == ""
            outside.sells()


def a_short_life(rng: Random, outside: Outside, guest: Guest, disk: LoggedDisk) -> None:
    """Sell for some seconds, and mark what the service and the register were told."""
    end = monotonic() + rng.uniform(0.2, 8.0)
    while (left := end - monotonic()) > 0:
        select([], [], [], min(left, rng.uniform(0.0, 0.6)))
        something_happens(rng, outside.api, outside.register.send)
        orders = outside.api.orders()
        payable = [order for order in orders if order["status"] == "created"]
        assert len(payable) <= 1, f"payable at once: {payable}"
        answers = [line.split() for line in outside.register.heard_lines()]
        disk.mark(guest, *(f"opened:{order['external_reference']}" for order in orders))
        disk.mark(guest, *(f"{answer[0]}:{answer[-1]}" for answer in answers))


def promises_are_kept(marks: list[str], rows: list[dict[str, object]]) -> None:
    """Check that the journal has what the service and the register were told before the cut."""
    known = {row["reference"]: row["outcome"] for row in rows}
    for promise in marks:
        what, _, reference = promise.partition(":")
        assert reference in known, promise
        if what == "PAID":
            assert known[reference] == "paid", promise
        elif what == "FAIL":
            assert known[reference], promise
