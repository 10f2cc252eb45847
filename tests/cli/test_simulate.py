"""``kiosk simulate`` from the command line: any file, any folder, and what it says about faults."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.base.http_server import listen
from kiosk.cli.verbs import app
from kiosk.config import load
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.simulation_folder import SimulationFolder
from tests.support.processes import eventually, running

ROOT = Path(__file__).parents[2]
ARGENTINA = ROOT / "config/examples/argentina.yaml"


def invoke(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["simulate", *map(str, words)])
    return result.exit_code, result.stderr


def test_a_file_with_faults_is_refused_in_the_words_of_kiosk_check(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    text = ARGENTINA.read_text()
    path.write_text(text.replace("chip: ssd1309", "chip: ssd1399").replace("baud: 9600", "baud: x"))
    checked = CliRunner().invoke(app, ["check", str(path)])
    code, said = invoke("-c", path, "--folder", tmp_path / "f")
    faults = said.splitlines()
    assert code == 2
    assert len(faults) == 2
    assert all(fault in checked.stdout + checked.stderr for fault in faults)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    code, said = invoke("-c", tmp_path / "none.yaml", "--folder", tmp_path / "f")
    assert code == 2
    assert "none.yaml: the file can't be read" in said


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, said = invoke("--folder", tmp_path / "file/f")
    assert code == 2
    assert f"{tmp_path}/file/f: the simulation can't write there" in said
    assert "--folder" in said


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("kiosk.simulator.bench")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "starlette.applications", None)
    code, said = invoke("--folder", tmp_path / "f")
    assert code == 2
    assert "pip install 'kiosk[simulator]'" in said


@pytest.mark.slow
def test_a_port_in_use_is_left_to_its_owner(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        log = tmp_path / "log"
        words = ("simulate", "--port", str(taken), "--folder", str(tmp_path / "f"))
        with running(*words, log=log):
            said = eventually(lambda: re.findall(r"127\.0\.0\.1:(\d+)  \((.*?);", log.read_text()))
    ((used, reason),) = said
    assert int(used) > taken
    assert reason == f"port {taken} is in use"


def test_two_simulations_at_once_have_a_folder_each(tmp_path: Path) -> None:
    one, other = (SimulationFolder.claim(tmp_path / "f") for _ in range(2))
    assert (one.path.name, other.path.name) == ("f", "f-2")
    one.release()
    assert SimulationFolder.claim(tmp_path / "f").path.name == "f"
    other.release()


def test_the_usual_folder_is_the_checkouts_or_one_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert SimulationFolder.claim().path == tmp_path / "state/kiosk/simulator"
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / "config/simulator.yaml", tmp_path / "config")
    assert SimulationFolder.claim().path == tmp_path / "out/simulator"


def test_nothing_of_a_real_kiosk_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text(
        "BAD\x00\n"
    )  # kiosk check refuses it: the simulation never reads it
    text = ARGENTINA.read_text() + f"\njournal: {{path: {tmp_path}/real.sqlite3}}\n"
    path = tmp_path / "my.yaml"
    path.write_text(text.replace("{credential: token}", f"{{file: {tmp_path}/token}}"))
    monkeypatch.setenv("REAL_TOKEN", "APP_USR-1")
    counter = SimulatedCounter(path, SimulationFolder.claim(tmp_path / "f"), 8801, lambda: 0.0)
    written = counter.config_file.read_text()
    assert str(tmp_path / "f") in written
    assert not re.findall("/dev/|/run/|/var/|/etc/|real.sqlite3|mercadopago.com", written)
    path.write_text(text.replace("{credential: token}", "{env: REAL_TOKEN}"))
    other = SimulatedCounter(path, SimulationFolder.claim(tmp_path / "g"), 8801, lambda: 0.0)
    assert "REAL_TOKEN" not in other.environ()
    assert "REAL_TOKEN" in os.environ


def test_the_counter_that_comes_along_is_the_file_of_the_checkout() -> None:
    packaged = ROOT / "kiosk/simulator/simulator.yaml"
    assert (ROOT / "config/simulator.yaml").resolve() == packaged
    assert load(packaged, {}).kiosk.name == "simulator"


def test_ports_are_looked_for_on_loopback_only() -> None:
    with listen(0) as page:
        assert page.getsockname()[0] == "127.0.0.1"
