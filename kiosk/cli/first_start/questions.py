"""The questions of the first start, and what each answer changes in the configuration. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kiosk.base.language import mark
from kiosk.cli.first_start.answer_forms import (
    buzzer_settings,
    buzzer_text,
    lamps_settings,
    lamps_text,
    number_name,
    number_settings,
)
from kiosk.cli.first_start.input_answers import (
    put_driver,
    put_port,
    put_reply,
    put_scanner,
    register_of,
    reply_of,
    scanner_of,
    with_register,
)
from kiosk.cli.first_start.panel_names import on_interface, panel_name, panel_settings
from kiosk.cli.first_start.question import Question, Tree, setting, value_at, with_value
from kiosk.display.oled import SPI_ONLY

# The smallest counter that can sell, through `kiosk sale`: the answers change it.
NEW: Tree = {
    "kiosk": {"name": "counter-1", "language": "es", "currency": "ARS"},
    "inputs": [{"driver": "command"}],
    "orders": {
        "driver": "mercadopago",
        "token": {"credential": "token"},
        "external_pos_id": "COUNTER1",
    },
    "display": {"driver": "oled", "chip": "ssd1309", "interface": "i2c", "inches": "2.42"},
    "signals": {"driver": "gpio"},
}


def _has_register(tree: Tree) -> bool:
    return bool(register_of(tree))


def _gets_replies(tree: Tree) -> bool:
    return bool(register_of(tree).get("driver") == "serial_line")


def _reply(result: str, text: str) -> Question:
    return Question(
        f"reply-{result}",
        text,
        "inputs",
        lambda tree: reply_of(tree, result),
        lambda tree, answer: put_reply(tree, result, answer),
        _gets_replies,
    )


def _on_gpio(tree: Tree) -> bool:
    return value_at(tree, "signals", "driver") in ("gpio", "")


def _has_line(key: str) -> Callable[[Tree], bool]:
    def has_line(tree: Tree) -> bool:
        display = tree["display"]
        on_spi = display.get("driver") == "lcd" or display.get("interface") == "spi"
        return display.get("driver") == "epaper" or (on_spi and key != "busy")

    return has_line


def _has_numbers(tree: Tree) -> bool:
    register = register_of(tree)
    return "number" in register or register.get("driver") in ("serial_line", "escpos_printer")


def _line(flag: str, text: str) -> Question:
    return Question(
        flag,
        text,
        "display",
        lambda tree: value_at(tree, "display", flag),
        lambda tree, answer: with_value(tree, answer, "display", flag),
        _has_line(flag),
    )


COUNTER: Sequence[Question] = (
    setting("name", mark("Name of this counter"), "kiosk", "name"),
    setting("shop", mark("Name of the shop on the panel"), "kiosk", "shop"),
    setting("language", mark("Language on the panel: es, pt, en"), "kiosk", "language"),
    setting("currency", mark("Currency: ARS, BRL, CLP, UYU"), "kiosk", "currency"),
)
ADDRESS = setting("base-url", mark("Address of the service"), "orders", "base_url")
POINT_OF_SALE = setting("pos", mark("Point of sale (its external id)"), "orders", "external_pos_id")
PANEL: Sequence[Question] = (
    Question(
        "panel",
        mark("Panel, by chip and inches, as in ssd1309-2.42, st7789-2.0, epd-2.9, inky-phat"),
        "display",
        lambda tree: panel_name(tree["display"]),
        lambda tree, name: tree | {"display": panel_settings(name, tree["display"])},
    ),
    Question(
        "interface",
        mark("The panel's wires: i2c (4 wires) or spi (6 or 7)"),
        "display",
        lambda tree: tree["display"].get("interface", "i2c"),
        lambda tree, wires: tree | {"display": on_interface(tree["display"], wires)},
        lambda tree: (
            tree["display"].get("driver") == "oled" and tree["display"].get("chip") not in SPI_ONLY
        ),
    ),
    Question(
        "address",
        mark("The panel's I²C address: 0x3C or 0x3D"),
        "display",
        lambda tree: tree["display"].get("i2c_address", "0x3C"),
        lambda tree, address: with_value(tree, address, "display", "i2c_address"),
        lambda tree: (
            tree["display"].get("driver") == "oled"
            and tree["display"].get("interface", "i2c") == "i2c"
        ),
    ),
    _line("dc", mark("GPIO line of the panel's DC")),
    _line("reset", mark("GPIO line of the panel's RST; - if it is not wired")),
    _line("busy", mark("GPIO line of the panel's BUSY")),
)
INPUTS: Sequence[Question] = (
    Question(
        "port",
        mark("Serial port of the register, as in /dev/serial/by-id/...; - if there is none"),
        "inputs",
        lambda tree: register_of(tree).get("port", ""),
        put_port,
    ),
    Question(
        "register",
        mark("What the register sends: serial_line (lines) or escpos_printer (receipts)"),
        "inputs",
        lambda tree: register_of(tree)["driver"],
        put_driver,
        _has_register,
    ),
    Question(
        "baud",
        mark("Bits per second of the register"),
        "inputs",
        lambda tree: register_of(tree).get("baud", "9600"),
        lambda tree, baud: with_register(tree, register_of(tree) | {"baud": baud}),
        _has_register,
    ),
    Question(
        "number",
        mark("How the register writes 1234.56, as in 1.234,56 or 1,234.56"),
        "inputs",
        lambda tree: number_name(register_of(tree).get("number") or {}),
        lambda tree, name: with_register(
            tree,
            register_of(tree)
            | {"number": number_settings(name, register_of(tree).get("number") or {})},
        ),
        _has_numbers,
    ),
    _reply(
        "paid", mark("What the register gets once it is paid, as in OK {amount}; - for nothing")
    ),
    _reply(
        "failed",
        mark("What the register gets if it is not paid, as in NO {outcome}; - for nothing"),
    ),
    Question(
        "scanner",
        mark("Device file of a scanner that types like a keyboard; - if there is none"),
        "inputs",
        scanner_of,
        put_scanner,
    ),
)
SIGNALS: Sequence[Question] = (
    Question(
        "lamps",
        mark("GPIO lines of the lamps, as in red=17 green=27 blue=22; - if there are none"),
        "signals",
        lambda tree: lamps_text(value_at(tree, "signals", "lamps") or {}),
        lambda tree, text: with_value(
            tree,
            lamps_settings(text, value_at(tree, "signals", "lamps") or {}),
            *("signals", "lamps"),
        ),
        _on_gpio,
    ),
    Question(
        "buzzer",
        mark("GPIO line of the buzzer and its kind, as in 18 passive; - if there is none"),
        "signals",
        lambda tree: buzzer_text(value_at(tree, "signals", "buzzer") or {}),
        lambda tree, text: with_value(
            tree,
            buzzer_settings(text, value_at(tree, "signals", "buzzer") or {}),
            *("signals", "buzzer"),
        ),
        _on_gpio,
    ),
)
EVERY = (ADDRESS, *COUNTER, POINT_OF_SALE, *PANEL, *INPUTS, *SIGNALS)


def answered(tree: Tree, answers: Mapping[str, str]) -> Tree:
    """Return the tree with all these answers, by their flags. Raises ValueError."""
    for question in EVERY:
        if question.flag in answers and question.applies(tree):
            tree = question.put(tree, answers[question.flag])
    return tree
