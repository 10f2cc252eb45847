"""How long a connection is kept is learned from those that ended."""

from __future__ import annotations

import pytest
import trio
import trio.testing

from tests.orders.http import counterpart as peers
from tests.orders.http.counterpart import counterpart
from tests.orders.http.test_connection import both_schemes, calls_to, create, requests
from tests.support.dead_paths import needs_linux

pytestmark = [
    pytest.mark.anyio,
    # Real time, in which a test can jump.
    pytest.mark.parametrize(
        "anyio_backend", [("trio", {"clock": trio.testing.MockClock(rate=1.0)})]
    ),
]


def idle_for(seconds: float) -> None:
    clock = trio.lowlevel.current_clock()
    assert isinstance(clock, trio.testing.MockClock)
    clock.jump(seconds)


@needs_linux
@both_schemes
async def test_the_servers_limit_is_undercut_after_the_first_close(scheme: str) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        idle_for(60)
        await peer.hang_up_on_all()
        await create(exchange)
        assert requests(peer) == [1, 1]
        idle_for(59)  # another second, and the request would meet the close
        await create(exchange)
        assert requests(peer) == [1, 1, 1]
        idle_for(57)
        await create(exchange)
        assert requests(peer) == [1, 1, 2]


@needs_linux
async def test_the_silence_after_which_a_router_forgot_is_not_reached_again() -> None:
    async with counterpart() as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        idle_for(100)
        peer.forget_all()
        await create(exchange)
        idle_for(99)
        peer.forget_all()  # nothing is lost this time
        await create(exchange)
        assert requests(peer) == [1, 1, 1]


async def test_a_reading_replaces_a_connection_that_would_end_while_it_is_keyed() -> None:
    async with counterpart() as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        idle_for(236)
        await exchange.warm()
        await peer.until(lambda peer: len(peer.heard) == 2)
        idle_for(4)
        await create(exchange)
        assert requests(peer) == [1, 1]


async def test_one_restart_of_the_server_does_not_make_each_look_connect() -> None:
    async with counterpart(answer=peers.good_then_hang_up) as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        await peer.until(lambda peer: peer.open_now == 0)
        peer.answer = peers.good
        for _ in range(3):
            await create(exchange)
            idle_for(3)
        assert requests(peer) == [1, 3]
