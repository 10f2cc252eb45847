"""``kiosk voice``, ``kiosk test voice`` and ``kiosk last``, as a technician sees them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import app
from kiosk.sale.words import Outcome
from tests.cli.conftest import Shell
from tests.support.sound import SoundDevices, needs_aplay, needs_espeak, record_words

pytestmark = pytest.mark.slow

VOICE = "signals: {driver: fake, record: RECORD, voice: {}}"


@pytest.fixture
def voiced(shell: Shell) -> Shell:
    return with_signals(shell, "{driver: fake, record: RECORD, voice: {}}")


def with_signals(shell: Shell, signals: str) -> Shell:
    lines = shell.config.read_text().splitlines()
    record = str(shell.folder / "signals.jsonl")
    changed = (
        f"signals: {signals.replace('RECORD', record)}" if line.startswith("signals:") else line
        for line in lines
    )
    shell.config.write_text("\n".join(changed) + "\n")
    return shell


def check(config: Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["check", str(config)], env={"KIOSK_TOKEN": "APP_USR-TEST-1"})
    return result.exit_code, result.stdout, result.stderr


def test_the_list_names_each_file_and_its_word(voiced: Shell) -> None:
    lines = dict(line.split("\t") for line in voiced.run("voice", "--list").splitlines())
    assert lines["pagado.wav"] == "pagado"
    assert lines["ultima-venta.wav"] == "última venta"
    assert lines["veintiun.wav"] == "veintiún"
    assert 50 <= len(lines) <= 70


def test_results_that_are_said_only_with_last_must_be_recorded_too(shell: Shell) -> None:
    with_signals(shell, "{driver: fake, voice: {says: [paid]}}")
    words = shell.run("voice", "--list")
    assert "pagado.wav" in words
    assert "venta-anulada.wav" in words


def test_the_list_says_how_the_words_are_recorded(voiced: Shell) -> None:
    voiced.run("voice", "--list")
    assert "as a WAV file, all in one format (best: mono, 16 bits, 22050 Hz)" in voiced.err


def test_an_amount_is_said_as_something_to_pay(voiced: Shell) -> None:
    said = "Escanee, total veintiún mil pesos con cincuenta"
    assert voiced.run("voice", "--say", "21000.50") == f"{said}\n"
    record = (voiced.folder / "signals.jsonl").read_text().splitlines()
    assert [json.loads(line)["said"] for line in record] == [said]


@pytest.mark.parametrize("words", [[], ["--list", "--say", "1"], ["--say", "many"], ["--say", "0"]])
def test_wrong_usage_of_voice(voiced: Shell, words: list[str]) -> None:
    voiced.run("voice", *words, code=2)
    assert "12.50" in voiced.err


def test_the_voice_of_a_counter_is_tried(voiced: Shell) -> None:
    said = voiced.run("test", "voice", typed="s\n")
    assert "Escanee, total veintiún mil cien pesos" in said
    assert said.endswith("voice: good\n")
    voiced.run("test", "voice", typed="n\n", code=1)
    assert voiced.err.endswith("look at the volume: alsamixer; then at the device: aplay -L\n")


def test_a_counter_without_a_voice(shell: Shell) -> None:
    shell.run("test", "voice", code=2)
    assert "this kiosk has no voice" in shell.err
    shell.run("last", "--say", code=2)
    assert "this kiosk has no voice" in shell.err


@needs_aplay
def test_a_dead_sound_card_is_named(shell: Shell, tmp_path: Path) -> None:
    record_words(tmp_path / "words", ["escanee.wav"])
    with_signals(shell, f"{{driver: gpio, voice: {{device: nosuch, words: {tmp_path}/words}}}}")
    shell.run("test", "voice", code=1)
    assert "recordings are missing" in shell.err


@needs_aplay
@needs_espeak
def test_espeak_speaks_on_the_device(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    devices = SoundDevices(tmp_path)
    monkeypatch.setenv(*next(iter(devices.environ.items())))
    with_signals(shell, "{driver: gpio, voice: {device: recorder}}")
    shell.run("test", "voice", typed="y\n")
    assert devices.seconds() > 2
    with_signals(shell, "{driver: gpio, voice: {device: nosuch}}")
    shell.run("test", "voice", code=1)
    assert shell.err.startswith("signals.voice: nosuch: ")


def test_check_names_what_the_voice_lacks_here(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_signals(shell, f"{{driver: gpio, voice: {{words: {tmp_path}/none}}}}")
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, err = check(shell.config)
    assert code == 0, "the counter sells without it"
    assert "signals.voice: the program aplay is not installed; run: sudo apt install" in err
    assert f"signals.voice: {tmp_path}/none: " in err


def test_a_button_that_no_voice_answers_is_a_fault(shell: Shell) -> None:
    button = "inputs: [{driver: button, pin: 5, presses: last}, "
    shell.config.write_text(shell.config.read_text().replace("inputs: [", button))
    code, out, _ = check(shell.config)
    assert code == 1
    assert ":2:" in out
    assert "inputs.button.presses: no voice can say the last result; write signals: " in out
    with_signals(shell, "{driver: fake, voice: {}}")
    assert check(shell.config)[0] == 0


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        ("{says: [payed]}", "did you mean paid"),
        ("{device: ''}", "device"),
        ("{device: -D}", "device"),
        ("{volume: 9}", "voice.volume"),
        ("{scan_me: maybe}", "write yes or no"),
    ],
)
def test_wrong_settings_of_the_voice(shell: Shell, voice: str, said: str) -> None:
    with_signals(shell, f"{{driver: fake, voice: {voice}}}")
    code, out, _ = check(shell.config)
    assert code == 1
    assert said in out


def test_the_last_result_is_printed(shell: Shell) -> None:
    shell.run("last", code=1)
    shell.sold("k-1", "10.00", Outcome.PAID, 1_800_000_000)
    shell.sold("k-2", "1234.50", Outcome.EXPIRED, 1_800_000_100)
    assert shell.run("last") == "expired  1234.50 ARS  k-2\n"
    assert shell.run("last", "--json") == {
        "reference": "k-2",
        "result": "expired",
        "amount": "1234.50",
        "currency": "ARS",
    }


def test_nothing_is_said_while_the_kiosk_does_not_run(voiced: Shell) -> None:
    voiced.sold("k-1", "10.00", Outcome.PAID, 1_800_000_000)
    voiced.run("last", "--say", code=1)
    assert "the kiosk is not running, so nothing is said" in voiced.err
