"""What can happen to a simulated counter: fast time, no power, a pulled plug, an end without notice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import anyio
import pytest

from kiosk.base.errors import ConfigError
from kiosk.inputs.ecr.frames import ACK
from kiosk.simulator.faults.fault_rules import parse
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.simulation_folder import SimulationFolder
from kiosk.simulator.twins.twin import KioskIsOff
from kiosk.simulator.twins.wire.other_end import CannotDo
from tests.simulator.twins.rig import ROOT, Shop, sell, story
from tests.support.processes import LONG_ENOUGH, eventually

pytestmark = pytest.mark.slow


def config(folder: Path, changes: str = "") -> Path:
    """Write a counter with a register, a terminal, a program and two buttons, on e-paper."""
    path = folder / "my.yaml"
    path.write_text(
        """
kiosk: {name: caja-1, shop: Kiosco, language: es, currency: ARS}
inputs:
  - {driver: serial_line, name: caja, port: /dev/ttyUSB7, number: {decimal: ","}, reply: {paid: "OK {amount}\\r\\n"}}
  - {driver: ecr_terminal, name: posnet, port: /dev/ttyUSB8, generic: {sale: 'S(?P<amount>[0-9]+)', number: {}, paid: "P {amount}", failed: "F"}}
  - {driver: command, name: programs}
  - {driver: button, name: cancelar, pin: 5}
  - {driver: button, name: cafe, pin: 6, pull: down, presses: amount, amount: 1500}
  - {driver: escpos_printer, name: red, listen: 192.168.99.99, number: {decimal: ","}}
