"""What a kiosk writes: its status file, its journal, its files; and scenarios, as Markdown."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing

from kiosk.cli.manual.settings_list import settings_of
from kiosk.journal.schema import MIGRATIONS
from kiosk.sale.phases import STATES
from kiosk.sale.words import Outcome

STATUS = {
    "state": "What the counter does now: {states}, or `starting`.",
    "reference": "The reference of the current sale; null if there is none.",
    "health": "For each reason code: `ok` or `failed`.",
    "set_aside": "The references of the sales that wait for a decision: `kiosk orders settle`.",
    "problems": "Sentences: what is wrong, and what to do.",
    "configuration": "`last_good` while the file has faults and the last good one is used.",
    "inputs": "For each input, by its name: see Inputs.",
    "pid": "The number of the process. If it does not run, the file is old.",
    "parts": "The parts of each text, from which `kiosk status` says it in another language.",
}
INPUT_STATUS = {
    "connected": "Whether the device is there and open.",
    "since": "When that began, in seconds since 1970.",
    "why": "Why it is not connected; empty if it is.",
    "accepted": "How many readings were accepted since the start.",
    "rejected": "How many were rejected: the panel asked for another reading.",
    "repeated": "How many were left out because they were the same one again.",
    "unread": "How many ended without an amount.",
    "noisy": "Whether so many are rejected that the sale is not told of them.",
    "latest": "The latest readings: `number`, `verdict` and `text`.",
}
_COLUMNS = {
    "reference": "The sale's own number, `external_reference` of its order.",
    "amount": "What was asked for, as a plain decimal: `1234.56`.",
    "currency": "ARS, BRL, CLP or UYU.",
    "idempotency_key": "With the same key, the service never creates a second order.",
    "order_id": "The order's id at Mercado Pago.",
    "outcome": f"{', '.join(f'`{word}`' for word in Outcome)}; NULL while open.",
    "ended_at": "When it ended, UTC.",
    "payment_method": "How it was paid, such as `account_money`.",
    "ticket": "The input's own number for the sale; empty if it has none.",
    "paid_after": "How many seconds after its QR the sale was paid.",
}
FILES = {
    "/etc/kiosk/kiosk.yaml": "The configuration.",
    "/etc/kiosk/kiosk.schema.json": "The schema of the configuration, for editors.",
    "/etc/kiosk/token": "The access token. Only root can read it; systemd passes it to the kiosk.",
    "/etc/kiosk/update-signers": "The keys whose signed updates are installed.",
    "/etc/kiosk/update-revoked": "Keys that are not valid any more.",
    "/etc/kiosk/update-address": "From where updates are fetched at night; it may be missing.",
    "/var/lib/kiosk": "The journal and all else that must outlive a power cut. Save this folder.",
    "/var/lib/kiosk-updates": "Put a signed update here: it is installed at night.",
    "/run/kiosk": "The status file and the socket for commands; in memory, gone after a restart.",
    "/opt/kiosk/current": "The release that is used.",
    "/opt/kiosk/previous": "The release before: `sudo scripts/install --rollback`.",
    "/usr/local/bin/kiosk": "The command.",
    "/usr/local/lib/systemd/system": "The units. `sudo systemctl edit kiosk` keeps your changes.",
}


def status() -> str:
    """List the fields of the status file."""
    states = ", ".join(f"`{word}`" for word in sorted(set(STATES.values())))
    fields = STATUS | {"state": STATUS["state"].format(states=states)}
    return "\n".join(_items(fields))


def input_status() -> str:
    """List the fields of an input in the status file."""
    return "\n".join(_items(INPUT_STATUS))


def journal() -> str:
    """List the columns of the table ``sales``."""
    return "\n".join(_items(columns()))


def columns() -> dict[str, str]:
    """Return what each column of the table ``sales`` holds."""
    with closing(sqlite3.connect(":memory:")) as db:
        for migration in MIGRATIONS:
            db.executescript(migration.script)
        names = [row[1] for row in db.execute("PRAGMA table_info(sales)")]
    noted = dict(_comments())
    return {name: _COLUMNS.get(name) or noted[name] for name in names}


def _comments() -> Iterator[tuple[str, str]]:
    """Yield each column with the comment behind it in the schema."""
    for migration in MIGRATIONS:
        for line in migration.script.splitlines():
            code, dashes, comment = line.partition("--")
            name = re.sub("^ALTER TABLE sales ADD COLUMN ", "", code.strip()).partition(" ")[0]
            if dashes and comment.strip():
                text = comment.strip()
                yield name, f"{text[0].upper()}{text[1:]}."


def files() -> str:
    """List the files and folders of an installed system."""
    return "\n".join(_items(FILES))


def scenarios() -> str:
    """List what a step of a scenario can be."""
    from kiosk.simulator.acts.expectation import Step  # noqa: PLC0415 - an extra may be missing

    return settings_of(Step)


def _items(fields: Mapping[str, str]) -> Iterator[str]:
    for name, text in fields.items():
        yield f"- `{name}`: {text}"
