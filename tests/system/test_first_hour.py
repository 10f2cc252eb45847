"""A technician's first hour: a system with scripts/install, ``kiosk setup`` at a terminal, and sales.

No file is edited by hand. One booted system for all the tests: each leaves it as it found it, selling.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.display.chips.known_panels import panel_named
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.testcard import panel_card
from tests.display.models.ssd1306 import Ssd1309
from tests.inputs.scanner.keyboard import packed, typed
from tests.system.rig import outside
from tests.system.rig import shop as at
from tests.system.rig.board import Register, Scanner
from tests.system.rig.guest import Guest
from tests.system.rig.outside import Outside
from tests.system.rig.shop import Shop, label

TOKEN = "TEST-4934588586838432-112233-8a7b6c5d4e3f-241983636"
PANEL = "ssd1309-2.42"
SCANNED = label(1650)


def step(see: str, line: str | None = None, **more: str) -> dict[str, str]:
    return {"see": see, **({} if line is None else {"type": line}), **more}


def steps(shop: Shop) -> list[dict[str, str]]:
    """Return what the technician sees, types and does."""

    def is_at(level: int, *lines: int) -> str:
        return " && ".join(f"grep -q {level} {shop.lines.value_of(line)}" for line in lines)

    return [
        step("Access token", "BAD"),
        step("The token is not right"),
        step("Access token", TOKEN),
        step("The token is right: TESTUSER"),
        step("Name of this counter", "caja-1"),
        step("Name of the shop", "Almacén Doña Rosa"),
        step("Language on the panel", ""),
        step("Currency", ""),
        step("Point of sale", "CAJA1"),
        step("Found a panel: /dev/i2c-1, 0x3C."),
        step(f"Found a serial port: {Register.PORT}."),
        step("Found a scanner or keyboard: /dev/input/event"),
        step(f"[{PANEL}]: ", ""),
        step("[i2c]: ", ""),
        step("[0x3C]: ", ""),
        step("by using it now? [Y/n]: ", ""),
        step("Ring up a total", again=f"printf 'TOTAL 22,50\\r\\n' >{shop.register.FIFO}"),
        step(f"{Register.PORT} sends."),
        step("by using it now? [y/N]: ", "y"),
        step("Ring up a total", again=f"cat /run/keys >{shop.scanner.FIFO}"),
        step(f"{Scanner.NAME} sends."),
        step("by using it now? [y/N]: ", ""),
        step(f"[{Register.PORT}]: ", ""),
        step("[serial_line]: ", ""),
        step("[9600]: ", ""),
        step("[1.234,56]: ", ""),
        step("What the register gets once it is paid", "OK {amount} {reference}"),
        step("What the register gets if it is not paid", ""),
        step("Device file of a scanner that types like a keyboard; - if there is none [-]: ", ""),
        step("GPIO lines of the lamps", f"red={at.RED} green={at.GREEN} blue={at.BLUE}"),
        step("GPIO line of the buzzer", str(at.BUZZER)),
        step("Show a test picture", ""),
        step("Is the square black on white?", "", check=f"cp {shop.buses.RECORD} /run/card"),
        step("Does the arrow point up?", ""),
        step("Is the letter F as you read it", ""),
        step("Is there a thin line along all four edges", ""),
        step("Try the lamps and the buzzer now?", ""),
        step("Is the red lamp on?", "", check=is_at(1, at.RED)),
        step("Is the green lamp on?", "", check=is_at(1, at.GREEN)),
        step("Is the blue lamp on?", "", check=is_at(1, at.BLUE)),
        step("Are all lamps off now?", "", check=is_at(0, at.RED, at.GREEN, at.BLUE)),
        step("Do you hear the buzzer?", "", check=is_at(1, at.BUZZER)),
        step("Is it silent now?", "", check=is_at(0, at.BUZZER)),
        step("no point of sale CAJA1. Create it?", ""),
        step("Created the point of sale CAJA1."),
        step("Make a test sale?", ""),
        step("order canceled: "),
    ]


@pytest.fixture(scope="module")
def shop(fresh_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The computer after scripts/install, with everything plugged in."""
    folder = tmp_path_factory.mktemp("first-hour")
    with Outside(folder) as outside, Guest(folder, fresh_disk, lines=outside.plug_in) as guest:
        shop = Shop(guest, outside)
        shop.plug_in()
        guest.write("/run/keys", b"".join(packed(typed(code)) for code in (SCANNED,)))
        yield shop


@pytest.fixture(scope="module")
def screen(shop: Shop) -> str:
    """What was on the technician's terminal, after he has done what it says at the end."""
    guest = shop.guest
    setup = ("kiosk", "setup", "--base-url", outside.URL)
    text = guest("python3", "/rig/technician.py", *setup, given=json.dumps(steps(shop)), within=400)
    _before, _ready, then = text.partition("Ready. Now run:\n")
    commands = then.partition("Make a test sale?")[0]
    shop.buses.forget()
    guest.shell(commands, within=200)
    shop.becomes("idle")
    return text


@pytest.mark.usefixtures("screen")
def test_the_panel_shows_the_test_picture_while_he_is_asked(shop: Shop) -> None:
    canvas = Canvas.of(panel_named(PANEL), "es", "")
    glass = shop.buses.glass(Ssd1309(), "/run/card")
    assert glass.tobytes() == panel_card(canvas).convert("1").tobytes()


