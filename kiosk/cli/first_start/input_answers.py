"""Answers about the inputs: the register on a serial port, and scanners. Pure."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from kiosk.cli.first_start.answer_forms import reply_template, reply_text

Tree = dict[str, Any]

REGISTERS = ("serial_line", "escpos_printer", "pole_display", "ecr_terminal")
# A label, then an amount: as `kiosk identify` proposes it.
TOTAL = r"(?i)TOTAL\W*(?P<amount>[0-9][0-9., ]*)"


def register_of(tree: Tree) -> Tree:
    """Return the input of the cash register on a serial port: empty if there is none."""
    entries = (each for each in tree["inputs"] if each.get("driver") in REGISTERS)
    return next((each for each in entries if each.get("port")), {})


def with_register(tree: Tree, register: Tree) -> Tree:
    """Return the tree with this register in the place of the old one."""
    old, changed = register_of(tree), deepcopy(tree)
    if old:
        changed["inputs"][tree["inputs"].index(old)] = register
    else:
        changed["inputs"].append(register)
    return changed


def with_input(tree: Tree, entry: Tree) -> Tree:
    """Return the tree with one more input; a known device keeps its settings."""
    changed = deepcopy(tree)
    for key in ("port", "device"):
        known = [each.get(key) for each in tree["inputs"]]
        if entry.get(key) and entry[key] in known:
            at = known.index(entry[key])
            if tree["inputs"][at].get("driver") != entry["driver"]:
                changed["inputs"][at] = entry
            return changed
    changed["inputs"].append(entry)
    return changed


def _with_inputs(tree: Tree, inputs: list[Tree]) -> Tree:
    """Return the tree with these inputs; a counter without one sells through ``kiosk sale``."""
    return tree | {"inputs": inputs or [{"driver": "command"}]}


def new_register(port: str, currency: str) -> Tree:
    """Return a register that prints a total on a line, in the number format of its country."""
    number = {"CLP": {"thousands": "."}}.get(currency, {"decimal": ",", "thousands": "."})
    return {
        "driver": "serial_line",
        "port": port,
        "baud": "9600",
        "number": number,
        "amount": TOTAL,
    }


def put_port(tree: Tree, port: str) -> Tree:
    """Return the tree with the register on this port; without it for no port."""
    old = register_of(tree)
    if port == old.get("port", ""):
        return tree
    if not port:
        return _with_inputs(tree, [each for each in tree["inputs"] if each is not old])
    new = old | {"port": port} if old else new_register(port, tree["kiosk"]["currency"])
    return with_register(tree, new)


def put_driver(tree: Tree, driver: str) -> Tree:
    """Return the tree with this driver for the register, on its port."""
    old = register_of(tree)
    if driver == old["driver"]:
        return tree
    kept = {key: old[key] for key in ("name", "port", "baud", "number") if key in old}
    amount = {"amount": TOTAL} if driver == "serial_line" else {}
    return with_register(tree, {"driver": driver} | kept | amount)


def reply_of(tree: Tree, result: str) -> str:
    """Return what the register gets for this result, as people write it."""
    return reply_text((register_of(tree).get("reply") or {}).get(result, ""))


def put_reply(tree: Tree, result: str, text: str) -> Tree:
    """Return the tree with this reply of the register; without it for no text."""
    if text == reply_of(tree, result):
        return tree
    register = register_of(tree)
    replies = dict(register.get("reply") or {}) | {result: reply_template(text)}
    kept = {key: template for key, template in replies.items() if template}
    others = {key: each for key, each in register.items() if key != "reply"}
    return with_register(tree, others | ({"reply": kept} if kept else {}))


def put_scanner(tree: Tree, device: str) -> Tree:
    """Return the tree with this scanner; without scanners that send keys for no device.

    The device that is there already changes nothing: a scanner may be chosen by ``match`` instead.
    """
    if device == scanner_of(tree):
        return tree
    if not device:
        kept = [each for each in tree["inputs"] if each.get("driver") != "scanner_hid"]
        return _with_inputs(tree, kept)
    return with_input(tree, {"driver": "scanner_hid", "device": device})


def scanner_of(tree: Tree) -> str:
    """Return the device file of the first scanner that sends keys; empty if there is none."""
    devices = (each.get("device") for each in tree["inputs"] if each.get("driver") == "scanner_hid")
    return str(next(filter(None, devices), ""))
