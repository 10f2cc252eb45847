"""The clock of a simulation: it may run faster, but it never jumps."""

from __future__ import annotations

import anyio
import pytest
from trio.testing import MockClock

from kiosk.simulator.twins.pace import Pace, Tempo


class Computer:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_change_of_the_speed_moves_neither_clock() -> None:
    computer = Computer()
    pace = Pace(lambda: 1_000_000.0, computer)
    computer.now += 10
    pace.speed = 60
    assert (pace.now(), pace.clock()) == (110.0, 1_000_010.0)
    computer.now += 2
    assert (pace.now(), pace.clock()) == (230.0, 1_000_130.0)
    pace.speed = 1
    computer.now += 5
    assert (pace.now(), pace.clock()) == (235.0, 1_000_135.0)


def test_two_processes_at_the_same_tempo_have_the_same_time() -> None:
    computer = Computer()
    bench, daemon = Pace(lambda: 5.0, computer), Pace(lambda: 77.0, computer)
    bench.speed = 7
    daemon.take(Tempo.of(bench.tempo.as_text()))
    computer.now += 3
    assert (bench.now(), bench.clock()) == (daemon.now(), daemon.clock())


@pytest.mark.parametrize("speed", [0, 0.5, 61, -1, float("nan")])
def test_the_clock_runs_one_to_sixty_times_as_fast(speed: float) -> None:
    with pytest.raises(ValueError, match="1 to 60 times"):
        Pace().speed = speed


def test_who_sleeps_wakes_earlier_when_the_clock_begins_to_run() -> None:
    async def run() -> None:
        began = anyio.current_time()
        pace = Pace(monotonic=anyio.current_time)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(pace.sleep, 600)
            await anyio.sleep(60)
            pace.speed = 60
        assert anyio.current_time() == pytest.approx(began + 60 + 9)

    anyio.run(run, backend="trio", backend_options={"clock": MockClock(autojump_threshold=0)})