def test_the_token_is_seen_by_root_alone_and_was_never_shown(shop: Shop, screen: str) -> None:
    assert shop.guest.read("/etc/kiosk/token").decode() == f"{TOKEN}\n"
    assert shop.guest("stat", "-c", "%a %U", "/etc/kiosk/token") == "600 root\n"
    assert TOKEN[5:] not in screen


def test_a_total_of_the_register_is_paid(shop: Shop, screen: str) -> None:
    order = shop.sale(lambda: shop.register.ring_up("TOTAL 1.234,50\r\n"))
    assert order["total_amount"] == "1234.50"
    shop.lines.eventually(at.BLUE, True)
    shop.pay(order)


def test_a_program_that_asks_for_a_sale_is_answered(shop: Shop, screen: str) -> None:
    guest = shop.guest
    cashier = ("--unit=cashier", "--collect", "--property=StandardOutput=file:/run/answer")

    def ask() -> None:
        guest("systemd-run", "-q", *cashier, "kiosk", "sale", "112.50")

    order = shop.sale(ask)
    shop.pay(order)
    guest.eventually("grep", "-q", f"^paid 112.50 .*{order['external_reference']}", "/run/answer")


def test_doctor_finds_nothing_bad_and_json_says_the_same(shop: Shop, screen: str) -> None:
    said = shop.guest("kiosk", "doctor", within=120)
    assert said.endswith("well, with 1 warning\n"), said
    assert "warn  account: TESTUSER" in said
    found = json.loads(shop.guest("kiosk", "doctor", "--json", within=120))
    levels = {each["what"]: each["level"] for each in found}
    assert {what for what, level in levels.items() if level != "good"} == {"account"}
    assert levels.keys() >= {"access token", "point of sale", "scanner", "ports", "panel", "permissions",
                             "kiosk service", "watchdog", "update"}  # fmt: skip
    assert all(f"good  {what}: " in said for what in levels.keys() - {"account"})


def test_doctor_names_a_panel_that_fell_off_and_who_has_the_register(
    shop: Shop, screen: str
) -> None:
    guest = shop.guest
    shop.buses.set("i2c_present", "0x3d")
    guest("systemd-run", "-q", "--unit=rival", f"--property=StandardInput=file:{Register.PORT}",
          "sleep", "infinity")  # fmt: skip
    try:
        done = guest.try_("kiosk", "doctor", within=120)
    finally:
        guest("systemctl", "stop", "rival")
        shop.buses.forget()
        shop.buses.set("i2c_present", "0x3c")
    assert done.status == 1
    assert (
        "bad  panel: nothing answers at /dev/i2c-1, address 0x3C; a panel answers at 0x3D"
        in done.out
    )
    assert f"has {Register.PORT} open, and takes a part of its bytes; stop that" in done.out
    shop.becomes("idle")


def test_the_bundle_has_the_log_of_systemd_and_neither_token_nor_code(
    shop: Shop, screen: str
) -> None:
    guest = shop.guest
    shop.scanner.scan(SCANNED)
    shop.says("scanner_hid: code 13 characters")
    assert SCANNED not in guest("journalctl", "-u", "kiosk", "-o", "cat")
    guest("kiosk", "bundle", "--yes", "-o", "/run/bundle.tar.gz", within=300)
    assert guest("stat", "-c", "%a %U", "/run/bundle.tar.gz") == "600 root\n"
    with tarfile.open(fileobj=io.BytesIO(guest.read("/run/bundle.tar.gz"))) as packed:
        parts = {
            Path(each.name).name: file.read().decode()
            for each in packed
            if (file := packed.extractfile(each))
        }
    assert "Started kiosk.service - Payment display." in parts["log.txt"]
    assert "1234.50 ARS read from serial_line" in parts["log.txt"]
    assert "scanner_hid: code 13 characters ending in" in parts["log.txt"]
    assert "driver: scanner_hid" in parts["kiosk.yaml"]
    assert "driver: oled" in parts["kiosk.yaml"]
    everything = "".join("\n".join(parts.values()).split())
    for secret in (TOKEN, TOKEN[5:], SCANNED, SCANNED[:-1]):
        assert secret not in everything


def test_the_commands_need_no_file_and_no_root_beyond_that(shop: Shop, screen: str) -> None:
    guest = shop.guest
    assert "ready to sell" in guest("kiosk", "check")
    assert guest("kiosk", "status").startswith("idle\n")
    assert json.loads(guest("kiosk", "status", "--json"))["state"] == "idle"
    assert "CAJA1" in guest("kiosk", "pos", "list")
    assert guest("kiosk", "schema").encode() == guest.read("/etc/kiosk/kiosk.schema.json")
    credential = ("--property=LoadCredential=token:/etc/kiosk/token", "--property=DynamicUser=yes")
    listed = guest("systemd-run", "-q", "--pipe", "--wait", *credential, "kiosk", "pos", "list")
    assert "CAJA1" in listed
    done = guest.try_("setpriv", "--reuid=65534", "--clear-groups", "kiosk", "pos", "list")
    assert (done.status, "sudo" in done.err) == (2, True), done


def test_what_is_set_up_starts_again_with_the_power(shop: Shop, screen: str) -> None:
    shop.guest.cut_power()
    shop.guest.boot()
    shop.becomes("idle")
    assert shop.guest("systemctl", "is-enabled", "kiosk") == "enabled\n"
