"""The Mosquitto of the next Debian, 2.1, as the broker of a chain."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.e2e.rig import Counter, Register, fake_api
from tests.fleet.mosquitto import PASSWORD, running_broker
from tests.fleet.test_accounts import ALL_RULES, MAY_READ, MAY_WRITE, who_may_what
from tests.system.rig import image

pytestmark = pytest.mark.skipif(bool(image.why_not()), reason=image.why_not() or "")

FORKY = image.Flavour("broker", "forky", ("mosquitto", "mosquitto-clients"))
PROGRAMS = ("sbin/mosquitto", "bin/mosquitto_passwd", "bin/mosquitto_sub", "bin/mosquitto_rr")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the broker's programs, which run with their own libraries."""
    folder = tmp_path_factory.mktemp("forky")
    usr = image.unpack(FORKY, folder / "root") / "usr"
    libraries = usr / "lib/x86_64-linux-gnu"
    for each in PROGRAMS:
        program = folder / Path(each).name
        loader = f"{libraries}/ld-linux-x86-64.so.2 --library-path {libraries}"
        program.write_text(f'#!/bin/sh\nexec {loader} {usr}/{each} "$@"\n')
        program.chmod(0o755)
    return folder


@pytest.fixture(autouse=True)
def newer(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    said = subprocess.run(["mosquitto", "-h"], capture_output=True, text=True, check=False).stdout
    assert said.startswith("mosquitto version 2.1")


def test_each_account_writes_and_reads_what_it_should(tmp_path: Path) -> None:
    with running_broker(tmp_path, ALL_RULES, patterns=False) as broker:
        written, read = who_may_what(broker)
    assert written == MAY_WRITE
    assert read == MAY_READ


def test_a_counter_is_asked_and_tells_its_sale(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    register = Register(tmp_path / "register")
    with (
        fake_api() as api,
        running_broker(tmp_path / "broker", patterns=False) as broker,
        broker.viewer() as viewer,
    ):
        counter = Counter(tmp_path, api.url, register.path)
        counter.config.write_text(counter.config.read_text() + broker.section)
        with counter.running(BROKER_PASSWORD=PASSWORD):
            viewer.hears("counter-1/state", state="idle")
            register.send(b"TOTAL 22,50\r\n")
            counter.becomes("paying")
            question = json.dumps({"v": 1, "id": "q1", "ask": "status"})
            root = "kiosk/v1/shop1/counter-1"
            said = broker.request("viewer", f"{root}/in/ask", question, f"{root}/out/answer/ana")
            assert json.loads(said)["answer"]["state"] == "paying"
            api.pay(api.orders()[0]["id"])
            viewer.hears("counter-1/sale", amount="22.50", outcome="paid")
        viewer.hears("counter-1/state", reason="stopped")
    register.unplug()
