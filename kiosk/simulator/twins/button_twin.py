"""The twin of a button: a press changes the level of a mock pin in the daemon's process."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.base.language import _
from kiosk.base.money import Currency
from kiosk.inputs.button import ButtonSettings
from kiosk.simulator.twins.daemon_control import press_command
from kiosk.simulator.twins.twin import Twin
from kiosk.simulator.twins.wire.other_end import CannotDo


class ButtonTwin(Twin):
    """A button on a mock pin of the daemon's process. ``tell`` sends the daemon a command."""

    def __init__(
        self,
        settings: ButtonSettings,
        currency: Currency,
        clock: Callable[[], float],
        tell: Callable[[bytes], None],
    ) -> None:
        super().__init__(settings, currency, clock)
        self._button, self._tell = settings, tell

    @property
    def can(self) -> frozenset[str]:
        """Return the press alone."""
        return frozenset({"press"})

    @property
    def presses(self) -> str:
        """Return what a press does."""
        return self._button.presses

    @property
    def words(self) -> tuple[str, ...]:
        """Return the only word."""
        return (self._button.presses,)

    @property
    def place(self) -> str:
        """Return the GPIO line."""
        return f"GPIO{self._button.pin}"

    def press(self, word: str = "") -> bytes:
        """Press it. No bytes are sent: the level of a line changes."""
        if word not in ("", *self.words):
            raise CannotDo(
                _(
                    "{name} is the button for {presses}, not for {word!r}",
                    name=self.name,
                    presses=self._button.presses,
                    word=word,
                )
            )
        self._tell(press_command(self._button.pin, active_low=self._button.pull == "up"))
        self._note(b"", to_kiosk=True)
        return b""

    def _fixed_amount(self) -> str | None:
        return None if self._button.amount is None else f"{self._button.amount:f}"