orders: {token: {file: /etc/kiosk/nobody-has-this}, external_pos_id: CAJA1}
display: {driver: epaper, panel: epd-2.9, dc: 25, reset: 17, busy: 24}
signals: {driver: gpio, lamps: {green: {pin: 27, inverted: yes}, red: {pin: 22, pwm: no}}, buzzer: {pin: 18}}
"""
        + changes
    )
    return path


def test_an_order_expires_sixty_times_as_fast(tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        shop.counter.twins["caja"].key(Decimal(20))
        await shop.becomes("paying")
        began = anyio.current_time()
        shop.daemon.change_speed(60)
        await shop.sees(lambda: shop.sales() == [("20.00", "expired")])
        assert anyio.current_time() - began < 5 * 60
        assert shop.pace.clock() - shop.started >= 5 * 60
        shop.daemon.change_speed(10)
        await sell(shop)

    story(config(tmp_path), tmp_path / "f", tell, speed=5)


def test_a_slow_service_is_slow_by_the_counters_clock(tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        shop.faults.add(parse([{"do": "delay", "seconds": 3, "call": "create"}]))
        await sell(shop)  # at the real speed, the call would be given up

    story(config(tmp_path), tmp_path / "f", tell, speed=20)


def test_power_that_is_off_stays_off_until_it_is_on(tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        register = shop.counter.twins["caja"]
        register.key(Decimal(20))
        await shop.sees(shop.shown)
        shop.daemon.power(False)
        await shop.logs("no power")
        shop.daemon.change_speed(60)  # in the middle of a power cut
        await shop.pay()
        await shop.pace.sleep(60)
        assert (shop.daemon.starts, shop.daemon.running, shop.daemon.powered) == (1, False, False)
        register.key(Decimal(99))  # nobody hears it
        with pytest.raises(KioskIsOff, match="the kiosk is off"):
            shop.counter.twins["cancelar"].press()
        with pytest.raises(KioskIsOff):
            shop.counter.twins["programs"].key(Decimal(5))
        shop.daemon.change_speed(1)
        shop.daemon.power(True)
        await shop.sees(lambda: [reply.text for reply in register.replies] == ["OK 20.00"])
        assert shop.sales() == [("20.00", "paid")]

    story(config(tmp_path), tmp_path / "f", tell, speed=5)


def test_a_crash_is_followed_by_a_start_and_a_cut_during_the_start_by_none(tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        shop.daemon.kill()
        await shop.sees(lambda: shop.daemon.starts == 2)
        shop.daemon.power(False)
        await shop.sees(lambda: not shop.daemon.running)
        shop.daemon.power(True)
        await shop.sees(lambda: shop.daemon.starts == 3)
        await shop.logs("exit code -9")
        await shop.becomes("idle")

    story(config(tmp_path), tmp_path / "f", tell, speed=5)


def test_each_device_of_a_counter_works_and_says_what_passed(tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        twins = shop.counter.twins
        twins["cafe"].press()
        await shop.becomes("paying")
        twins["cancelar"].press()
        await shop.sees(lambda: shop.sales() == [("1500.00", "canceled")])
        await sell(shop, "2500", by="posnet")
        await shop.sees(lambda: twins["posnet"].replies)
        (asked, acknowledged, told, answered) = list(twins["posnet"].exchanges)[-4:]
        assert [asked.to_kiosk, acknowledged.data, answered.data] == [True, ACK, ACK]
        assert b"P 2500.00" in told.data
        assert twins["posnet"].replies[-1].text == "P 2500.00"
        await sell(shop, "30", by="programs")
        await shop.sees(lambda: len(twins["programs"].replies) == 2)
        texts = [reply.text.split(" ")[:2] for reply in twins["programs"].replies]
        assert texts == [["heard"], ["paid", "30.00"]]
        await sell(shop, "40", by="red")
        lamps = {(line.get("lamp"), line.get("level")) for line in shop.signals()}
        assert ("green", 1.0) in lamps
        assert not {lamp for lamp, _ in lamps} - {
            None,
            "green",
            "red",
        }  # the others are not mounted

    story(config(tmp_path), tmp_path / "f", tell, speed=5)


def test_a_pulled_plug_is_noticed_and_its_device_works_again_afterwards(tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        register = shop.counter.twins["caja"]
        register.unplug()
        await shop.logs("caja: /")
        with pytest.raises(CannotDo, match="caja is unplugged"):
            register.key(Decimal(1))
        register.plug_in()
        await shop.logs("caja: it works again")
        shop.counter.panel.unplug()
        register.key(Decimal(20))
        await shop.logs("panel is unplugged")
        shop.counter.panel.plug_in()
        await shop.logs("the panel works again")
        await shop.becomes("idle")
        register.key(Decimal(21))
        await shop.becomes("paying")
        with pytest.raises(CannotDo, match="no plug that the kiosk could miss"):
            shop.counter.twins["cancelar"].unplug()

    story(config(tmp_path), tmp_path / "f", tell, speed=5)


def test_a_thousand_codes_at_once_and_a_very_long_one_are_all_whole(tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        await shop.logs("articles")
        scanner = shop.counter.twins["scanner_hid"]
        scanner.scan("7790001001061" * 200)
        for _ in range(1000):
            scanner.scan("7790001001061")
        scanner.scan("7790001001054")
        await shop.logs("1 × 7790001001054 scanned on scanner_hid")
        log = list(shop.daemon.log)
        assert not any("cut off" in line or "unreadable" in line for line in log)
        with pytest.raises(CannotDo, match="has not read what was sent before"):
            scanner.send(bytes(3_000_000))

    story(ROOT / "config/examples/uruguay.yaml", tmp_path, tell, speed=5)


def test_a_counter_changes_its_panel_its_language_and_its_currency(tmp_path: Path) -> None:
    async def tell(shop: Shop) -> None:
        with pytest.raises(ConfigError, match="not a known panel"):
            shop.counter.change(panel="vfd-9000")
        assert shop.counter.panel.name == "epd-2.9"
        shop.counter.change(panel="st7789-2.0", language="pt", currency="BRL")
        assert (shop.counter.country, shop.counter.panel.settings.pixels) == ("BR", (320, 240))
        shop.daemon.restart()
        await shop.logs("exit code 0")
        await shop.becomes("idle")
        await sell(shop)
        assert shop.counter.config.kiosk.currency == "BRL"

    story(config(tmp_path), tmp_path / "f", tell, speed=5)


def test_a_change_that_the_configuration_can_not_have_changes_nothing(tmp_path: Path) -> None:
    folder = SimulationFolder.claim(tmp_path / "f")
    file = ROOT / "config/examples/devices/tef-files.yaml"
    counter = SimulatedCounter(file, folder, 8801, lambda: 0.0)
    before = counter.config_file.read_text()
    with pytest.raises(ConfigError, match=r"kiosk\.language"):
        counter.change(panel="ssd1306-0.96", language="tlh")
    assert counter.config_file.read_text() == before
    assert (counter.panel.name, counter.country) == ("fake 250x122", "BR")
    folder.release()


def test_a_file_that_is_edited_keeps_its_devices_and_its_mistakes(tmp_path: Path) -> None:
    folder = SimulationFolder.claim(tmp_path / "f")
    file = ROOT / "config/examples/devices/tef-files.yaml"
    counter = SimulatedCounter(file, folder, 8801, lambda: 0.0)
    counter.edit({"sale": {"expires_after": "soon"}, "kiosk": {"shp": "x"}, "signals": "none"})
    text = counter.config_file.read_text()
    assert "soon" in text
    assert "shp" in text
    assert (counter.config.sale.expires_after, counter.country) == (300, "BR")
    counter.edit(
        {"sale": {"expires_after": "2 min"}, "kiosk": {"shp": {}}, "signals": {"driver": "fake"}}
    )
    assert counter.config.sale.expires_after == 120
    assert counter.config.signals.model_dump()["record"] == folder.record
    assert counter.config.orders.base_url == "http://127.0.0.1:8801"
    folder.release()


def test_nothing_is_left_when_the_simulation_is_killed(tmp_path: Path) -> None:
    (tmp_path / "kiosk").mkdir()  # not the package
    folder, log = tmp_path / "f", tmp_path / "log"
    words = ("simulate", "-c", config(tmp_path), "--folder", folder, "--port", "0")
    with log.open("wb") as output:
        bench = subprocess.Popen(
            [Path(sys.executable).with_name("kiosk"), *words],
            cwd=tmp_path,
            stdout=output,
            stderr=output,
        )
    eventually(lambda: "panel shows idle" in log.read_text())
    children = Path(f"/proc/{bench.pid}/task/{bench.pid}/children").read_text().split()
    assert children
    bench.send_signal(signal.SIGKILL)
    bench.wait(LONG_ENOUGH)
    eventually(lambda: not any(map(_runs, children)))


def _runs(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return " Z " not in Path(f"/proc/{pid}/stat").read_text()
