"""Performs acts at the visible counter: at its inputs, its plugs, its power and its clock."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import anyio

from kiosk.base.language import _
from kiosk.simulator.acts.act import Act, PersonAct
from kiosk.simulator.acts.device_acts import KeyAct, PressAct, ScanAct, SendAct, sent
from kiosk.simulator.acts.which_input import which_input
from kiosk.simulator.bench.journal_table import JournalTable
from kiosk.simulator.outside import Outside
from kiosk.simulator.twins.counter import LampsTwin, PanelTwin, SimulatedCounter
from kiosk.simulator.twins.daemon_process import DaemonProcess
from kiosk.simulator.twins.twin import Twin
from kiosk.simulator.twins.wire.other_end import CannotDo

PERSON_WAITS = 90.0  # seconds for a command of a person
_DEVICE_ACTS = SendAct | KeyAct | ScanAct | PressAct


class ActsAtCounter:
    """Performs each act of ``kiosk.simulator.acts``."""

    def __init__(
        self,
        counter: SimulatedCounter,
        daemon: DaemonProcess,
        outside: Outside,
        commands: PersonsCommands,
    ) -> None:
        self._counter, self._daemon = counter, daemon
        self._outside, self._commands = outside, commands

    async def perform(self, act: Act) -> str:
        """Perform it; return a sentence for the person, or an empty text.

        Raises CannotDo, KioskIsOff or NotPayable.
        """
        match act.value:
            case SendAct() | KeyAct() | ScanAct() | PressAct() as value:
                self._at_input(act, value)
            case PersonAct() as value:
                return await self._commands.give(value)
            case value if act.name in ("payer", "network", "service"):
                self._outside.perform(act)
            case value if act.name in ("unplug", "plug_in"):
                self._plug(value, plugged=act.name == "plug_in")
            case dict() as changes:
                self._counter.edit(changes)
                self._daemon.reload()
            case value if act.name == "power":
                self._daemon.power(value == "on")
            case value if act.name == "clock":
                self._daemon.change_speed(float(value))
        return ""

    def _at_input(self, act: Act, value: _DEVICE_ACTS) -> None:
        try:
            device = which_input(act, self._counter.twins.values())
        except ValueError as error:
            raise CannotDo(str(error)) from None
        match value:
            case KeyAct(amount=amount):
                device.key(Decimal(amount))
            case ScanAct(code=code):
                device.scan(code)
            case PressAct(button=button):
                device.press(button)
            case SendAct():
                device.send(sent(value))

    def _plug(self, name: str, *, plugged: bool) -> None:
        parts: dict[str, PanelTwin | LampsTwin | Twin] = {
            "panel": self._counter.panel,
            "lamps": self._counter.lamps,
            **self._counter.twins,
        }
        if name not in parts:
            known = ", ".join(parts)
            raise CannotDo(
                _("{name} has no plug here; choose from {known}", name=name, known=known)
            )
        parts[name].plug_in() if plugged else parts[name].unplug()


class PersonsCommands:
    """The commands that a person gives in a terminal, with the real ``kiosk orders``."""

    def __init__(self, config_file: Path, environ: Mapping[str, str], table: JournalTable) -> None:
        self._config_file, self._environ, self._table = config_file, environ, table

    async def give(self, act: PersonAct) -> str:
        """Give the command; return what it prints. Raises CannotDo."""
        words = ["orders", *self._words(act, self._reference(act.sale)), "--config"]
        command = [sys.executable, "-m", "kiosk", *words, str(self._config_file)]
        with anyio.move_on_after(PERSON_WAITS) as limit:
            done = await anyio.run_process(command, check=False, env=self._environ)
        if limit.cancelled_caught:
            raise CannotDo(_("the command did not end in time; see kiosk status"))
        said = (done.stdout + done.stderr).decode(errors="replace").strip()
        if done.returncode:
            raise CannotDo(said)
        return said

    def _words(self, act: PersonAct, reference: str) -> list[str]:
        if act.settles:
            return ["settle", reference, "--as", act.settles, "--note", act.note]
        return ["refund" if act.does == "refunds" else "cancel", reference]

    def _reference(self, number: int | None) -> str:
        """Return the reference of a sale: 1 is the oldest of this run, None the newest."""
        references = [str(row[0]) for row in self._table.rows]
        index = 0 if number is None else len(references) - number
        if not 0 <= index < len(references):
            raise CannotDo(_("there is no such sale yet"))
        return references[index]
