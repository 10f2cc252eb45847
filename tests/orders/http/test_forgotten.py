"""A router forgets the connection: the same request goes out again at once, on a new one."""

from __future__ import annotations

from functools import partial

import anyio
import pytest

from kiosk.base.errors import OutcomeUnknown
from kiosk.orders.http.connection import MOST_COPIES
from tests.orders.http import counterpart as peers
from tests.orders.http.counterpart import Counterpart, counterpart
from tests.orders.http.test_connection import both_schemes, calls_to, create, requests
from tests.support.dead_paths import needs_linux, remember

pytestmark = [pytest.mark.anyio, needs_linux]


def served(peer: Counterpart) -> list[int]:
    """Return how many requests came in on each connection that got any.

    On a busy computer, a look at the path may change its mind: a connection is opened and not used.
    """
    return [count for count in requests(peer) if count]


@both_schemes
async def test_the_same_key_and_bytes_go_out_on_a_new_connection(scheme: str) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        peer.forget_all()
        assert (await create(exchange)).status == 201
        assert served(peer) == [1, 1]
        assert peer.heard[0] == peer.heard[-1]
        await create(exchange)
        assert served(peer) == [1, 2]


@both_schemes
async def test_a_connection_that_was_opened_ahead_and_never_used(scheme: str) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        await exchange.warm()
        await peer.until(lambda peer: len(peer.streams) == 1)
        peer.forget_all()
        await create(exchange)
        assert requests(peer)[0] == 0
        assert served(peer) == [1]


@both_schemes
async def test_a_look_is_asked_again_too(scheme: str) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        peer.forget_all()
        assert (await exchange.send("GET", "/v1/orders/ORD1")).is_good
        assert bytes(peer.heard[1]).startswith(b"GET /v1/orders/ORD1 ")


@both_schemes
async def test_a_server_that_is_only_slow_gets_the_request_once(scheme: str) -> None:
    async with counterpart(scheme, peers.slow) as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        await create(exchange)
        assert requests(peer) == [2]


@both_schemes
async def test_the_new_connection_is_forgotten_as_well(scheme: str) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        peer.forget_all()
        peer.forgets_first = 2
        assert (await create(exchange)).status == 201
        assert served(peer) == [1, 1]
        assert len(peer.heard) >= 3
        assert peer.heard[0] == peer.heard[-1]


async def test_a_network_that_forgets_every_connection_gets_three_copies() -> None:
    calls = partial(calls_to, connect=3, read=0.5)
    async with counterpart() as peer, calls(peer.url) as exchange:
        peer.forgets_first = 99
        with pytest.raises(OutcomeUnknown):
            await create(exchange)
        assert requests(peer) == [0] * MOST_COPIES


async def test_where_no_other_connection_comes_about_the_outcome_is_unknown() -> None:
    calls = partial(calls_to, connect=3, read=0.5)
    async with counterpart() as peer, calls(peer.url) as exchange:
        await create(exchange)
        peer.forget_all()
        peer.ignore_new()
        with pytest.raises(OutcomeUnknown):
            await create(exchange)


async def test_a_lost_segment_that_tcp_repeats_is_no_second_request() -> None:
    async with counterpart("https") as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        peer.forget_all()
        peer.may_shake_hands = anyio.Event()  # the other connection is not open yet
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(create, exchange)
            await peer.until(lambda peer: len(peer.heard) == 2)
            remember(peer.sockets[0])
        peer.may_shake_hands.set()
        assert requests(peer) == [2, 0]
        await peer.until(lambda peer: peer.open_now == 1)


async def test_a_call_that_is_given_up_while_another_connection_opens_leaves_nothing() -> None:
    async with counterpart("https") as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        peer.forget_all()
        peer.may_shake_hands = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(create, exchange)
            await peer.until(lambda peer: len(peer.heard) == 2)
            tasks.cancel_scope.cancel()
        peer.may_shake_hands.set()
        await create(exchange)
        assert served(peer) == [1, 1]


@both_schemes
async def test_a_kept_connection_that_meets_its_end_is_replaced_at_once(scheme: str) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        peer.answer = hang_up_once(peer)
        assert (await create(exchange)).status == 201
        assert requests(peer) == [2, 1]
        assert bytes(peer.heard[0]) == bytes(peer.heard[1]) * 2


def hang_up_once(peer: Counterpart) -> peers.Answer:
    async def answer(stream: anyio.abc.ByteStream) -> None:
        peer.answer = peers.good
        await peers.hang_up(stream)

    return answer


async def test_a_path_that_dies_after_the_request_arrived_does_not_last_the_read_time_out() -> None:
    async with counterpart() as peer, calls_to(peer.url, read=60) as exchange:
        await create(exchange)
        peer.answer = goes_dead_once(peer)
        assert (await create(exchange)).status == 201
        assert requests(peer) == [2, 1]


def goes_dead_once(peer: Counterpart) -> peers.Answer:
    async def answer(stream: anyio.abc.ByteStream) -> None:
        peer.answer = peers.good
        peer.forget_all()
        await peers.silence(stream)

    return answer


async def test_a_conflict_of_the_second_copy_is_no_refusal() -> None:
    """The first copy may have arrived, and may be what the second one is in conflict with."""
    async with counterpart() as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        peer.answer = peers.conflict
        assert (await create(exchange)).status == 409
        peer.forget_all()
        with pytest.raises(OutcomeUnknown, match="sent twice"):
            await create(exchange)
