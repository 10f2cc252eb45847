"""A technician's first hour: a system with scripts/install, ``kiosk setup`` at a terminal, and sales.

The steps and commands are those of the manual's page start/mounting.md. One booted
system for all the tests: each leaves it as it found it, selling.
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
from tests.system.rig import mounting_guide as guide
from tests.system.rig import outside
from tests.system.rig import shop as at
from tests.system.rig.board import Register
from tests.system.rig.guest import Guest
from tests.system.rig.outside import Outside
from tests.system.rig.shop import Shop, label

PANEL = "ssd1309-2.42"
SCANNED = label(1650)
WARNED = {"account", "watchdog"}  # a test account; and ``installed`` has switched the watchdog off


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
    _package, _clone, [look], [_install] = guide.commands("Step 4: Install")
    guest.shell(f"cd /root/kiosk && {look}", within=200)
    setup = ("kiosk", "setup", "--base-url", outside.URL)
    steps = json.dumps(guide.steps_of_setup(shop))
    text = guest("python3", "/rig/technician.py", *setup, given=steps, within=400)
    _before, _ready, then = text.partition("It is written. Now run:\n")
    printed = then.partition("Make a test sale?")[0].splitlines()
    _setup, ready, editor, units, *rest = guide.commands("Step 5: Set it up")
    assert [line.removeprefix("sudo ") for line in printed] == ready
    assert rest == []
    shop.buses.forget()
    guest.shell("\n".join(ready), within=600)
    (button,) = (block.body for block in guide.blocks("Step 5: Set it up") if block.name == "text")
    before = guest.read(file := editor[0].split()[-1]).decode()
    guest.write(file, before.replace("inputs:\n", f"inputs:\n{button}"))
    guest.shell("\n".join(units), within=300)
    shop.becomes("idle")
    return text


@pytest.mark.usefixtures("screen")
def test_the_panel_shows_the_test_picture_while_he_is_asked(shop: Shop) -> None:
    canvas = Canvas.of(panel_named(PANEL), "es", "")
    glass = shop.buses.glass(Ssd1309(), "/run/card")
    assert glass.tobytes() == panel_card(canvas).convert("1").tobytes()


def test_the_token_is_seen_by_root_alone_and_was_never_shown(shop: Shop, screen: str) -> None:
    assert shop.guest.read("/etc/kiosk/token").decode() == f"{guide.TOKEN}\n"
    assert shop.guest("stat", "-c", "%a %U", "/etc/kiosk/token") == "600 root\n"
    assert guide.TOKEN[5:] not in screen


def test_a_total_of_the_register_is_paid(shop: Shop, screen: str) -> None:
    order = shop.sale(lambda: shop.register.ring_up("TOTAL 1.234,50\r\n"))
    assert order["total_amount"] == "1234.50"
    shop.lines.eventually(at.BLUE, True)
    shop.pay(order)


def test_each_part_is_tested_as_the_manual_says(shop: Shop, screen: str) -> None:
    (stop,), *others = guide.commands("Step 6: Test each part")
    assert others == []
    shop.guest.shell(stop)
    tests = [
        block for block in guide.blocks("Step 6: Test each part") if block.name == "{device-test}"
    ]
    for block in tests:
        command, steps = guide.dialog(block, shop)
        told = ("python3", "/rig/technician.py", *command)
        said = shop.guest(*told, given=json.dumps(steps), within=200)
        assert guide.words(said) == guide.words(block.body.partition("\n")[2])
    start, *_doctor = guide.commands("Step 9: The whole box")
    shop.buses.forget()
    shop.guest.shell(start[0])
    shop.becomes("idle")
    assert len(tests) == 4


def test_the_first_sale_goes_as_the_manual_says(shop: Shop, screen: str) -> None:
    guest = shop.guest
    _start, [doctor], [with_api] = guide.commands("Step 9: The whole box")
    said = [guest(*line.split(), within=120) for line in (doctor, with_api)]
    assert said[0].endswith("well, with 2 warnings\n"), said[0]
    assert "order canceled" in said[1]
    order = shop.sale(lambda: shop.register.ring_up("TOTAL 20,00\r\n"))
    shop.pay(order)
    shop.register.answered("OK 20.00")
    [listed], [refund] = guide.commands("Step 10: The first real sale")
    reference = order["external_reference"]
    assert reference in guest(*listed.split())
    guest(*refund.replace("REFERENCE", reference).split())
    assert shop.outside.api.orders()[0]["status"] == "refunded"
    shop.sale(lambda: shop.register.ring_up("TOTAL 30,00\r\n"))
    shop.lines.pull(at.CANCEL, False)
    shop.lines.pull(at.CANCEL, True)
    shop.becomes("idle")
    assert shop.outside.api.orders()[0]["status"] == "canceled"


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
    assert said.endswith("well, with 2 warnings\n"), said
    assert "warn  account: TESTUSER" in said
    found = json.loads(shop.guest("kiosk", "doctor", "--json", within=120))
    levels = {each["what"]: each["level"] for each in found}
    assert {what for what, level in levels.items() if level != "good"} == WARNED
    assert levels.keys() >= {"access token", "point of sale", "scanner", "ports", "panel", "permissions",
                             "kiosk service", "watchdog", "update"}  # fmt: skip
    assert all(f"good  {what}: " in said for what in levels.keys() - WARNED)


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
    for secret in (guide.TOKEN, guide.TOKEN[5:], SCANNED, SCANNED[:-1]):
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
