"""``kiosk setup`` on a terminal, as a technician runs it over ssh on the first day."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config import load
from tests.config.counter import SHIPPED
from tests.orders.live import Live, live
from tests.support.processes import LONG_ENOUGH
from tests.support.terminal import CTRL_C, on_terminal

TOKEN = "APP_USR-1234567890-secret"
PANEL = "ssd1309-2.42"


@pytest.fixture
def service() -> Iterator[Live]:
    with live() as running:
        yield running


class Box:
    """The files of a computer, and the command line on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "etc/kiosk/kiosk.yaml"
        self.token = root / "etc/kiosk/token"

    def words(self, *words: str) -> list[str]:
        return ["setup", "--config", str(self.config), "--root", str(self.root), *words]

    def setup(self, *words: str, typed: str = "", code: int = 0, **environ: str) -> str:
        command = [sys.executable, "-m", "kiosk", *self.words(*words)]
        done = subprocess.run(
            command,
            input=typed,
            capture_output=True,
            text=True,
            timeout=LONG_ENOUGH,
            env={**os.environ, **environ},
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    @property
    def files(self) -> dict[str, str]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_text() for path in found}


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def test_a_bare_box_becomes_a_counter_that_has_sold_for_a_test(box: Box, service: Live) -> None:
    """Nothing is plugged in; the account is a test account, and has no point of sale CAJA1."""
    with on_terminal(*box.words("--base-url", service.url), columns=200) as terminal:
        terminal.expect("Access token (not shown; Enter if you do not have it yet): ")
        terminal.type("BAD")
        terminal.expect("The token is not right")
        terminal.expect("Access token")
        terminal.type(TOKEN.replace("APP_USR", "TEST"))
        terminal.expect("The token is right: TEST")
        for question, answer in (
            ("Name of this counter [counter-1]: ", "caja 1"),
            ("Name of this counter [counter-1]: ", "caja-1"),
            ("Name of the shop on the panel [-]: ", "Almacén Doña Rosa"),
            ("Language on the panel: es, pt, en [es]: ", ""),
            ("Currency: ARS, BRL, CLP, UYU [ARS]: ", ""),
            ("Points of sale of the account: COUNTER1", None),
            ("[COUNTER1]: ", "CAJA1"),
            ("No register and no scanner is plugged in", None),
            (f"[{PANEL}]: ", ""),
            ("[i2c]: ", ""),
            ("[0x3C]: ", ""),
            ("Serial port of the register", "/dev/ttyUSB0"),
            ("[serial_line]: ", ""),
            ("[9600]: ", ""),
            ("[1.234,56]: ", ""),
            ("Device file of a scanner", ""),
            ("GPIO lines of the lamps", "red=17 green=27"),
            ("GPIO line of the buzzer", "18 passive"),
            ("The account has no point of sale CAJA1. Create it?", "y"),
            ("Created the point of sale CAJA1.", None),
            ("Make a test sale?", "s"),
            ("order canceled: the order is canceled", None),
        ):
            terminal.expect(question)
            if answer is not None:
                terminal.type(answer)
        assert terminal.ends() == 0
        assert TOKEN[8:] not in terminal.text
    assert box.token.stat().st_mode & 0o777 == 0o600
    settings = load(box.config, {})
    assert (settings.kiosk.shop, settings.orders.external_pos_id) == ("Almacén Doña Rosa", "CAJA1")
    assert [entry.driver for entry in settings.inputs] == ["command", "serial_line"]
    unit = box.files["etc/systemd/system/kiosk.service.d/50-devices.conf"]
    assert "DeviceAllow=char-ttyUSB rw" in unit


@pytest.mark.parametrize("answered", [0, 1, 6])
def test_ctrl_c_at_any_question_leaves_nothing_behind(
    box: Box, service: Live, answered: int
) -> None:
    with on_terminal(*box.words("--base-url", service.url), columns=200) as terminal:
        for question in ("Access token", *["]: "] * answered):
            terminal.expect(question)
            if answered and question == "Access token":
                terminal.type(TOKEN)
            elif question == "]: ":
                terminal.type("")
        terminal.expect(": ")
        terminal.press(CTRL_C)
        assert terminal.ends() == 130
        assert "stopped; nothing was changed" in terminal.text
        assert "Traceback" not in terminal.text
    assert box.files == {}


