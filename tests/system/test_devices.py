"""The kiosk's drivers on the kernel's: uinput, a USB gadget, gpio-sim, and buses that record.

One booted system for all: each test leaves it as it found it, selling.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.display.models.epaper import Ssd16xx
from tests.display.models.ssd1306 import Ssd1309
from tests.support.processes import eventually
from tests.system.rig import shop as at
from tests.system.rig.shop import Shop, label

OLED, PAPER = "ssd1309-2.42", "epd-2.13"
PYTHON = "/opt/kiosk/current/bin/python"


def paid(shop: Shop, begin: Callable[[], None]) -> dict[str, Any]:
    order = shop.sale(begin)
    shop.pay(order)
    return order


# --- scanner ---


def test_a_scanned_label_is_sold(shop: Shop) -> None:
    assert paid(shop, lambda: shop.scanner.scan(label(1650)))["total_amount"] == "16.50"


def test_nobody_else_hears_what_the_scanner_types(shop: Shop) -> None:
    guest = shop.guest
    guest("systemd-run", "-q", "--unit=eavesdropper", "--collect", "bash", "-c",
          "cat /dev/input/event* > /run/overheard")  # fmt: skip
    paid(shop, lambda: shop.scanner.scan(label(1700)))
    guest("systemctl", "stop", "eavesdropper")
    assert guest.read("/run/overheard") == b""


def test_a_scanner_that_was_unplugged_sells_again_when_it_is_back(shop: Shop) -> None:
    shop.scanner.unplug()
    shop.says("scanner_hid: .*unplugged")
    shop.scanner.plug_in()
    shop.says("scanner_hid: it works again")
    assert paid(shop, lambda: shop.scanner.scan(label(1800)))["total_amount"] == "18.00"


# --- register ---


def test_a_register_is_told_that_its_total_was_paid(shop: Shop) -> None:
    order = paid(shop, lambda: shop.register.ring_up("TOTAL 1.234,50\r\n"))
    assert order["total_amount"] == "1234.50"
    shop.register.answered(f"PAID 1234.50 {order['external_reference']}")


def test_a_register_that_was_unplugged_sells_again_when_it_is_back(shop: Shop) -> None:
    shop.register.unplug()
    shop.says(f"serial_line: .*{shop.register.PORT}")
    shop.register.plug_in()
    shop.says("serial_line: it works again")
    order = paid(shop, lambda: shop.register.ring_up("TOTAL 77,25\r\n"))
    shop.register.answered(f"PAID 77.25 {order['external_reference']}")


# --- lines ---


def test_lamps_and_buzzer_say_how_the_sale_goes(shop: Shop) -> None:
    order = shop.sale(lambda: shop.register.ring_up("TOTAL 19,00\r\n"))
    shop.lines.eventually(at.BLUE, True)
    shop.outside.api.pay(order["id"])
    shop.lines.eventually(at.GREEN, True)
    shop.becomes("idle")
    shop.lines.eventually(at.GREEN, False)


def test_the_button_cancels_the_sale(shop: Shop) -> None:
    order = shop.sale(lambda: shop.register.ring_up("TOTAL 20,00\r\n"))
    shop.lines.pull(at.CANCEL, False)
    shop.lines.pull(at.CANCEL, True)
    shop.register.answered(f"FAIL canceled {order['external_reference']}")
    shop.becomes("idle")


RIVAL = f"""
import lgpio, signal
from kiosk.base.gpio_header import header_chip
lgpio.gpio_claim_output(lgpio.gpiochip_open(header_chip()), {at.BLUE})
open("/run/rival", "w").close()
signal.pause()
"""


def test_the_header_is_found_by_its_label_though_its_chip_is_not_the_first(shop: Shop) -> None:
    found = "from kiosk.base.gpio_header import header_chip; print(header_chip())"
    python = ("env", "LG_WD=/run", "sh", "-c", f"cd /run && {PYTHON} -c '{found}'")
    assert shop.guest(*python) == "1\n"


PI_5 = """
mkdir -p /sys/kernel/config/gpio-sim/pi5/bank0 && cd /sys/kernel/config/gpio-sim/pi5
echo 54 > bank0/num_lines && echo pinctrl-rp1 > bank0/label && echo 1 > live
"""
GONE = "cd /sys/kernel/config/gpio-sim && echo 0 > pi5/live && rmdir pi5/bank0 pi5"
LIT = """
from pathlib import Path
from kiosk.base import gpio_header
gpio_header.LABELS = ("pinctrl-rp1",)
with gpio_header.gpio_line(17) as gpiozero:
    lamp = gpiozero.LED(17)
    lamp.on()
    chip = f"gpiochip{gpio_header.header_chip()}"
    (value,) = Path("/sys/devices/platform").glob(f"gpio-sim.*/{chip}/sim_gpio17/value")
    print(chip, value.read_text().strip())
