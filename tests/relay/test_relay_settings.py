"""The relay's own file: every fault at once, with its place, as in the kiosk's."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from kiosk.base.errors import ConfigError
from kiosk.cli.verbs import app
from kiosk.relay.notice_sorter import NoHint
from kiosk.relay.relay_app import WHY
from kiosk.relay.relay_service import run_relay
from kiosk.relay.relay_settings import RelaySettings, host_and_port, load_relay

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config" / "fleet" / "relay.yaml"
SMALLEST = """
broker: mqtt://127.0.0.1
user: relay
password: {env: RELAY_PASSWORD}
unsigned: pass
"""


def faults(folder: Path, text: str) -> list[str]:
    """Return the faults of a file, without its name."""
    file = folder / "relay.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_relay(file)
    return [fault.removeprefix(f"{file}:") for fault in caught.value.faults]


def test_the_example_is_right_and_names_every_setting() -> None:
    assert load_relay(EXAMPLE).user == "relay"
    named = set(re.findall(r"^#?([a-z]+):", EXAMPLE.read_text(), re.MULTILINE))
    assert named == RelaySettings.model_fields.keys()


def test_the_defaults_of_the_example_are_those_of_the_code(tmp_path: Path) -> None:
    text = re.sub("^#(listen|late)", r"\1", EXAMPLE.read_text(), flags=re.MULTILINE)
    (tmp_path / "relay.yaml").write_text(text)
    assert load_relay(tmp_path / "relay.yaml") == load_relay(EXAMPLE)


def test_every_fault_is_named_with_its_place(tmp_path: Path) -> None:
    text = SMALLEST.replace("user: relay", "usr: relay") + "late: never\nlisten: 8480\n"
    said = faults(tmp_path, text)
    assert [each.partition(": ")[0] for each in said] == ["3:1", "6:7", "7:9"]
    assert 'did you mean "user"' in " ".join(said)


def test_a_relay_that_would_drop_every_notice_is_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, SMALLEST.replace("unsigned: pass", "unsigned: drop"))
    assert "without a secret every notice is dropped" in fault


@pytest.mark.parametrize("secret", ["s3cret", "{env: A, file: b}", "{}", "{env: 'a b'}"])
def test_a_secret_is_named_by_its_place_and_never_written(tmp_path: Path, secret: str) -> None:
    said = faults(tmp_path, f"{SMALLEST}secrets:\n  - {secret}\n")
    assert said
    assert "s3cret" not in " ".join(said)


@pytest.mark.parametrize(
    "address", ["127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1", ":8480", "a b:1"]
)
def test_an_address_that_cannot_be_is_a_fault(tmp_path: Path, address: str) -> None:
    for key in ("listen", "metrics"):
        assert len(faults(tmp_path, f"{SMALLEST}{key}: '{address}'\n")) == 1


def test_an_address_may_be_of_ipv6() -> None:
    assert host_and_port("[::1]:8480") == ("::1", 8480)
    assert host_and_port("localhost:1") == ("localhost", 1)


def test_the_command_checks_the_file_and_its_secrets(tmp_path: Path) -> None:
    file = tmp_path / "relay.yaml"
    file.write_text(SMALLEST)
    words, runner = ["relay", "--check", "-c", str(file)], CliRunner()
    missing = runner.invoke(app, words)
    assert (missing.exit_code, missing.stderr) == (
        2,
        "password (env RELAY_PASSWORD): this environment variable is not set; set it\n",
    )
    good = runner.invoke(app, words, env={"RELAY_PASSWORD": "x"})
    assert (good.exit_code, good.stdout) == (
        0,
        f"{file}: ready to take notices at 127.0.0.1:8480\n",
    )


def test_a_port_that_is_in_use_is_said(tmp_path: Path) -> None:
    file = tmp_path / "relay.yaml"
    file.write_text(SMALLEST + "listen: 192.0.2.1:8480\n")
    with pytest.raises(ConfigError, match=r"^listen: 192.0.2.1:8480 can't be used \("):
        anyio.run(run_relay, load_relay(file))


def test_the_file_of_the_manual_is_right(tmp_path: Path) -> None:
    page = (ROOT / "kiosk/manual/start/relay.md").read_text()
    text = page.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "relay.yaml").write_text(text)
    assert load_relay(tmp_path / "relay.yaml") == load_relay(EXAMPLE)


def test_manual_and_log_explain_each_result_of_a_notice() -> None:
    page = (ROOT / "kiosk/manual/start/relay.md").read_text()
    others = ("hinted", "too_large", "too_slow", "broken_off")
    assert [it for it in (*(each.value for each in NoHint), *others) if f"`{it}`" not in page] == []
    assert {*WHY} == {*(each.value for each in NoHint), *others[1:]}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is missing")
def test_systemd_finds_nothing_to_say_about_the_unit(tmp_path: Path) -> None:
    """But for the program, which is not installed here."""
    unit = tmp_path / "kiosk-relay.service"
    text = (ROOT / "systemd/server/kiosk-relay.service").read_text()
    unit.write_text(text.replace("/opt/kiosk-relay/bin/kiosk", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert done.stdout + done.stderr == ""


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is missing")
def test_nginx_takes_the_example(tmp_path: Path) -> None:
    text = (ROOT / "config/fleet/nginx.conf").read_text()
    site = re.sub("(?m)^ *(ssl_certificate|listen \\[).*\n", "", text.replace("443 ssl", "8443"))
    whole = f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{site}}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    words = ["nginx", "-t", "-p", str(tmp_path), "-e", "stderr", "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert "syntax is ok" in done.stderr, done.stderr


@pytest.mark.parametrize("proxy", ["Caddyfile", "nginx.conf"])
def test_the_proxies_pass_notices_only_and_bound_them(proxy: str) -> None:
    text = (ROOT / "config" / "fleet" / proxy).read_text()
    rules = "\n".join(line for line in text.splitlines() if not line.strip().startswith("#"))
    assert "/notices" in rules
    assert "/metrics" not in rules
    assert "64k" in rules.lower()
    assert load_relay(EXAMPLE).listen in rules
