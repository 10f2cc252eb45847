"""A counter with a fake panel on virtual time, for the tests of the worker."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import anyio
from PIL import Image
from trio.testing import MockClock

from kiosk.base.money import Money
from kiosk.display.fake import FakePanelSettings
from kiosk.display.screens.canvas import Canvas
from kiosk.display.screens.draw import draw
from kiosk.sale.effects import Show
from kiosk.sale.events import Event, QrShown
from kiosk.sale.words import Screen
from kiosk.shell.panel_worker import PanelWorker
from tests.display.reading import argentina

T = TypeVar("T")

AMOUNT = Money.of("1234.56", "ARS")
IDLE, PAID = Show(Screen.IDLE), Show(Screen.PAID, AMOUNT, "R-8F3K2Q")


def scan_me(until: float | None = None, begun: float = 0.0, qr_data: str = "") -> Show:
    return Show(Screen.SCAN_ME, AMOUNT, "R", qr_data or argentina(), begun, until)


@dataclass
class Counter:
    """A counter with a fake panel whose work takes virtual time."""

    folder: Path
    size: str = "250x122"
    work_takes: float = 0.0
    kind: type[FakePanelSettings] = FakePanelSettings
    language: str = "es"
    more: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[float, Event]] = field(default_factory=list)  # about faults
    qr_shown_at: list[float] = field(default_factory=list)
    jobs: int = 0

    def __post_init__(self) -> None:
        self.switch = self.folder / "unplugged"
        self.frames_folder = self.folder / "frames"
        self.settings = self.kind.model_validate(
            {
                "driver": "fake",
                "size": self.size,
                "frames": str(self.frames_folder),
                "fail_while": str(self.switch),
                **self.more,
            }
        )
        self.display = PanelWorker(
            self.settings,
            language=self.language,
            shop="Rosa",
            offload=self.offload,
            deliver=self.deliver,
        )

    async def offload(self, work: Callable[[], T], /) -> T:
        self.jobs += 1
        try:
            return work()
        finally:
            with anyio.CancelScope(shield=True):  # a thread's job is waited for
                await anyio.sleep(self.work_takes)

    async def deliver(self, event: Event) -> None:
        if isinstance(event, QrShown):
            self.qr_shown_at.append(anyio.current_time())
        else:
            self.heard.append((anyio.current_time(), event))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.display.run)
            yield
            tasks.cancel_scope.cancel()

    def frames(self) -> list[Image.Image]:
        return [Image.open(file).copy() for file in sorted(self.frames_folder.glob("*.png"))]

    def picture(self, show: Show, now: float = 0.0) -> Image.Image:
        size, surface = self.settings.pixels, self.settings.surface
        canvas = Canvas(size, "es", "Rosa", surface, pitch=self.settings.pitch)
        return draw(show, canvas, now)

    def shows(self, *expected: Show) -> bool:
        """Return whether the frames so far are exactly these."""
        return pixels(self.frames()) == pixels([self.picture(show) for show in expected])

    def events(self) -> list[type[Event]]:
        return [type(event) for _, event in self.heard]


def pixels(frames: list[Image.Image]) -> list[bytes]:
    return [frame.convert("L").tobytes() for frame in frames]


def play(story: Callable[[], Awaitable[None]]) -> None:
    clock = MockClock(autojump_threshold=0)
    anyio.run(story, backend="trio", backend_options={"clock": clock})
