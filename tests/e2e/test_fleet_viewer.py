"""``kiosk fleet`` with a real daemon and a real broker: a person sees, asks and adds up."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import app
from tests.e2e.rig import Api, Counter, Register
from tests.fleet.mosquitto import PASSWORD, Mosquitto, needs_mosquitto
from tests.fleet.viewer.chain import goodbye
from tests.support.processes import eventually
from tests.support.terminal import on_terminal

pytestmark = needs_mosquitto


class Person:
    """Somebody who types ``kiosk fleet …`` and reads."""

    def __init__(self, folder: Path, port: int) -> None:
        self.environ = {
            "KIOSK_FLEET_BROKER": f"mqtt://127.0.0.1:{port}",
            "KIOSK_FLEET_USER": "viewer",
            "KIOSK_FLEET_PASSWORD": PASSWORD,
            "XDG_CONFIG_HOME": str(folder),
        }

    def types(self, words: str, **environ: str) -> tuple[int, str, str]:
        """Return the exit code, and what is on standard output and error."""
        done = CliRunner().invoke(app, ["fleet", *words.split()], env=self.environ | environ)
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, done.stdout, done.stderr

    def reads(self, words: str) -> Any:
        """Return the JSON of a command."""
        return json.loads(self.types(f"{words} --json")[1])

    def sees(self, **fields: Any) -> dict[str, Any]:
        """Wait until the list has a counter with these values, and return it."""

        def find() -> dict[str, Any] | None:
            out = self.types("list --json")[1]
            counters: list[dict[str, Any]] = json.loads(out) if out else []
            return next((each for each in counters if fields.items() <= each.items()), None)

        return eventually(find) or {}


@pytest.fixture
def person(tmp_path: Path, broker: Mosquitto) -> Person:
    return Person(tmp_path, broker.port)


def test_a_day_of_a_chain(
    api: Api, register: Register, counter: Counter, broker: Mosquitto, person: Person
) -> None:
    counter.config.write_text(counter.config.read_text() + broker.section)
    with counter.running(BROKER_PASSWORD=PASSWORD) as daemon:
        person.sees(counter="shop1/counter-1", state="idle", last_sale=None)
        register.send(b"TOTAL 22,50\r\n")
        counter.becomes("paying")
        api.pay(api.orders()[0]["id"])
        assert register.hears().startswith(b"PAID 22.50")
        seen = person.sees(counter="shop1/counter-1", online=True)
        assert (seen["last_sale"]["outcome"], seen["last_sale"]["amount"]) == ("paid", "22.50")
        code, page, _err = person.types("show counter-1")
        assert (code, "paid 22.50 ARS" in page) == (0, True)
        last = person.reads("ask counter-1 last")
        assert (last["amount"], last["outcome"]) == ("22.50", "paid")
        assert person.reads("ask counter-1 status")["state"] in ("finished", "idle")
        code, out, err = person.types(f"sales --day {_day_of(last)}")
        (row,) = csv.DictReader(io.StringIO(out))
        assert (code, err) == (0, "")
        assert (row["kiosk"], row["amount"], row["outcome"]) == ("counter-1", "22.50", "paid")
        code, out, _err = person.types("list")
        assert (code, "all are well" in out) == (0, True)
        code, out, _err = person.types(f"rollout {seen['version']} --share 100")
        assert (code, "more may have it" in out) == (0, True)
        code, out, _err = person.types("rollout 99.0.0 --share 100")
        assert (code, "no counter has 99.0.0 yet" in out) == (1, True)
        daemon.terminate()
        person.sees(counter="shop1/counter-1", state="stopped")
    code, out, _err = person.types("list")
    assert (code, "it was stopped" in out) == (1, True)
    code, out, err = person.types("ask counter-1 status")
    assert (code, out, err) == (1, "", "shop1/counter-1: it is not connected: it was stopped\n")


def _day_of(sale: dict[str, Any]) -> str:
    return f"{datetime.fromisoformat(sale['created_at']).astimezone():%F}"


def test_what_can_be_wrong_between_a_person_and_the_broker(
    broker: Mosquitto, person: Person
) -> None:
    topic = "kiosk/v1/shop1/counter-1/state"
    assert broker.publish("shop1/counter-1", topic, json.dumps(goodbye()), retain=True) == ""
    wrong = {
        "list": (1, ""),
        "show counter-2": (1, "counter-2: the broker knows no such counter; did you mean"),
        "ask counter-1 last": (1, "shop1/counter-1: it is not connected: it was stopped"),
        "remove counter-1": (1, "this account may not remove counters; use one that may, such as"),
        "list --user nobody": (1, "the broker refuses nobody: not authorized (135)"),
        "list --broker mqtt://127.0.0.1:1": (1, "can't be reached: Connection refused"),
        "list --broker http://x": (2, "--broker: 'http://x' is not a valid value"),
        "list --broker mqtt://127.0.0.1:0": (2, "--broker: 'mqtt://127.0.0.1:0' is not a valid"),
        "list --shop shop9": (1, "no counter is known to the broker"),
        "list --password-file /nowhere": (2, "password (file /nowhere): can't read /nowhere"),
        "list --ca /nowhere": (2, "/nowhere: the file can't be read"),
        "list --settings /nowhere": (1, ""),
    }
    for words, (code, text) in wrong.items():
        got, _out, err = person.types(words)
        assert (got, text in err) == (code, True), (words, err)
    narrow = on_terminal("fleet", "watch", "--lang", "es", columns=40, **person.environ)
    with narrow as terminal:
        terminal.expect("1 no está bien")
        lines = re.sub(r"\x1b\[[A-Z]", "", terminal.text).splitlines()
        assert max(map(len, lines)) <= 40
        assert terminal.interrupted() == 130, terminal.text
    code, out, _err = person.types("remove counter-1 --user manager")
    assert (code, "mosquitto_passwd -D" in out) == (0, True)
    assert "no counter is known to the broker" in person.types("list")[2]
    broker.kill()
    code, _out, err = person.types("list")
    assert (code, err) == (1, "the broker can't be reached: Connection refused\n")
