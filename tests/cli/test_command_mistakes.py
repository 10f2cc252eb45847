"""Each mistake at a command of ``command_mistakes.yaml`` gets exactly its message, in three languages."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import FILE_OF, app
from kiosk.journal import Journal
from kiosk.sale.words import Outcome
from tests.cli.back_office import NOON, made, paid_by_card
from tests.cli.conftest import CONFIG, Shell
from tests.config.counter import COUNTER
from tests.orders.live import live
from tests.support.tables import cases_of

pytestmark = pytest.mark.slow

MISTAKES = cases_of(Path(__file__).with_name("command_mistakes.yaml"))
# The daemon speaks English; safe mode and simulate-api are no commands for technicians.
WITHOUT = {"run", "safe-mode"}
INPUTS = """\
inputs:
  - {driver: fake, name: botones, path: OUT/buttons}
  - driver: serial_line
    name: caja
    port: /dev/null
    number: {decimal: ","}
  - {driver: serial_line, name: otra, port: /dev/zero, number: {decimal: ","}}
"""


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A counter that is not running, and one of the same files that is, by its status file."""
    with live() as service:
        shell = Shell(tmp_path_factory.mktemp("counter"), service)
        lay_out(shell)
        yield shell


def lay_out(shell: Shell) -> None:
    folder = shell.folder
    text = CONFIG.format(out=folder, driver="mercadopago", url=shell.service.url, more="")
    _, _, after = text.partition("orders:")
    head = "kiosk: {name: counter-1, language: es, currency: ARS}\n"
    shell.config.write_text(head + INPUTS.replace("OUT", str(folder)) + "orders:" + after, "utf-8")
    status = folder / "running.json"
    running: dict[str, Any] = {"state": "idle", "pid": os.getpid(), "health": {}}
    status.write_text(json.dumps(running | {"inputs": {"caja": {"connected": True}}}))
    other = shell.config.read_text().replace("status.json", "running.json")
    (folder / "running.yaml").write_text(other)
    (folder / "small.yaml").write_text(COUNTER)
    (folder / "wrong.yaml").write_text(shell.config.read_text().replace("ARS", "ARG"))
    older = "driver: mercadopago", "driver: attended_qr\n  user_id: 1"
    (folder / "older.yaml").write_text(shell.config.read_text().replace(*older))
    (folder / "there.txt").write_text("no recording")
    head = '{"format": "kiosk-recording-1"}'
    (folder / "keys.jsonl").write_text(f'{head}\n{{"at": 0.1, "key": [1, 2, 1]}}\n')
    newer = str(folder / "newer.sqlite3")
    (folder / "newer.yaml").write_text(
        shell.config.read_text().replace(str(folder / "journal.sqlite3"), newer)
    )
    Journal.open(Path(newer), lambda: NOON).close()
    with closing(sqlite3.connect(newer)) as db:
        db.execute("UPDATE compatibility SET oldest = 99")
        db.execute("PRAGMA user_version = 99")
        db.commit()
    paid_by_card(shell, "k-paid", made(shell.service, "k-paid", "100.00", paid=True))
    shell.sold("k-none", "10.00", Outcome.REFUSED, NOON)
    shell.sold("k-open", "20.00", None, NOON, made(shell.service, "k-open", "20.00"))


def said(shell: Shell, row: dict[str, Any], language: str) -> dict[str, Any]:
    """Type the words; return the exit code and the lines on standard error."""
    places = {"folder": shell.folder, "config": shell.config, "url": shell.service.url}
    words = [word.format(**places) for word in row["typed"]]
    done = CliRunner().invoke(
        app, ["--lang", language, *words], row.get("answers", ""),
        env={"KIOSK_TOKEN": row.get("token", "APP_USR-TEST-1"), "COLUMNS": "80"},
    )  # fmt: skip
    assert done.exception is None or isinstance(done.exception, SystemExit), row["mistake"]
    text = done.stderr.replace(str(shell.folder), "FOLDER").replace(shell.service.url, "URL")
    text = re.sub(r"ORD01\w{20,}", "ORDER", text)
    usage, hint, error = text.partition(" --help'")  # how to call it, and where to find help
    lines = (error.partition("\n")[2] if hint else usage).splitlines()
    return {"code": done.exit_code, "said": [line for line in lines if line]}


@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_each_mistake_has_exactly_its_message(counter: Shell, language: str) -> None:
    found = {row["mistake"]: said(counter, row, language) for row in MISTAKES}
    assert found == {
        row["mistake"]: {"code": row["code"], "said": row[language]} for row in MISTAKES
    }


def test_every_command_has_a_mistake_of_its_own() -> None:
    assert {row["typed"][0] for row in MISTAKES} == set(FILE_OF) - WITHOUT
    assert len({row["mistake"] for row in MISTAKES}) == len(MISTAKES) >= 100
