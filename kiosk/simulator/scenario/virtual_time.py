"""Virtual time: a run in which an hour takes a moment, and which goes the same way each time."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import trio
import trio.lowlevel
import trio.testing
from trio._core import _run

T = TypeVar("T")

EPOCH = 1_800_000_000.0
"""The wall clock at the start of a run, in Unix seconds."""


def wall_clock() -> float:
    """Return the time of this run, in Unix seconds."""
    return EPOCH + trio.current_time()


def run_exactly(seed: int, main: Callable[..., Awaitable[T]], *args: Any) -> T:
    """Run on virtual time. The same seed gives the same order of all steps.

    trio shuffles the tasks that are ready to run, on purpose. Its own tests and hypothesis seed
    that shuffle in this way.
    """
    random.seed(seed)  # the jitter of the pauses before a device is opened again
    _run._ALLOW_DETERMINISTIC_SCHEDULING = True  # type: ignore[misc]
    _run._r.seed(seed)
    return trio.run(main, *args, clock=trio.testing.MockClock(autojump_threshold=0))


class Hangs(Exception):
    """The call does not return."""


async def in_place(work: Callable[[], T]) -> T:
    """Do blocking work at once: an Offload without a thread, whose time would be real."""
    await trio.lowlevel.checkpoint()
    try:
        result = work()
    except Hangs:
        await trio.sleep_forever()
    await trio.lowlevel.checkpoint()
    return result