def test_flags_answer_everything_and_a_second_run_changes_nothing(box: Box, service: Live) -> None:
    secret = box.root / "secret"
    secret.write_text(f"{TOKEN}\n")
    words = (
        *("--yes", "--base-url", service.url, "--token-file", str(secret), "--name", "caja-1"),
        *("--panel", "epd-2.9", "--dc", "25", "--reset", "17", "--busy", "24"),
        *("--port", "/dev/ttyACM0", "--number", "1,234.56", "--lamps", "red=5,green=6"),
    )
    said = box.setup(*words)
    assert TOKEN not in said
    first = box.files
    assert first["etc/kiosk/token"] == f"{TOKEN}\n"
    settings = load(box.config, {})
    assert (settings.display.driver, settings.kiosk.name) == ("epaper", "caja-1")
    assert "Nothing has changed" in box.setup(*words)
    assert "Nothing has changed" in box.setup("--yes")
    assert box.files == first


def test_the_file_that_is_there_keeps_what_nobody_asks_for(box: Box) -> None:
    box.config.parent.mkdir(parents=True)
    old = (SHIPPED / "examples/argentina.yaml").read_text()
    box.config.write_text(old)
    box.setup("--yes", "--shop", "Bar 9", "--base-url", "http://127.0.0.1:9")
    settings = load(box.config, {})
    assert settings.kiosk.shop == "Bar 9"
    assert getattr(settings.inputs[0], "reply").paid == "PAID {amount} {reference}\r\n"  # noqa: B009
    assert box.config.with_name("kiosk.yaml.before-setup").read_text() == old


def test_the_example_that_the_installer_wrote_is_no_answer(box: Box) -> None:
    box.config.parent.mkdir(parents=True)
    for name in ("kiosk.yaml", "kiosk.yaml.dist"):
        (box.config.parent / name).write_bytes((SHIPPED / "kiosk.yaml").read_bytes())
    box.setup("--yes")
    assert [entry.driver for entry in load(box.config, {}).inputs] == ["command"]


def test_a_file_with_faults_is_left_alone(box: Box) -> None:
    box.config.parent.mkdir(parents=True)
    box.config.write_text("kiosk: {name: counter-1, currency: ARG}\n")
    said = box.setup("--yes", code=2)
    assert "did you mean ARS?" in said
    assert "correct them, or move the file away" in said
    assert list(box.files) == ["etc/kiosk/kiosk.yaml"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--panel", "ssd1306-0.96"), "--panel: a QR module is 0.17 mm wide"),
        (("--lamps", "red=2"), "GPIO2 belongs to I2C bus 1"),
        (("--token-file", "/nowhere"), "--token-file: /nowhere: No such file or directory"),
        (("--port", "ttyUSB0"), "--port: "),
    ],
)
def test_a_wrong_flag_is_named_and_nothing_is_written(
    box: Box, words: tuple[str, ...], said: str
) -> None:
    assert said in box.setup("--yes", *words, code=2)
    assert box.files == {}


def test_a_refused_token_is_not_written(box: Box, service: Live) -> None:
    secret = box.root.parent / f"{box.root.name}.secret"
    secret.write_text("BAD\n")
    box.setup("--yes", "--token-file", str(secret), "--base-url", service.url, code=1)
    assert box.files == {}


def test_nobody_answers(box: Box) -> None:
    said = box.setup(code=2)
    assert "nobody answers, and nothing was changed" in said
    assert "--token-file" in said
    assert box.files == {}


def test_only_one_wizard_at_a_time(box: Box) -> None:
    with on_terminal(*box.words()) as terminal:
        terminal.expect("Access token")
        assert "another kiosk setup is running" in box.setup("--yes", code=1)
        terminal.press(CTRL_C)
        assert terminal.ends() == 130


def test_forty_columns_in_spanish(box: Box) -> None:
    with on_terminal(*box.words("--lang", "es"), columns=40) as terminal:
        terminal.expect("Token de acceso")
        terminal.press(CTRL_C)
        assert terminal.ends() == 130
        assert "nada cambió" in terminal.text
        assert max(map(len, terminal.text.splitlines())) <= 40


def test_a_dry_run_shows_the_files_and_not_the_token(box: Box, service: Live) -> None:
    secret = box.root.parent / f"{box.root.name}.secret"
    secret.write_text(TOKEN)
    words = ("--yes", "--dry-run", "--base-url", service.url, "--token-file", str(secret))
    said = box.setup(*words)
    assert f"# {box.token}\n(the token)" in said
    assert TOKEN not in said
    assert box.files == {}
