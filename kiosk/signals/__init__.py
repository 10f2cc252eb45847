"""Signals: lamps and buzzer (drivers), and patterns (pure, what they play)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Literal, Protocol

from kiosk.base.permissions import NOTHING, Permissions
from kiosk.base.settings import Settings
from kiosk.sale.words import Screen

Lamp = Literal["red", "green", "blue", "white"]


class Lamps(Protocol):
    """Open lamps and a buzzer. Calls return within microseconds; they raise DeviceGone."""

    def begin(self, signal: Screen) -> None:
        """Note that this signal begins now (a fake records it; hardware does nothing)."""
        ...

    def light(self, lamp: Lamp, level: float) -> None:
        """Set a lamp, 0 (dark) to 1 (full). A lamp that is not mounted is ignored."""
        ...

    def tone(self, hertz: float) -> None:
        """Sound the buzzer; 0 is silence. An active buzzer has one pitch of its own."""
        ...

    def close(self) -> None:
        """All dark and silent, and let go of the pins."""
        ...


class SignalsSettings(Settings):
    """What all signal drivers have in common."""

    @abstractmethod
    def open(self, clock: Callable[[], float]) -> Lamps:
        """Open the pins; raises DeviceGone when they are not there. ``clock`` gives seconds."""

    def permissions(self) -> Permissions:
        """Return what it needs of the system; each driver says so in its own file."""
        return NOTHING
