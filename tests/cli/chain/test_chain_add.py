"""``kiosk fleet add``: names, a new password each time, and settings that a kiosk takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from kiosk.cli.verbs import app
from kiosk.config import load

EXAMPLE = Path(__file__).parents[3] / "config/examples/argentina.yaml"


def add(*words: str, home: Path) -> tuple[int, str, str]:
    """Return the exit code of the command, and what it says: on standard output, and on error."""
    environ = {"XDG_CONFIG_HOME": str(home), "KIOSK_FLEET_BROKER": ""}
    done = CliRunner().invoke(app, ["fleet", "add", *words], env=environ)
    return done.exit_code, done.stdout, done.stderr


def test_each_password_is_new_and_long(tmp_path: Path) -> None:
    made = [json.loads(add("shop1", "k1", "--json", home=tmp_path)[1]) for _ in range(20)]
    assert {each["account"] for each in made} == {"shop1/k1"}
    passwords = {each["password"] for each in made}
    assert len(passwords) == 20
    assert min(map(len, passwords)) >= 32


def test_the_settings_are_right_in_the_configuration_of_a_counter(tmp_path: Path) -> None:
    settings = json.loads(add("shop1", "counter-3", "--json", home=tmp_path)[1])["settings"]
    config = yaml.safe_load(EXAMPLE.read_text("utf-8"))
    config["kiosk"] |= settings["kiosk"]
    file = tmp_path / "kiosk.yaml"
    file.write_text(yaml.safe_dump(config | {"fleet": settings["fleet"]}), "utf-8")
    fleet = load(file, {}).fleet
    assert fleet
    assert (fleet.shop, fleet.host, fleet.port) == ("shop1", "broker.example", 8883)


def test_people_are_told_what_to_type(tmp_path: Path) -> None:
    code, said, _err = add("shop1", "k1", home=tmp_path)
    assert code == 0
    assert "sudo mosquitto_passwd /etc/mosquitto/kiosk/passwords shop1/k1\n" in said
    assert "LoadCredential=broker:/etc/kiosk/broker\n" in said


def test_the_broker_is_the_one_of_the_viewer(tmp_path: Path) -> None:
    file = tmp_path / "kiosk/fleet.yaml"
    file.parent.mkdir()
    file.write_text("broker: mqtts://b.example\nuser: viewer\npassword: {env: X}\n")
    fleet = json.loads(add("shop1", "k1", "--json", home=tmp_path)[1])["settings"]["fleet"]
    assert fleet["broker"] == "mqtts://b.example"
    assert "ca" not in fleet


def test_a_file_with_faults_is_named_with_all_of_them(tmp_path: Path) -> None:
    file = tmp_path / "kiosk/fleet.yaml"
    file.parent.mkdir()
    file.write_text("broker: b.example\nusr: viewer\n")
    code, _out, err = add("shop1", "k1", home=tmp_path)
    assert code == 2
    assert f"{file}:1:9: broker:" in err
    assert f'{file}:2:1: usr: unknown setting; did you mean "user"?' in err


@pytest.mark.parametrize(
    "word", ["", "shop 1", "shop/1", "+", "#", "ñandú", "s" * 33, "shop1\n", "$(reboot)", "\x1b[2J"]
)
def test_a_name_that_is_none_in_a_topic_is_refused(word: str, tmp_path: Path) -> None:
    for names in ((word, "k1"), ("shop1", word)):
        code, out, err = add(*names, home=tmp_path)
        assert (code, out) == (2, "")
        assert "is not a valid name; write up to 32 letters, digits, - and _" in err
        assert err.rstrip("\n").isprintable()
