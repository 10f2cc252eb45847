"""What a command does with the broker, on virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio
import trio
from trio.testing import MockClock

from kiosk.cli.chain.chain_account import Connect
from kiosk.fleet.viewer.chain_counters import ChainCounters
from kiosk.fleet.viewer.chain_viewer import ChainViewer, viewing
from tests.fleet.viewer.chain import LOGIN, ChainBroker

T = TypeVar("T")


def perform(broker: ChainBroker, act: Callable[[Connect], Awaitable[T]]) -> T:
    """Return what a command finds out at this broker."""

    @asynccontextmanager
    async def connect(counters: ChainCounters) -> AsyncIterator[ChainViewer]:
        async with viewing(broker.open, LOGIN, counters) as viewer:
            yield viewer

    async def run() -> T:
        async with anyio.create_task_group() as tasks:
            await tasks.start(broker.serve)
            result = await act(connect)
            tasks.cancel_scope.cancel()
        return result

    return trio.run(run, clock=MockClock(autojump_threshold=0))
