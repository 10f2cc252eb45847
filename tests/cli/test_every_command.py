"""Every command of ``kiosk --help`` through the real entry point: right use, wrong use, JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import FILE_OF, _commands_of, app
from kiosk.sale.words import Outcome
from tests.cli.conftest import Shell

pytestmark = pytest.mark.slow

LANGUAGES = ("en", "es", "pt")
NOWHERE = "/nowhere/kiosk.yaml"

# A use that is right with the counter of `shell`, and its exit code.
RIGHT: dict[str, tuple[str, int]] = {
    "check": ("{config}", 0),
    "schema": ("", 0),
    "preview": ("--panel ssd1309-2.42 --qr 00020101 -o {folder}/preview.png", 0),
    "wiring": ("{config}", 0),
    "card": ("-o {folder}/card.pdf", 0),
    "template": ("--panel ssd1309-2.42 -o {folder}/template.svg", 0),
    "status": ("-c {config}", 1),  # no kiosk runs
    "last": ("-c {config}", 0),
    "voice": ("--list -c {config}", 0),
    "doctor": ("{config}", 1),  # no kiosk runs
    "bundle": ("-c {config} -o {folder}/b.tar.gz --log {folder}/log --yes", 0),
    "report": ("-c {config}", 0),
    "setup": ("-c {folder}/new/kiosk.yaml -o {folder}/root --yes --base-url {url}", 0),
    "orders list": ("-c {config}", 0),
    "orders show": ("k-1 -c {config}", 0),
    "orders cancel": ("k-1 -c {config}", 1),  # it has no order
    "orders refund": ("k-1 -c {config}", 1),  # it has no order
    "orders looks": ("-c {config}", 0),
    "orders export": ("-c {config}", 0),
    "pos list": ("-c {config}", 0),
    "pos show": ("COUNTER1 -c {config}", 0),
    "pos create": ("COUNTER7 -c {config}", 0),
    "pos stores list": ("-c {config}", 0),
    "test display": ("-c {config}", 0),
    "test lights": ("-c {config}", 0),
    "test buzzer": ("-c {config}", 0),
    "test register": ("-c {config} --for 1", 1),  # nobody rings up a total
    "test all": ("-c {config} --for 1", 1),
    "fleet add": ("shop1 counter-2", 0),
    "relay": ("--check -c {folder}/relay.yaml", 2),  # it is not there
    "manual": ("reason-codes", 0),
}
# They run until they are stopped, or need what this counter does not have. Each has a test of its
# own, as a process: run in tests/e2e, simulate in tests/simulator, and so on.
ELSEWHERE = {
    *(
        "run",
        "safe-mode",
        "watch",
        "simulate",
        "simulate-api",
        "bench",
        "sale",
        "identify",
        "record",
    ),
    *("fleet list", "fleet watch", "fleet show", "fleet ask", "fleet sales", "fleet rollout"),
    *("fleet remove", "fleet serve"),
    *("replay", "migrate", "orders settle", "pos stores create", "test voice", "test scanner"),
}

# What each command says about a file that is not there.
NO_FILE = {
    "en": f"{NOWHERE}: the file can't be read (No such file or directory); check its name and its "
    "permissions",
    "es": f"{NOWHERE}: el archivo no se puede leer (No existe el archivo o la carpeta); revise su "
    "nombre y sus permisos",
    "pt": f"{NOWHERE}: o arquivo não pode ser lido (O arquivo ou a pasta não existe); verifique o "
    "nome e as permissões",
}


def leaves(words: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield words, command
    for name, each in (inner or {}).items():
        yield from leaves(f"{words} {name}", each)


def commands() -> dict[str, Any]:
    """Return every command that a person can type, by its words."""
    return {
        words: command
        for verb, file in FILE_OF.items()
        for words, command in leaves(verb, _commands_of(file)[verb])
    }


COMMANDS = commands()
WITH_JSON = sorted(
    words
    for words, command in COMMANDS.items()
    if any("--json" in getattr(each, "opts", ()) for each in command.params)
)


def kiosk(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk", *words], input=typed, capture_output=True, text=True,
        env=os.environ | {"KIOSK_TOKEN": "APP_USR-TEST-1", "PYTHONUTF8": "1"}, check=False,
    )  # fmt: skip


def here(*words: str) -> tuple[int, str]:
    """Run it in this process, which is quicker; return its exit code and what it says."""
    result = CliRunner().invoke(app, list(words), env={"KIOSK_TOKEN": "APP_USR-TEST-1"})
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stderr


def right_use(shell: Shell, command: str) -> list[str]:
    shell.sold(
        "k-1", "10.00", Outcome.PAID if command == "last" else Outcome.REFUSED, 1_800_000_000
    )
    (shell.folder / "log").write_text("01:02:03.004 INFO    kiosk: started\n")
    words = RIGHT[command][0].format(
        config=shell.config, folder=shell.folder, url=shell.service.url
    )
    return [*command.split(), *words.split()]


def test_every_command_is_tried_here_or_elsewhere() -> None:
    assert {*RIGHT, *ELSEWHERE} == {*COMMANDS}
    assert not {*RIGHT} & ELSEWHERE


@pytest.mark.parametrize("command", RIGHT)
def test_right_use(shell: Shell, command: str) -> None:
    done = kiosk(*right_use(shell, command), typed="y\n" * 20)
    assert done.returncode == RIGHT[command][1], done.stdout + done.stderr
    assert "Usage:" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [each for each in WITH_JSON if each in RIGHT])
def test_a_program_reads_json_and_nothing_else(shell: Shell, command: str) -> None:
    done = kiosk(*right_use(shell, command), "--json", "--lang", "es", typed="y\n" * 20)
    assert done.returncode == RIGHT[command][1], done.stdout + done.stderr
    if done.stdout or done.returncode == 0:
        json.loads(done.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_that_does_not_exist_is_told_in_each_language(command: str) -> None:
    said = set()
    for language in LANGUAGES:
        code, err = here(*command.split(), "--no-such-option", "--lang", language)
        assert code == 2
        assert "--no-such-option" in err
        said.add(err)
    assert len(said) == 3


NEEDS = {
    "watch": ["caja"],
    "orders show": ["k-1"],
    "orders cancel": ["k-1"],
    "orders refund": ["k-1"],
}


@pytest.mark.parametrize(
    "command",
    [
        words
        for words, command in COMMANDS.items()
        if words.split()[0] in ("orders", "report", "last", "test", "watch", "status", "pos")
        and words not in ("orders settle", "pos stores create", "pos show", "pos create")
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_configuration_that_is_not_there_is_named(command: str, language: str) -> None:
    words = [*command.split(), *NEEDS.get(command, [])]
    code, err = here(*words, "-c", NOWHERE, "--lang", language)
    assert (code, err.splitlines()[-1:]) == (2, [NO_FILE[language]])
