"""Every command, where an installed system has its files, with each example that we ship."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from kiosk.cli.verbs import FILE_OF, app
from kiosk.config import load
from kiosk.simulator.service.options import ServiceOptions
from tests.cli import installed
from tests.orders.live import live

COUNTRIES = {"argentina": "AR", "brazil": "BR", "chile": "CL", "uruguay": "UY"}

# What each command does on a counter whose devices are not plugged in: its words, exit code, text.
WELL = {
    "check": ("", 0, "ready to sell"),
    "schema": ("", 0, "json-schema"),
    "wiring": ("", 0, "GPIO"),
    "card": ("-o {tree}/card.pdf", 0, ""),
    "template": ("/etc/kiosk/kiosk.yaml -o {tree}/template.svg", 0, ""),
    "preview": ("--screen idle -c /etc/kiosk/kiosk.yaml -o {tree}/idle.png", 0, ""),
    "status": ("", 1, "out_of_service"),
    "watch": ("{input} --for 0", 1, "not connected"),
    "last": ("", 1, "no sale has a result yet"),
    "voice": ("--list", 0, ".wav"),
    "doctor": ("--api --production", 0, "order created"),
    "bundle": ("--yes -o {tree}/bundle.tar.gz", 0, ""),
    "migrate": ("", 2, "already uses the Orders API"),
    "report": ("", 0, "no sale yet"),
    "sale": ("12.50 --no-wait", 1, "/run/kiosk/command.sock"),
    "setup": ("--units --dry-run", 0, "kiosk.service.d"),
    "identify": ("--for 0", 1, "no device sent anything"),
    "record": ("{tree}/recording --input {input} --for 0", 1, "nothing is plugged in"),
    "replay": ("/nowhere --input {input}", 2, "/nowhere"),
    "orders list": ("", 0, ""),
    "orders show": ("X-1", 1, "no sale in /var/lib/kiosk/journal.sqlite3"),
    "orders cancel": ("X-1", 1, "the service refused"),
    "orders refund": ("X-1", 1, "the service refused"),
    "orders settle": ("X-1 --as paid --note none", 1, "no sale in"),
    "orders looks": ("", 0, "first look"),
    "orders export": ("", 0, "reference,order_id"),
    "pos list": ("", 0, "*"),
    "pos show": ("{pos}", 0, "store_id"),
    "pos create": ("COUNTER9", 0, "COUNTER9"),
    "pos stores list": ("", 0, ""),
    "pos stores create": (
        "S1 --street Sol --number 1 --city Rosario --state Santa --latitude 1 --longitude 2", 0, "S1"
    ),
    "test lights": ("", 1, "the kiosk is running"),
    "test buzzer": ("", 1, "the kiosk is running"),
    "test scanner": ("", 1, "the kiosk is running"),
    "test register": ("", 1, "the kiosk is running"),
    "test all": ("", 1, "the kiosk is running"),
    "test display": ("", 1, "the kiosk is running"),
    "test voice": ("", 2, "has no voice"),
    "fleet list": ("", 2, "--broker is missing"),
    "fleet watch": ("--for 0", 2, "--broker is missing"),
    "fleet show": ("shop1/counter-1", 2, "--broker is missing"),
    "fleet ask": ("shop1/counter-1 last", 2, "--broker is missing"),
    "fleet add": ("shop1 counter-2", 0, "mosquitto_passwd"),
    "fleet remove": ("shop1/counter-1", 2, "--broker is missing"),
    "fleet serve": ("--port 0", 2, "--broker is missing"),
    "fleet rollout": ("1.5.0 --share 10", 2, "--broker is missing"),
    "relay": ("--check", 2, "/etc/kiosk/relay.yaml: the file can't be read"),
    "fleet sales": ("--day 2026-11-27", 2, "--broker is missing"),
    "manual": ("reason-codes", 0, "journalctl"),
}  # fmt: skip
# These need no file of the system, or run until they are stopped; `run` is run beside the others.
NEED_ROOT = {
    "status", "watch", "last", "doctor", "report", "sale", "orders list", "orders show",
    "orders cancel", "orders refund", "orders settle", "orders looks", "orders export",
    "pos list", "pos show", "pos create", "pos stores list", "pos stores create",
}  # fmt: skip
WITHOUT = {"run", "safe-mode", "simulate", "simulate-api", "bench"}


def names_of(command: Any, name: str) -> Iterator[str]:
    """Yield the name of a command, or those of all commands of a group."""
    inner = getattr(command, "commands", None)
    if inner is None:
        yield name
    for word, each in (inner or {}).items():
        yield from names_of(each, f"{name} {word}")


def test_each_command_has_its_example_here() -> None:
    group: Any = get_command(app)
    every = {each for name in FILE_OF for each in names_of(group.get_command(None, name), name)}
    assert every == WELL.keys() | WITHOUT


def commands(config: Path, tree: Path) -> list[list[str]]:
    """Return the words of each command on this counter, in the order of WELL."""
    settings = load(config, {})
    name, pos = settings.inputs[0].name, settings.orders.external_pos_id
    return [
        [*command.split(), *words.format(tree=tree, input=name, pos=pos).split()]
        for command, (words, *_) in WELL.items()
    ]


@pytest.fixture
def mounts() -> None:
    mount = ["unshare", "--mount", "mount", "--bind", "/tmp", "/run"]
    if not shutil.which("unshare") or subprocess.run(mount, check=False, stderr=-3).returncode:
        pytest.skip("a system can't be laid out here (it needs root and mount namespaces)")


@pytest.mark.slow
@pytest.mark.usefixtures("mounts")
@pytest.mark.parametrize("country", COUNTRIES)
def test_root_needs_to_name_no_file(country: str, tmp_path: Path) -> None:
    example = Path(f"config/examples/{country}.yaml")
    pos = load(example, {}).orders.external_pos_id
    options = ServiceOptions(country=COUNTRIES[country], points_of_sale=frozenset({pos}))
    with live(options) as service:
        installed.lay_out(tmp_path, example, service.url)
        typed = commands(example, tmp_path)
        answers = installed.run(tmp_path, *typed)
    has_voice = {"test voice": ("", 1, "the sound device")} if country == "brazil" else {}
    expected = (WELL | has_voice).values()
    for words, (_, code, text), (got, said) in zip(typed, expected, answers, strict=True):
        assert (got, text in said) == (code, True), (words, got, said)


@pytest.mark.usefixtures("mounts")
def test_who_may_read_nothing_is_told_to_use_sudo(
    tmp_path: Path, ordinary: tuple[str, ...]
) -> None:
    """No command ends with a traceback, and each one that can't work says what to do."""
    example = Path("config/examples/argentina.yaml")
    installed.lay_out(tmp_path, example, "http://127.0.0.1:9")
    installed.give_away(tmp_path)
    names = [name for name in WELL if name in NEED_ROOT]
    typed = [
        each
        for name, each in zip(WELL, commands(example, tmp_path), strict=True)
        if name in NEED_ROOT
    ]
    answers = installed.run(tmp_path, *typed, sells=False, through=ordinary)
    for name, (code, said) in zip(names, answers, strict=True):
        assert (code in {1, 2}, "sudo" in said) == (True, True), (name, code, said)
