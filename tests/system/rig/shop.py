"""A booted counter with real drivers: its configuration, what is plugged in, and how a sale goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import zxingcpp
from PIL import Image

from kiosk.base.money import Money
from kiosk.display.chips.known_panels import panel_named
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.inputs.codes.check_digits import check_digit
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.support.processes import eventually
from tests.system.rig import outside
from tests.system.rig.board import Buses, Lines, Register, Scanner
from tests.system.rig.guest import Guest
from tests.system.rig.outside import Outside

RED, GREEN, BLUE, BUZZER, CANCEL, DC, RESET, BUSY = 6, 27, 22, 18, 5, 25, 17, 24
EXPIRES_AFTER = 300

_CONFIG = f"""\
kiosk: {{name: counter-1, language: es, currency: ARS}}
inputs:
  - driver: scanner_hid
    match: {{device_name: {Scanner.NAME}}}
    codes: {{labels: [{{pattern: "20.....{{NNNDD}}"}}]}}
  - driver: serial_line
    port: {Register.PORT}
    number: {{decimal: ",", thousands: "."}}
    amount: 'TOTAL\\s+(?P<amount>\\S+)'
    reply:
      paid: "PAID {{amount}} {{reference}}\\r\\n"
      failed: "FAIL {{outcome}} {{reference}}\\r\\n"
  - driver: button
    pin: {CANCEL}
sale: {{expires_after: {EXPIRES_AFTER} s, result_shown_for: 4 s}}
orders:
  driver: mercadopago
  base_url: {outside.URL}
  token: {{credential: token}}
  external_pos_id: COUNTER1
display: {{PANEL}}
signals:
  driver: gpio
  lamps:
    red: {{pin: {RED}, pwm: no}}
    green: {{pin: {GREEN}, pwm: no}}
    blue: {{pin: {BLUE}, pwm: no}}
  buzzer: {{pin: {BUZZER}}}
"""
OLED = "driver: oled, chip: ssd1309, inches: 2.42"
OLED_SPI = f"{OLED}, interface: spi, dc: {DC}, reset: {RESET}"
PAPER = f"driver: epaper, panel: epd-2.13, dc: {DC}, reset: {RESET}, busy: {BUSY}"


class Shop:
    """The counter and the people around it."""

    def __init__(self, guest: Guest, outside: Outside) -> None:
        self.guest, self.outside = guest, outside
        self.scanner, self.register = Scanner(guest), Register(guest)
        self.lines, self.buses = Lines(guest), Buses(guest, BUSY)

    def furnish(self, panel: str) -> None:
        """Plug everything in, bring the token, and start the service."""
        self.plug_in()
        self.guest.write("/etc/kiosk/token", "TEST\n")
        self.guest("chmod", "600", "/etc/kiosk/token")
        self.configure(panel)

    def plug_in(self) -> None:
        self.lines.pull(CANCEL, True)
        for device in (self.scanner, self.register, self.buses):
            device.plug_in()

    def configure(self, panel: str, then: str = "idle") -> None:
        """Change the configuration, as the manual says, and wait until the counter says that."""
        self.guest.write("/etc/kiosk/kiosk.yaml", _CONFIG.replace("PANEL", panel))
        self.guest("systemctl", "stop", "kiosk", within=120)
        self.guest("kiosk", "setup", "--units", within=120)
        self.guest("systemctl", "daemon-reload")
        self.guest("systemctl", "restart", "systemd-modules-load")
        self.buses.forget()
        self.guest("systemctl", "start", "kiosk", within=120)
        self.becomes(then)

    # --- what the counter says ---

    def status(self) -> dict[str, Any]:
        """Return the daemon's status; without a daemon, its state is None."""
        done = self.guest.try_("cat", "/run/kiosk/status.json")
        said: dict[str, Any] = json.loads(done.out) if done.status == 0 else {"state": None}
        return said

    def becomes(self, state: str, within: float = 60) -> None:
        """Wait until the daemon says that it is in this state."""
        try:
            eventually(lambda: self.status()["state"] == state, within)
        except AssertionError:
            raise AssertionError(f"{self.status()}\n{self.log()}") from None

    def says(self, text: str, within: float = 30) -> None:
        """Wait until the log of the last start has this."""
        since = self.guest("systemctl", "show", "-P", "InvocationID", "kiosk").strip()
        script = f"journalctl -o cat _SYSTEMD_INVOCATION_ID={since} | grep -q '{text}'"
        self.guest.eventually("sh", "-c", script, within=within)

    def log(self) -> str:
        return self.guest("journalctl", "-u", "kiosk", "-n", "60", "--no-pager", "-o", "cat")

    # --- how a sale goes ---

    def newest(self, orders: int) -> dict[str, Any]:
        """Wait until the service has so many orders; return the last."""
        eventually(lambda: len(self.outside.api.orders()) == orders, within=30)
        return self.outside.api.orders()[0]

    def count(self) -> int:
        return len(self.outside.api.orders())

    def sale(self, begin: Callable[[], None]) -> dict[str, Any]:
        """Begin a sale in some way; return its order, once its QR is out."""
        before = self.count()
        begin()
        order = self.newest(before + 1)
        self.becomes("paying")
        return order

    def pay(self, order: dict[str, Any]) -> None:
        """Do a whole sale, until the counter is at rest again."""
        self.outside.api.pay(order["id"])
        reference = order["external_reference"]
        self.says(f"{reference}: paid")
        self.becomes("idle")


def label(cents: int) -> str:
    """Return the EAN-13 that the shop's scale prints for this price."""
    body = f"2000042{cents:05}"
    return body + check_digit(body)


def picture(panel: str, show: Show, now: float = 0) -> bytes:
    """Return what this panel must show, drawn as ``kiosk preview`` does."""
    canvas = Canvas.of(panel_named(panel), "es", "")
    return draw(show, canvas, now).convert("1").tobytes()


def scan_me(panel: str, order: dict[str, Any]) -> set[bytes]:
    """Return the pictures for each second in which the order can be paid."""
    money = Money.of(order["total_amount"], "ARS")
    show = Show(Screen.SCAN_ME, money, qr_data=qr_of(order), until=EXPIRES_AFTER)
    return {picture(panel, show, second) for second in range(EXPIRES_AFTER)}


def qr_of(order: dict[str, Any]) -> str:
    """Return the text of the order's QR."""
    text: str = order["type_response"]["qr_data"]
    return text


def read(glass: Image.Image) -> list[str]:
    """Return what a phone reads from the panel, with a decoder of another project."""
    larger = glass.convert("L").resize((glass.width * 6, glass.height * 6))
    framed = Image.new("L", (larger.width + 80, larger.height + 80), 255)
    framed.paste(larger, (40, 40))
    return [found.text for found in zxingcpp.read_barcodes(framed)]
