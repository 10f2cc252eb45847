"""What can be wrong in a scenario whose every setting is well-formed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from kiosk.base.language import _
from kiosk.base.money import CURRENCIES
from kiosk.config.fault import ConfigFault, KeyPath, choose, dotted
from kiosk.config.sections import Config
from kiosk.config.yaml_tree import Document
from kiosk.inputs import InputSettings
from kiosk.inputs.button import ButtonSettings
from kiosk.simulator.acts.device_acts import KeyAct, PressAct, ScanAct
from kiosk.simulator.acts.expectation import Step
from kiosk.simulator.acts.which_input import which_input
from kiosk.simulator.twins.wire import other_end
from kiosk.simulator.twins.wire.other_end import CannotDo, OtherEnd
from kiosk.simulator.twins.wire.programs import without_broker

PLUGS = ("panel", "lamps")


class DeviceAtInput:
    """An input and the device at its other end."""

    def __init__(self, settings: InputSettings, config: Config) -> None:
        settings = without_broker(settings)
        self.name, self.settings = settings.name, settings
        self.device: OtherEnd = other_end(settings, CURRENCIES[config.kiosk.currency])
        is_button = isinstance(settings, ButtonSettings)
        self.can = self.device.can | ({"press"} if is_button else set())
        self.presses = settings.presses if isinstance(settings, ButtonSettings) else ""


def check_steps(config: Config, steps: Sequence[Step], document: Document) -> Iterator[ConfigFault]:
    """Yield a fault for each step that this counter can't perform."""
    devices = [DeviceAtInput(each, config) for each in config.inputs]
    for number, step in enumerate(steps):
        path, message = _fault(step, devices)
        if message:
            whole: KeyPath = ("steps", number, step.name, *path)
            place = document.values.get(whole) or document.place(whole)
            yield ConfigFault(place, dotted(whole), message)


def _fault(step: Step, devices: list[DeviceAtInput]) -> tuple[KeyPath, str]:
    """Return where in the step the fault is, and a sentence; empty if there is none."""
    names = [each.name for each in devices]
    match step.name:
        case "send" | "key" | "scan" | "press":
            return _device_fault(step, devices)
        case "unplug" | "plug_in":
            return (), _name_fault(step.value, [*names, *PLUGS])
        case "expect" | "never":
            reply = step.value.reply
            if reply and reply.input:
                return ("reply", "input"), _name_fault(reply.input, names)
    return (), ""


def _name_fault(name: str, names: list[str]) -> str:
    if name in names:
        return ""
    return _(
        "{name!r} is not a part of this counter; {choose}", name=name, choose=choose(name, names)
    )


def _device_fault(step: Step, devices: list[DeviceAtInput]) -> tuple[KeyPath, str]:
    try:
        found = which_input(step, devices)
    except ValueError as error:
        return (("input",) if step.value.input else ()), str(error)
    try:
        match step.value:
            case KeyAct(amount=amount):
                found.device.key(Decimal(amount))
            case ScanAct(code=code):
                found.device.scan(code)
            case PressAct(button=word) if not found.presses:
                found.device.press(word)
    except CannotDo as error:
        return (), str(error)
    return (), ""
