"""Signals: the drivers of lamps and buzzer, the patterns, the player, and the voice.

A driver is a file here. ``patterns.py`` has the lights and tones of each signal,
``current_signal.py`` decides which signal is on, and ``player.py`` plays it on the open lamps.
``voice/`` says in words what happened.
"""

# ruff: noqa: PLC0415 - the voice is imported only where one is configured

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from pydantic import Field

from kiosk.base.drivers import DriverSettings
from kiosk.base.environment import Environment
from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.base.parts import PartSymbol, WiredPart
from kiosk.sale.words import Screen
from kiosk.signals.voice.settings import VoiceSettings

if TYPE_CHECKING:
    from kiosk.signals.voice.speaker import Speaker

Lamp = Literal["red", "green", "blue", "white"]


class Lamps(Protocol):
    """Open lamps and a buzzer. Calls return within microseconds; failures are DeviceGone."""

    def begin(self, signal: Screen) -> None:
        """Note that this signal begins now. A fake records it; hardware does nothing."""
        ...

    def light(self, lamp: Lamp, level: float) -> None:
        """Set a lamp to 0 (dark) up to 1 (full). A lamp that is not mounted is ignored."""
        ...

    def tone(self, hertz: float) -> None:
        """Sound the buzzer; 0 is silence. An active buzzer always has the same pitch."""
        ...

    def close(self) -> None:
        """Switch everything off, and close the pins."""
        ...


class SignalsSettings(DriverSettings):
    """What all signal drivers have in common."""

    folder: ClassVar[str] = "kiosk.signals"
    drivers: ClassVar[tuple[str, ...]] = ("gpio", "fake")
    slow_import: ClassVar[str] = ""  # the module that ``open`` imports, if that takes long

    voice: VoiceSettings | None = Field(
        None,
        description=(
            "A voice that says how a sale ended, and its amount. Leave it out if there is none."
        ),
    )

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the voice's loudspeaker; a driver adds its lamps and its buzzer."""
        if not self.voice:
            return ()
        title = _("loudspeaker")
        what = _("loudspeaker, and a USB sound card if the Pi has no socket for it")
        place = f"ALSA {self.voice.device}"
        return (WiredPart("signals.voice", title, PartSymbol.PLUG, place=place, materials=(what,)),)

    @abstractmethod
    def open(self, clock: Callable[[], float]) -> Lamps:
        """Open the pins. Raises DeviceGone if they can't be used. ``clock`` gives seconds."""

    def speaker(self, language: str, currency: Currency, environment: Environment) -> Speaker:
        """Return what makes the sound of the voice."""
        from kiosk.signals.voice.speaker import AlsaSpeaker

        assert self.voice
        return AlsaSpeaker(self.voice, language, currency, environment.new_thread())

    def voice_faults(self, language: str, currency: Currency) -> Iterator[str]:
        """Yield a sentence for each thing that the voice lacks on this computer."""
        if self.voice:
            from kiosk.signals.voice.speaker import speaker_faults

            yield from speaker_faults(self.voice, language, currency)
