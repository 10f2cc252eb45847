"""``kiosk test``: tries the devices of a counter, with somebody in front of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path

import typer

from kiosk.base.errors import ConfigError, DeviceGone
from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark
from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.input_check import registers, scanners, try_input
from kiosk.cli.panel_check import try_panel
from kiosk.cli.signal_check import has_buzzer, mounted, try_buzzer, try_lamps
from kiosk.cli.status import is_running
from kiosk.cli.trial import DeviceWrong, Person, Technician, Trial
from kiosk.cli.voice import speak, to_pay
from kiosk.config import Config
from kiosk.inputs import InputSettings
from kiosk.signals.voice.sentences import written

# Words that are right in one language only: "veintiún mil", "vinte e um mil e cem". A voice in the
# wrong language is heard at once.
SAMPLE = Decimal(21_100)

_NO_SCANNER = mark("this kiosk has no scanner; write one below inputs in its configuration")
_NO_REGISTER = mark("this kiosk has no register; write one below inputs in its configuration")

ShownTest = Callable[[Person], None]  # raises DeviceWrong, DeviceGone and ConfigError


@frozen
class DeviceTest:
    """The test of a device: ``section`` is where the configuration has it."""

    device: str
    section: str
    perform: ShownTest

    def fault(self, person: Person) -> str:
        """Perform it; return what is wrong, and what to do; empty if the device is right."""
        try:
            self.perform(person)
        except DeviceWrong as wrong:
            return str(wrong)
        except (DeviceGone, ConfigError) as error:
            return f"{self.section}: {error}"
        return ""


def try_one(
    config: Path, device: str, *, name: str = "", seconds: float = 0, as_json: bool = False
) -> None:
    """Perform ``kiosk test`` for one device, such as ``lights``."""
    settings = load_or_exit(config)
    if device != "voice":
        _refuse_while_running(settings)
    test = _chosen(settings, device, name, seconds)
    fault = test.fault(Technician(aside=as_json))
    if as_json:
        _print_json({test.device: fault})
    elif not fault:
        typer.echo(_("{device}: good", device=test.device))
    if fault:
        fail(fault)


def try_all(config: Path, seconds: float, as_json: bool) -> None:
    """Perform ``kiosk test all``: test each configured device, and go on after a bad one."""
    settings = load_or_exit(config)
    _refuse_while_running(settings)
    person, faults = Technician(aside=as_json), {}
    for test in _configured(settings, seconds):
        person.say(f"\n{test.device}")
        if fault := test.fault(person):
            typer.echo(fault, err=True)
        faults[test.device] = fault
    if as_json:
        _print_json(faults)
    else:
        for device, fault in faults.items():
            good, bad = _("{device}: good", device=device), _("{device}: bad", device=device)
            typer.echo(bad if fault else good)
    if any(faults.values()):
        raise typer.Exit(1)


def _print_json(faults: dict[str, str]) -> None:
    devices = [
        {"device": device, "good": not fault, "fault": fault or None}
        for device, fault in faults.items()
    ]
    typer.echo(json.dumps({"good": not any(faults.values()), "devices": devices}))


def _refuse_while_running(settings: Config) -> None:
    """Exit with 1 if the kiosk is running: then its devices can't be opened."""
    if is_running(settings.service.status_file):
        fail(
            _(
                "the kiosk is running and holds its devices; stop it: sudo systemctl stop kiosk; "
                "after the test, start it again: sudo systemctl start kiosk"
            )
        )


def _chosen(settings: Config, device: str, name: str, seconds: float) -> DeviceTest:
    """Return the test of a device; exit with 2 if this counter does not have it."""
    match device:
        case "scanner":
            return _input_test(settings, _one_input(scanners(settings), name, _NO_SCANNER), seconds)
        case "register":
            return _input_test(
                settings, _one_input(registers(settings), name, _NO_REGISTER), seconds
            )
    found = [test for test in _configured(settings, seconds) if test.device == device]
    if not found:
        fail(_absent(device), code=2)
    return found[0]


def _absent(device: str) -> str:
    match device:
        case "lights":
            return _("this kiosk has no lamps; write signals.lamps into its configuration")
        case "buzzer":
            return _(
                "this kiosk has no buzzer, or signals.sound is no; see signals in its configuration"
            )
    return _("this kiosk has no voice; write signals: {voice: {}} into its configuration")


def _one_input(able: Sequence[InputSettings], name: str, absent: str) -> InputSettings:
    if not able:
        fail(_(absent), code=2)
    found = [each for each in able if name in ("", each.name)]
    if len(found) != 1:
        names = ", ".join(each.name for each in able)
        fail(_("which input? Add --input and one of: {names}", names=names), code=2)
    return found[0]


def _input_test(settings: Config, chosen: InputSettings, seconds: float) -> DeviceTest:
    return DeviceTest(chosen.name, chosen.name, partial(try_input, settings, chosen, seconds))


def _configured(settings: Config, seconds: float) -> Iterator[DeviceTest]:
    """Yield the test of each device of this counter."""
    yield DeviceTest("display", "display", lambda person: _expect(try_panel(settings, person)))
    signals = settings.signals
    if mounted(signals):
        yield DeviceTest("lights", "signals", lambda person: _expect(try_lamps(signals, person)))
    if has_buzzer(signals):
        yield DeviceTest("buzzer", "signals", lambda person: _expect(try_buzzer(signals, person)))
    if signals.voice:
        yield DeviceTest("voice", "signals.voice", partial(_try_voice, settings))
    for each in (*scanners(settings), *registers(settings)):
        yield _input_test(settings, each, seconds)


def _expect(wrong: Iterable[Trial]) -> None:
    """Raise DeviceWrong with the advice if something is wrong."""
    if advice := "\n".join(f"  {trial.advice}" for trial in wrong):
        raise DeviceWrong(
            _("not all is right; change this, and run this test again:") + f"\n{advice}"
        )


def _try_voice(settings: Config, person: Person) -> None:
    assert settings.signals.voice
    spoken = settings.signals.voice
    source = _("the words in {words}", words=spoken.words) if spoken.words else "espeak-ng"
    person.say(_("the sound device {device}, with {source}:", device=spoken.device, source=source))
    said = to_pay(settings, Money(SAMPLE, CURRENCIES[settings.kiosk.currency]))
    person.say(written(said))
    speak(settings, said)
    if not person.is_so(_("Did you hear the amount, in the language of the counter?")):
        raise DeviceWrong(
            _("signals.voice: look at the volume: alsamixer; then at the device: aplay -L")
        )
