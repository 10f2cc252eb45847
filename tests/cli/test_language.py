"""The language of the command line, through the real entry point and the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _
from kiosk.cli.status import _WORDS
from kiosk.cli.verbs import app
from kiosk.display.screens.texts import LANGUAGES as PANEL
from kiosk.inputs.common.counters import ReadingCounts
from kiosk.sale.events import InputLost, ReadingRejected
from kiosk.sale.phases import STATES
from kiosk.sale.words import Fault
from kiosk.service.status_file import REASONS, StatusFile
from kiosk.shell.input_report import InputReport
from tests.config.counter import COUNTER, changed

SAID = {
    "en": "kiosk.currency: 'ARG' is not a valid value; did you mean ARS?",
    "es": "kiosk.currency: 'ARG' no es un valor válido; ¿quiso decir ARS?",
    "pt": "kiosk.currency: 'ARG' não é um valor válido; você quis dizer ARS?",
}

NOT_READY = {
    "en": "not ready: 1 fault",
    "es": "no está lista: 1 falla",
    "pt": "não está pronto: 1 falha",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.yaml"
    path.write_text(changed("ARS", "ARG"))
    return path


def kiosk(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with nothing of this one's language."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "kiosk", *map(str, words)]
    environment = kept | {"PYTHONUTF8": "1"} | environment
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "es_AR.UTF-8"}, "es"),
        ({"LANG": "pt_BR.UTF-8"}, "pt"),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": "es_UY.UTF-8"}, "es"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "pt_PT"}, "pt"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "pt:es"}, "pt"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "de:es"}, "es"),
        ({"LANGUAGE": "pt:es"}, "pt"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "es"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LC_ALL": "POSIX", "LANG": "es_AR.UTF-8"}, "en"),
        ({"LANG": ""}, "en"),
        ({"LANG": "../../es"}, "en"),
        ({}, "en"),
    ],
)
def test_the_environment_chooses_the_language(
    file: Path, environment: dict[str, str], language: str
) -> None:
    done = kiosk("check", file, **environment)
    assert done.stdout == f"{file}:1:50: {SAID[language]}\n{NOT_READY[language]}\n"
    assert done.returncode == 1


@pytest.mark.parametrize("before", [True, False])
def test_the_option_overrides_the_environment_wherever_it_stands(file: Path, before: bool) -> None:
    words = ["--lang", "pt", "check", file] if before else ["check", file, "--lang=pt"]
    assert SAID["pt"] in kiosk(*words, LANG="es_AR.UTF-8").stdout


@pytest.mark.parametrize("words", [["--lang", "xx"], ["--lang=", "check"], ["check", "--lang"]])
def test_another_language_is_refused_with_the_names_of_ours(words: list[str]) -> None:
    done = kiosk(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--lang: write one of: en, es, pt" in done.stderr


def test_programs_read_the_same_keys_in_each_language(file: Path) -> None:
    (english,) = json.loads(kiosk("check", "--json", file).stdout)
    (spanish,) = json.loads(kiosk("check", "--json", file, LANG="es_CL.UTF-8").stdout)
    assert spanish == english | {"message": SAID["es"].split(": ", 1)[1]}


WRONG = {
    "chek": ("No existe el comando 'chek'", "Não existe o comando 'chek'"),
    "replay": ("Falta el argumento 'file'.", "Falta o argumento 'file'."),
    "migrate a b": ("Sobran argumentos (b)", "Há argumentos a mais (b)"),
    "check --jsn f": (
        "No existe la opción: --jsn (opciones posibles: --json)",
        "Não existe a opção: --jsn (opções possíveis: --json)",
    ),
    "orders lst": (
        "No existe el comando 'lst'. ¿Quiso decir 'list'?",
        "Não existe o comando 'lst'. Você quis dizer 'list'?",
    ),
    "check --json=1 f": (
        "La opción '--json' no lleva valor.",
        "A opção '--json' não leva valor.",
    ),
    "doctor --mode x": (
        "Valor no válido para '--mode': 'x' no es uno de 'dynamic', 'static', 'hybrid'.",
        "Valor inválido para '--mode': 'x' não é um de 'dynamic', 'static', 'hybrid'.",
    ),
}


@pytest.mark.parametrize(("number", "language"), [(0, "es"), (1, "pt")])
@pytest.mark.parametrize("words", WRONG)
def test_wrong_usage_is_told_in_the_language(
    monkeypatch: pytest.MonkeyPatch, words: str, number: int, language: str
) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    done = CliRunner().invoke(app, ["--lang", language, *words.split()])
    assert done.exit_code == 2
    assert WRONG[words][number] in done.stderr
    assert not any(word in done.stderr for word in ("Usage:", "Try ", "No such", "Missing"))


def test_the_help_is_in_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    done = CliRunner().invoke(app, ["check", "--help", "--lang", "es"])
    assert done.exit_code == 0
    assert done.stdout.startswith("Uso: ")
    for part in ("Dice si el mostrador puede vender", "Opciones:", "Mostrar este mensaje y salir."):
        assert part in done.stdout
    monkeypatch.setenv("LANGUAGE", "en")
    assert "Usage: " in CliRunner().invoke(app, ["check", "--help"]).stdout


def written_status(folder: Path) -> Path:
    """Write the configuration and the status file of a daemon, which speaks English."""
    report = InputReport(lambda: 0.0)
    lost = DeviceGone(_("{device}: nothing is plugged in there; check the cable", device="/dev/x"))
    report.note(InputLost("till", str(lost)))
    report.note(ReadingRejected(str(DeviceGone(_("the amount is zero"))), "till"))
    file = StatusFile(folder / "status.json", lambda: report.fields({"till": ReadingCounts()}))
    file.report("display", str(DeviceGone(_("it was unplugged"))))
    health = {"network": "ok", "panel": "failed"}
    file.write({"state": "out_of_service", "reference": None, "health": health, "problems": []})
    config = folder / "kiosk.yaml"
    config.write_text(f"{COUNTER}service: {{status_file: {folder / 'status.json'}}}\n")
    return config


def test_the_status_of_the_daemon_is_told_in_the_language_of_the_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = written_status(tmp_path)
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("LANGUAGE", "es")
    done = CliRunner().invoke(app, ["status", "-c", str(config)])
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "fuera de servicio",
        "  red: bien",
        "  pantalla: falla",
        "  till: sin conexión desde 1970-01-01 00:00:00 (/dev/x: no hay nada conectado ahí; revise el"
        " cable); 0 aceptadas, 0 rechazadas, 0 no leídas, 0 repetidas",
        "  problema: display: fue desconectado",
    ]
    monkeypatch.setenv("LANGUAGE", "pt")
    watched = CliRunner().invoke(app, ["watch", "till", "-c", str(config), "--for", "0.1"])
    assert "rejeitadas: o valor é zero" in watched.stdout


def test_programs_read_the_status_in_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = written_status(tmp_path)
    monkeypatch.setenv("LANGUAGE", "es")
    done = CliRunner().invoke(app, ["status", "-c", str(config), "--json"])
    status = json.loads(done.stdout)
    assert status["state"] == "out_of_service"
    assert status["problems"] == ["display: it was unplugged"]
    assert status["inputs"]["till"]["why"].startswith("/dev/x: nothing is plugged in there")


@pytest.mark.parametrize("language", ["es", "pt"])
def test_a_reason_code_has_the_word_that_the_panel_shows(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("LANGUAGE", language)
    assert {fault: _(fault) for fault in Fault} == PANEL[language].faults


def test_each_word_of_the_status_has_a_translation() -> None:
    assert set(_WORDS) == {*STATES.values(), *Fault, "ok", "failed"}
    assert set(REASONS) == set(Fault)