"""


def test_a_lamp_on_the_chip_of_a_pi_5(shop: Shop) -> None:
    guest = shop.guest
    guest("sh", "-ec", PI_5)
    try:
        assert guest("env", "-C", "/run", "LG_WD=/run", PYTHON, "-c", LIT) == "gpiochip2 1\n"
    finally:
        guest("sh", "-ec", GONE)


def test_lamps_whose_line_another_program_has_stop_no_sale_and_come_back(shop: Shop) -> None:
    guest = shop.guest
    guest("systemctl", "stop", "kiosk", within=120)
    guest("systemd-run", "-q", "--unit=rival", "--collect", "--working-directory=/run",
          "--setenv=LG_WD=/run", PYTHON, "-c", RIVAL)  # fmt: skip
    guest.eventually("test", "-e", "/run/rival")
    guest("systemctl", "start", "kiosk", within=120)
    shop.becomes("idle")
    shop.says(f"signals: GPIO{at.BLUE} can.t be used: .lg. uses it; choose another line")
    paid(shop, lambda: shop.register.ring_up("TOTAL 21,00\r\n"))
    guest("systemctl", "stop", "rival")
    shop.says("signals: it works again")
    assert not [each for each in shop.status()["problems"] if each.startswith("signals")]


# --- panels ---


def shows_the_qr(shop: Shop, panel: str, chip: Callable[[], Any]) -> None:
    """Sell, and check that the panel shows the order, to the pixel, and that a phone reads it."""
    order = shop.sale(lambda: shop.register.ring_up("TOTAL 1.234,56\r\n"))
    pictures = at.scan_me(panel, order)
    eventually(lambda: shop.buses.glass(chip()).tobytes() in pictures, within=40)
    assert at.read(shop.buses.glass(chip())) == [at.qr_of(order)]
    shop.pay(order)


def paper() -> Ssd16xx:
    """The model, not in sleep mode: rig_bus does not see the reset line, which is pulled before each picture."""

    class Woken(Ssd16xx):
        def spi(self, message: Any, *, data: bool) -> None:
            if self.asleep:
                self.reset()
            super().spi(message, data=data)

    return Woken((122, 250))


def test_an_oled_on_i2c_shows_the_order_to_the_pixel(shop: Shop) -> None:
    shows_the_qr(shop, OLED, Ssd1309)


@contextmanager
def trouble(shop: Shop, parameter: str, value: object, good: object) -> Iterator[None]:
    """Make the bus fail."""
    shop.buses.set(parameter, value)
    try:
        yield
    finally:
        shop.buses.forget()
        shop.buses.set(parameter, good)


def test_a_panel_that_fell_off_takes_the_counter_out_of_service_until_it_is_back(
    shop: Shop,
) -> None:
    with trouble(shop, "i2c_present", 0, good=0x3C):
        shop.becomes("out_of_service")
        shop.says("the panel at /dev/i2c-1, address 0x3C cannot be reached")
        shop.lines.eventually(at.RED, True)
    shop.becomes("idle")
    at_rest = at.picture(OLED, Show(Screen.IDLE))
    eventually(lambda: shop.buses.glass(Ssd1309()).tobytes() == at_rest, within=40)


def test_a_bus_that_hangs_takes_the_counter_out_of_service_until_it_goes_on(shop: Shop) -> None:
    with trouble(shop, "i2c_errno", errno.ETIMEDOUT, good=0):
        shop.becomes("out_of_service")
    shop.becomes("idle")


def test_an_oled_on_spi_shows_the_order_to_the_pixel(shop: Shop) -> None:
    shop.configure(at.OLED_SPI)
    shows_the_qr(shop, OLED, Ssd1309)


def test_e_paper_shows_the_order_to_the_pixel_and_is_waited_for(shop: Shop) -> None:
    shop.configure(at.PAPER)
    shows_the_qr(shop, PAPER, paper)


def test_a_kiosk_without_its_panel_says_so_with_its_lamps_and_sells_once_it_is_there(
    shop: Shop,
) -> None:
    with trouble(shop, "i2c_present", 0, good=0x3C):
        shop.configure(at.OLED, then="out_of_service")
        shop.lines.eventually(at.RED, True)
    shop.becomes("idle")
    shows_the_qr(shop, OLED, Ssd1309)
