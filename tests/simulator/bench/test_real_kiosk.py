"""``kiosk bench --attach``: a kiosk that sells, seen read-only through ssh."""

from __future__ import annotations

import base64
import io
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from kiosk.simulator.bench.real_kiosk import PICTURES_KEPT, RealKiosk
from kiosk.simulator.payers_phone import read_codes
from tests.simulator.bench.bench_rig import CONFIG, Counter, simulation
from tests.support.processes import LONG_ENOUGH, eventually, running

STATUS = {"state": "paying", "reference": "r-1", "health": {"network": "failed"}, "inputs": {}}


def png() -> str:
    written = io.BytesIO()
    Image.new("1", (8, 8)).save(written, format="PNG")
    return base64.b64encode(written.getvalue()).decode()


def seen(kiosk: RealKiosk, **query: str) -> dict[str, Any]:
    state = kiosk.state(**query)
    assert state is not None
    return state


def test_what_the_kiosk_tells_is_on_the_page(tmp_path: Path) -> None:
    kiosk = RealKiosk(tmp_path)
    assert (seen(kiosk)["kiosk"], seen(kiosk)["readonly"]) == (None, True)
    kiosk.take({"status": STATUS, "signal": "scan_me"})
    kiosk.take({"journal": {"columns": ["reference"], "rows": [["r-1"]]}})
    kiosk.take({"picture": png()})
    kiosk.take({"log": "03:12:45.704 WARNING kiosk.sale: reading from caja rejected: no"})
    state = seen(kiosk)
    assert (state["kiosk"]["status"]["state"], state["kiosk"]["frame"]) == ("paying", 1)
    assert (state["kiosk"]["signal"], state["journal"]["rows"]) == ("scan_me", [["r-1"]])
    assert state["log"][0]["level"] == "warning"
    assert "out of service" in state["problems"][0]
    assert kiosk.state(after=state["version"]) is None
    kiosk.take({"status": None})
    assert "not running" in seen(kiosk)["problems"][0]


def test_a_lost_connection_is_said_and_old_pictures_are_removed(tmp_path: Path) -> None:
    kiosk = RealKiosk(tmp_path)
    for _ in range(PICTURES_KEPT * 2):
        kiosk.take({"picture": png()})
    assert len(list(tmp_path.iterdir())) == PICTURES_KEPT
    assert kiosk.frame(1) is None
    kiosk.lost = "ssh ended with exit code 255"
    assert "255" in seen(kiosk)["problems"][0]


# --- the commands -------------------------------------------------------------------------------

SSH = """#!/bin/sh
[ -e "$(dirname "$0")/unreachable" ] && exit 255
echo "Welcome to the shop"
while [ "$1" != shop ]; do shift; done
shift
exec "$@"
"""
FAKE = re.compile("display: .*")


@contextmanager
def attached(counter: Counter, tools: Path) -> Iterator[httpx.Client]:
    """Run ``kiosk bench --attach shop`` with an ssh that runs its command on this computer."""
    tools.mkdir()
    (tools / "ssh").write_text(SSH)
    (tools / "ssh").chmod(0o755)
    log = tools / "bench.log"
    words = ["bench", "--attach", "shop", "--port", "0"]
    words += ["--config", str(counter.folder / "counter.yaml")]
    words += ["--log", str(counter.folder / "simulate.log")]
    path = f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    with running(*words, log=log, PATH=path) as process:
        url = eventually(lambda: re.findall(r"http://127\S+", log.read_text()))[0]
        with httpx.Client(base_url=url, timeout=LONG_ENOUGH) as http:
            yield http
        process.send_signal(signal.SIGINT)
        assert process.wait(LONG_ENOUGH) == 0


@pytest.mark.slow
def test_support_sees_a_sale_at_a_far_kiosk_and_can_change_nothing(tmp_path: Path) -> None:
    shop, tools = tmp_path / "shop", tmp_path / "tools"
    shop.mkdir()
    panel = "display: {driver: oled, chip: ssd1309, inches: 2.42}"
    config = FAKE.sub(panel, CONFIG.format(out=shop, currency="ARS"))
    with (
        simulation(shop, config) as counter,
        attached(counter, tools) as http,
    ):

        def state() -> Any:
            return http.get("/state").json()

        eventually(lambda: state()["kiosk"] and state()["kiosk"]["frame"])
        counter.act(key="22.50")
        counter.shows_a_code()
        told = eventually(lambda: (state()["kiosk"]["status"]["state"] == "paying") and state())
        assert any("22.50" in line["text"] for line in told["log"])
        assert told["kiosk"]["signal"] == "scan_me"
        assert "22.50" in eventually(lambda: state()["journal"]["rows"])[0]

        def codes() -> list[str]:
            data = http.get(f"/panel/{state()['kiosk']['frame']}.png").content
            return read_codes(Image.open(io.BytesIO(data)))

        assert "nobody can pay" in eventually(codes)[0]
        for path in ("/act", "/counter", "/recording", "/scenario"):
            assert http.post(path, json={"power": "off"}).status_code == 404
        assert http.get("/", headers={"host": "evil.example"}).status_code == 421
        (tools / "unreachable").touch()
        counter.act(power="off")
        eventually(lambda: state()["kiosk"] is None)
