"""The signals ``gpio``: LEDs and a buzzer on GPIO lines, through gpiozero."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from kiosk.base.gpio_header import gpio_line, line_errors
from kiosk.base.parts import WiredPart
from kiosk.base.permissions import GPIO, Permissions
from kiosk.base.settings import Pin, Settings, YesNo
from kiosk.sale.words import Screen
from kiosk.signals import Lamp, SignalsSettings
from kiosk.signals.circuits import buzzer_part, lamp_parts

if TYPE_CHECKING:
    from gpiozero import OutputDevice


class LampSettings(Settings):
    """One LED, or one colour of an RGB LED."""

    pin: Pin = Field(description="The GPIO line, by its BCM number.")
    inverted: YesNo = Field(
        False, description="yes if the LED is on when the line is low, as with a common anode."
    )
    pwm: YesNo = Field(
        True, description="no for a lamp that can't be dimmed, such as one on a relay."
    )


class LampsSettings(Settings):
    """The lamps that are mounted. An RGB LED counts as three."""

    red: LampSettings | None = Field(
        None, description="Refused, canceled, expired, out of service."
    )
    green: LampSettings | None = Field(None, description="Paid.")
    blue: LampSettings | None = Field(None, description="Scan the QR.")
    white: LampSettings | None = Field(None, description="Ready, and working.")

    def mounted(self) -> Iterator[tuple[Lamp, LampSettings]]:
        """Yield the mounted lamps and their settings."""
        lamps: tuple[Lamp, ...] = ("red", "green", "blue", "white")
        for lamp in lamps:
            if settings := getattr(self, lamp):
                yield lamp, settings


class BuzzerSettings(Settings):
    """A buzzer: an active one has one fixed tone, a passive one plays melodies."""

    pin: Pin = Field(description="The GPIO line, by its BCM number.")
    kind: Literal["active", "passive"] = Field(
        "active", description="active: it sounds on direct current. passive: a small loudspeaker."
    )
    inverted: YesNo = Field(False, description="yes if it sounds when the line is low.")


class GpioSignalsSettings(SignalsSettings):
    """LEDs and a buzzer on GPIO lines."""

    slow_import: ClassVar[str] = "gpiozero"

    driver: Literal["gpio"] = Field("gpio", description="LEDs and a buzzer on GPIO lines.")
    lamps: LampsSettings = Field(LampsSettings(), description="The lamps that are mounted.")
    buzzer: BuzzerSettings | None = Field(
        None, description="The buzzer. Leave it out if there is none."
    )
    sound: YesNo = Field(True, description="no keeps the buzzer silent.")

    def permissions(self) -> Permissions:
        """Return the permissions that it needs."""
        return GPIO | self.voice.permissions() if self.voice else GPIO

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires."""
        buzzer = (buzzer_part(self.buzzer),) if self.buzzer else ()
        return (*lamp_parts(self.lamps.mounted()), *buzzer, *super().parts())

    def open(self, clock: Callable[[], float]) -> GpioLamps:  # noqa: ARG002 - only the fake uses it
        """Open the lines. Raises DeviceGone."""
        return GpioLamps(self)


class GpioLamps:
    """Open GPIO lines: see ``kiosk.signals.Lamps``."""

    def __init__(self, settings: GpioSignalsSettings) -> None:
        self._lamps: dict[Lamp, OutputDevice] = {}
        self._buzzer: OutputDevice | None = None
        with ExitStack() as opened:  # if one line fails, close the others
            opened.callback(self.close)
            for lamp, wiring in settings.lamps.mounted():
                self._lamps[lamp] = _output(wiring, pwm=wiring.pwm)
            if settings.buzzer and settings.sound:
                self._buzzer = _output(settings.buzzer, pwm=settings.buzzer.kind == "passive")
            opened.pop_all()

    def begin(self, signal: Screen) -> None:
        """Do nothing: hardware keeps no record."""

    def light(self, lamp: Lamp, level: float) -> None:
        """Set a lamp; one that can't be dimmed is on from level 0.5."""
        if device := self._lamps.get(lamp):
            with line_errors(_line(device)):
                device.value = level if _is_pwm(device) else level >= 0.5

    def tone(self, hertz: float) -> None:
        """Sound the buzzer; a passive one with this pitch."""
        if device := self._buzzer:
            with line_errors(_line(device)):
                if hertz and _is_pwm(device):
                    device.frequency = hertz
                device.value = 0.5 if hertz and _is_pwm(device) else bool(hertz)

    def close(self) -> None:
        """Switch everything off, and close the lines."""
        buzzers = [self._buzzer] if self._buzzer else []
        for device in [*self._lamps.values(), *buzzers]:
            with suppress(Exception):  # the device may have failed already
                device.off()
            with suppress(Exception):
                device.close()


def _output(wiring: LampSettings | BuzzerSettings, *, pwm: bool) -> OutputDevice:
    with gpio_line(wiring.pin) as gpiozero:
        kind = gpiozero.PWMOutputDevice if pwm else gpiozero.DigitalOutputDevice
        return kind(wiring.pin, active_high=not wiring.inverted)


def _line(device: OutputDevice) -> int:
    return int(device.pin.info.name.removeprefix("GPIO"))


def _is_pwm(device: OutputDevice) -> bool:
    return hasattr(device, "frequency")
