"""The signals of one counter: the lamps and the buzzer, and the voice if there is one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import anyio

from kiosk.base.environment import Environment
from kiosk.base.money import Currency
from kiosk.sale.effects import Show, Signal
from kiosk.signals import SignalsSettings
from kiosk.signals.player import Player

# Seconds. A start imports the panel's library and that of the lamps. Side by side, both would take
# as long as the two after each other; the screen matters more. A slow panel does not hold them up.
PANEL_FIRST = 1.0

if TYPE_CHECKING:
    from kiosk.signals.voice.announcer import Announcer, SaidBefore


class SignalChannels:
    """Plays and says what the sale asks for. Nothing here blocks or fails."""

    def __init__(
        self,
        settings: SignalsSettings,
        language: str,
        currency: Currency,
        environment: Environment,
        journal: SaidBefore,
        report: Callable[[str, str], None],
        panel_started: anyio.Event,
    ) -> None:
        """``report`` is called with "signals" or "voice" and its problem; empty when it works."""
        self._slow_import, self._offload = settings.slow_import, environment.new_thread()
        self._panel_started = panel_started
        self._player = Player(
            settings, clock=environment.wall_clock, on_problem=partial(report, "signals")
        )
        self._announcer: Announcer | None = None
        if settings.voice:
            from kiosk.signals.voice.announcer import Announcer  # noqa: PLC0415 - not without one

            self._announcer = Announcer(
                settings.speaker(language, currency, environment),
                language=language,
                screens=settings.voice.screens,
                journal=journal,
                on_problem=partial(report, "voice"),
            )

    def play(self, effect: Show | Signal) -> None:
        """Play the signal, or say what the panel shows."""
        if isinstance(effect, Signal):
            self._player.play(effect.name)
        elif self._announcer:
            self._announcer.tell(effect)

    def repeat(self) -> None:
        """Say the last result again."""
        if self._announcer:
            self._announcer.repeat()

    async def run(self) -> None:
        """Play and say, for ever."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._play)
            if self._announcer:
                tasks.start_soon(self._announcer.run)

    async def _play(self) -> None:
        """Import the library of the lamps first: it takes long, and would block the event loop."""
        if self._slow_import:
            with anyio.move_on_after(PANEL_FIRST):
                await self._panel_started.wait()
            await self._offload(self._import_library)
        await self._player.run()

    def _import_library(self) -> None:
        with suppress(Exception):  # the player opens the lamps, and says why they do not open
            import_module(self._slow_import)
