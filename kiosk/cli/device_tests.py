"""``kiosk test voice`` and ``kiosk test all``, with somebody in front of the counter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path

import typer

from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Money
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.input_check import register, registers, scanner, scanners
from kiosk.cli.panel_check import display, refuse_while_running
from kiosk.cli.signal_check import buzzer, has_buzzer, lights, mounted
from kiosk.cli.voice import say_to_pay
from kiosk.config import Config

# Words that are right in one language only: "veintiún mil", "vinte e um mil e cem". A voice in the
# wrong language is heard at once.
SAMPLE = Decimal(21_100)


def voice(config: Path) -> None:
    """Perform ``kiosk test voice``."""
    settings = load_or_exit(config)
    if not settings.signals.voice:
        fail(
            _("this kiosk has no voice; write signals: {voice: {}} into its configuration"), code=2
        )
    spoken = settings.signals.voice
    source = _("the words in {words}", words=spoken.words) if spoken.words else "espeak-ng"
    typer.echo(_("the sound device {device}, with {source}:", device=spoken.device, source=source))
    say_to_pay(settings, Money(SAMPLE, CURRENCIES[settings.kiosk.currency]))
    typer.echo(
        _("did you hear it? If not, look at the volume: alsamixer; then at the device: aplay -L")
    )


def all_devices(config: Path, seconds: float) -> None:
    """Perform ``kiosk test all``: test each configured device, and go on after a bad one."""
    settings = load_or_exit(config)
    refuse_while_running(settings)
    results = [(name, _is_good(name, test)) for name, test in _tests(config, settings, seconds)]
    for name, good in results:
        said = _("{device}: good", device=name) if good else _("{device}: bad", device=name)
        typer.echo(said)
    if not all(good for _name, good in results):
        raise typer.Exit(1)


def _tests(
    config: Path, settings: Config, seconds: float
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the name and the test of each configured device."""
    yield "display", lambda: display(config)
    if mounted(settings.signals):
        yield "lights", lambda: lights(config)
    if has_buzzer(settings.signals):
        yield "buzzer", lambda: buzzer(config)
    if settings.signals.voice:
        yield "voice", lambda: voice(config)
    for each in scanners(settings):
        yield each.name, partial(scanner, config, each.name, seconds)
    for each in registers(settings):
        yield each.name, partial(register, config, each.name, seconds)


def _is_good(name: str, test: Callable[[], None]) -> bool:
    typer.echo(f"\n{name}")
    try:
        test()
    except typer.Exit:
        return False
    return True
