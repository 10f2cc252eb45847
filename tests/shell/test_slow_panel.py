"""A panel that needs many seconds for each picture: what the payer sees, and when."""

from __future__ import annotations

from pathlib import Path

import anyio

from kiosk.display.fake import FakePanelSettings
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.shell.panel_counter import AMOUNT, IDLE, PAID, Counter, play, scan_me


class SlowPaper(FakePanelSettings):
    """Three-colour e-paper: a refresh takes 15 s, and every picture stays for 5 s."""

    @property
    def redraw_every(self) -> float:
        return float("inf")

    @property
    def pause_after_picture(self) -> float:
        return 5.0

    @property
    def working_screen_delay(self) -> float:
        return 10.0


def test_slow_paper_shows_each_result_within_two_refreshes_and_nothing_between(
    tmp_path: Path,
) -> None:
    """The sale: read at 0 s, its order at 1 s, paid at 30 s, idle again at 38 s."""
    counter = Counter(tmp_path, work_takes=15, kind=SlowPaper)
    seen: list[tuple[float, Screen]] = []

    async def watch() -> None:
        while True:
            shown = counter.display.shown
            if shown and shown.screen not in [screen for _, screen in seen[-1:]]:
                seen.append((anyio.current_time(), shown.screen))
            await anyio.sleep(1)

    async def story() -> None:
        async with counter.running(), anyio.create_task_group() as tasks:
            tasks.start_soon(watch)
            counter.display.show(IDLE)
            await anyio.sleep(60)
            started = anyio.current_time()
            seen.clear()
            for show, wait in (
                (Show(Screen.WORKING, AMOUNT), 1), (scan_me(started + 300, started), 29), (PAID, 8),
                (IDLE, 60),
            ):  # fmt: skip
                counter.display.show(show)
                await anyio.sleep(wait)
            tasks.cancel_scope.cancel()
            times = [(round(at - started), screen) for at, screen in seen]
            assert [screen for _, screen in times if screen is not Screen.IDLE] == [
                Screen.SCAN_ME,
                Screen.PAID,
            ]
            at = {screen: when for when, screen in times}
            assert at[Screen.SCAN_ME] <= 1 + 16
            assert at[Screen.PAID] - 30 <= 2 * 15
            assert at[Screen.IDLE] - at[Screen.PAID] >= 5

    play(story)


def test_slow_paper_is_never_refreshed_for_the_time_left(tmp_path: Path) -> None:
    counter = Counter(tmp_path, work_takes=15, kind=SlowPaper)

    async def story() -> None:
        async with counter.running():
            counter.display.show(scan_me(300.0))
            await anyio.sleep(299)
            assert len(counter.frames()) == 1

    play(story)
