"""A small counter that the tests make mistakes in, and what the kiosk says about them."""

from __future__ import annotations

from pathlib import Path

from kiosk.config.parsing import parse_settings
from kiosk.config.sections import Config

SHIPPED = Path(__file__).parents[2] / "config"
COUNTERS = sorted(file for file in SHIPPED.rglob("*.yaml") if file.parent.name != "fleet")

COUNTER = """\
kiosk: {name: counter-1, language: es, currency: ARS}
inputs:
  - driver: serial_line
    port: /dev/ttyUSB0
    number: {decimal: ",", thousands: "."}
orders:
  token: {env: KIOSK_TOKEN}
  external_pos_id: COUNTER1
display: {driver: fake, size: 250x122, frames: out/frames}
signals: {driver: fake, record: out/signals.jsonl}
"""


def changed(old: str, new: str) -> str:
    """Return the counter with one piece of its text replaced."""
    assert COUNTER.count(old) == 1, f"{old!r} is not in exactly one place of the counter"
    return COUNTER.replace(old, new)


def said(text: str) -> list[str]:
    """Return what is said about the text, a line for each fault."""
    return [fault.line("F") for fault in parse_settings(text, Config).faults]
