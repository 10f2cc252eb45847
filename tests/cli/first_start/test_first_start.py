"""``kiosk setup`` on a terminal, as a technician runs it over ssh on the first day."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from kiosk.config import load
from tests.cli.first_start.computer import Box
from tests.config.counter import SHIPPED
from tests.orders.live import Live
from tests.support.processes import LONG_ENOUGH
from tests.support.terminal import on_terminal

pytestmark = pytest.mark.slow

TOKEN = "APP_USR-1234567890-secret"
PANEL = "ssd1309-2.42"


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
            ("What the register gets once it is paid", "OK {amount} {reference}"),
            ("What the register gets if it is not paid", ""),
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
    register: Any = settings.inputs[1]
    assert (register.reply.paid, register.reply.failed) == ("OK {amount} {reference}\r\n", "")
    unit = box.files["etc/systemd/system/kiosk.service.d/50-devices.conf"]
    assert "DeviceAllow=char-ttyUSB rw" in unit


def test_ctrl_c_at_any_question_leaves_nothing_behind(box: Box, service: Live) -> None:
    """Answer one more question each time, until all are answered."""
    words = box.words("--base-url", service.url, "--pos", "CAJA1", "--lamps", "red=17")
    stopped = 0
    while True:
        with on_terminal(*words, columns=200) as terminal:
            for at in range(stopped + 1):
                asked = terminal.expect(": ") if at == 0 else terminal.expect("]: ")
                if at < stopped:
                    terminal.type("" if at else TOKEN)
            assert terminal.interrupted() == 130
            assert "stopped; nothing was changed" in terminal.text
            assert "Traceback" not in terminal.text
        assert box.files == {}
        assert service.count() == 0
        stopped += 1
        if "Create it?" in asked:
            break
    assert stopped >= 10


@pytest.mark.parametrize(
    ("mount", "said"),
    [
        ("ro", "can't be written; run: sudo kiosk setup; if its disk is read-only"),
        ("nr_inodes=1", "nothing was changed; run as root, with free space"),
        ("size=4k", "nothing was changed; run as root, with free space"),
    ],
)
def test_a_disk_that_can_not_be_written_is_named(box: Box, mount: str, said: str) -> None:
    folder = box.config.parent
    folder.mkdir(parents=True)
    fill = 'head -c 4096 /dev/zero 2>/dev/null >"$0/full"'
    script = f'mount -t tmpfs -o {mount} none "$0" || exit 99; {fill}; "$@"; code=$?; ls "$0"; exit $code'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, str(folder), sys.executable, "-m", "kiosk",
         *box.words("--yes")],
        capture_output=True, text=True, timeout=LONG_ENOUGH, check=False,
    )  # fmt: skip
    if done.returncode == 99 or "unshare:" in done.stderr:
        pytest.skip("no namespaces here")
    assert done.returncode == 1, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not {"kiosk.yaml", "kiosk.yaml.setup"} & set(done.stdout.splitlines())
    assert box.files == {}, "no file is left in the other folders"


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
    assert "a question was not answered, so nothing was changed" in said
    assert "--token-file" in said
    assert box.files == {}


def test_only_one_wizard_at_a_time(box: Box) -> None:
    with on_terminal(*box.words()) as terminal:
        terminal.expect("Access token")
        assert "another kiosk setup is running" in box.setup("--yes", code=1)
        assert terminal.interrupted() == 130


def test_forty_columns_in_spanish(box: Box) -> None:
    with on_terminal(*box.words("--lang", "es"), columns=40) as terminal:
        terminal.expect("Token de acceso")
        assert terminal.interrupted() == 130
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


def test_a_program_reads_what_was_written(box: Box, service: Live) -> None:
    secret = box.root.parent / f"{box.root.name}.secret"
    secret.write_text(TOKEN)
    words = ("--yes", "--json", "--base-url", service.url, "--token-file", str(secret))
    planned = box.answer(*words, "--dry-run")
    assert planned["written"] is False
    assert box.files == {}
    done = box.answer(*words)
    assert done["written"] is True
    assert done["files"] == planned["files"]
    texts = {each["path"]: each["text"] for each in done["files"]}
    assert texts[str(box.token)] is None
    assert texts[str(box.config)] == box.config.read_text()
    assert box.answer(*words) == {"written": True, "files": []}
    assert box.answer("--units", "--json") == {"written": True, "files": []}


def test_bytes_that_are_no_text_are_an_answer_like_another(box: Box) -> None:
    with on_terminal(*box.words(), columns=200) as terminal:
        terminal.expect("Access token")
        terminal.type("")
        terminal.expect("]: ")
        terminal.press("caja\udcff\n")
        terminal.expect("Name of this counter [counter-1]: ")
        assert terminal.interrupted() == 130
