"""The line to the service over real sockets: when it opens, how long it is kept, how it breaks."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import anyio
import pytest
import trio
import trio.testing
from pydantic import SecretStr

from kiosk.base.errors import NotSent, OutcomeUnknown
from kiosk.orders.http.connection import FRESH_FOR, KeptConnection
from kiosk.orders.http.exchange import Exchange, HttpAnswer
from tests.orders.http import counterpart as peers
from tests.orders.http.counterpart import Counterpart, certificates, counterpart
from tests.orders.support import KEY, TOKEN, client

pytestmark = pytest.mark.anyio

both_schemes = pytest.mark.parametrize("scheme", ["http", "https"])
on_a_still_clock = pytest.mark.parametrize(
    "anyio_backend", [("trio", {"clock": trio.testing.MockClock()})]
)


@asynccontextmanager
async def calls_to(
    url: str, *, trust: ssl.SSLContext | None = None, connect: float = 4, read: float = 4
) -> AsyncIterator[Exchange]:
    line = KeptConnection(url, connect_timeout=connect, certificates=trust or certificates())
    exchange = Exchange(url, SecretStr(TOKEN), line, connect_timeout=connect, read_timeout=read)
    try:
        yield exchange
    finally:
        await exchange.aclose()


async def create(exchange: Exchange) -> HttpAnswer:
    return await exchange.send("POST", "/v1/orders", key=KEY, body=b'{"a":1}')


def requests(peer: Counterpart) -> list[int]:
    """Return how many requests came in on each connection."""
    return [heard.count(b"POST /v1/orders") for heard in peer.heard]


@both_schemes
async def test_calls_one_after_another_use_one_connection(scheme: str) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        for _ in range(3):
            assert (await create(exchange)).status == 201
        assert requests(peer) == [3]


@both_schemes
async def test_warming_opens_the_connection_says_nothing_and_the_create_uses_it(
    scheme: str,
) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        await exchange.warm()
        await peer.until(lambda peer: len(peer.heard) == 1)
        await anyio.wait_all_tasks_blocked()  # TLS 1.3: the server's tickets are on their way
        assert bytes(peer.heard[0]) == b""
        await create(exchange)
        assert requests(peer) == [1]
        assert bytes(peer.heard[0]).startswith(b"POST /v1/orders HTTP/1.1\r\n")


@both_schemes
async def test_one_connection_is_enough(scheme: str) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        await exchange.warm()
        await exchange.warm()
        await create(exchange)
        await exchange.warm()
        await create(exchange)
        assert requests(peer) == [2]


async def test_a_create_waits_for_the_connection_that_is_being_opened() -> None:
    async with counterpart("https") as peer, calls_to(peer.url) as exchange:
        peer.may_shake_hands = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(exchange.warm)
            await peer.until(lambda peer: len(peer.heard) == 1)
            tasks.start_soon(create, exchange)
            await anyio.wait_all_tasks_blocked()
            peer.may_shake_hands.set()
        assert requests(peer) == [1]


async def test_warming_that_is_given_up_leaves_nothing_behind() -> None:
    async with counterpart("https") as peer, calls_to(peer.url) as exchange:
        peer.may_shake_hands = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(exchange.warm)
            await peer.until(lambda peer: len(peer.heard) == 1)
            tasks.cancel_scope.cancel()
        peer.may_shake_hands.set()
        await create(exchange)
        assert requests(peer) == [0, 1]
        await peer.until(lambda peer: peer.open_now == 1)


@on_a_still_clock
async def test_a_connection_opened_long_before_the_sale_is_replaced() -> None:
    async with counterpart() as peer, calls_to(peer.url) as exchange:
        await exchange.warm()
        clock = trio.lowlevel.current_clock()
        assert isinstance(clock, trio.testing.MockClock)
        clock.jump(FRESH_FOR + 1)
        await create(exchange)
        assert [bytes(heard[:4]) for heard in peer.heard] == [b"", b"POST"]


@both_schemes
async def test_a_connection_that_the_server_closed_while_it_was_idle_is_replaced(
    scheme: str,
) -> None:
    async with counterpart(scheme, peers.good_then_hang_up) as peer, calls_to(peer.url) as exchange:
        for sale in (1, 2, 3):
            await create(exchange)
            await peer.until(lambda peer: peer.open_now == 0)
            assert requests(peer) == [1] * sale


@both_schemes
async def test_a_connection_opened_ahead_that_the_server_closed_is_replaced(scheme: str) -> None:
    async with counterpart(scheme) as peer, calls_to(peer.url) as exchange:
        await exchange.warm()
        await peer.until(lambda peer: len(peer.heard) == 1)
        await peer.hang_up_on_all()
        await create(exchange)
        assert requests(peer) == [0, 1]


async def test_warming_after_the_server_closed_the_kept_connection_opens_the_next() -> None:
    async with counterpart(answer=peers.good_then_hang_up) as peer, calls_to(peer.url) as exchange:
        await create(exchange)
        await peer.until(lambda peer: peer.open_now == 0)
        await exchange.warm()
        await peer.until(lambda peer: peer.open_now == 1)
        await create(exchange)
        assert requests(peer) == [1, 1]


async def test_closing_closes_a_connection_that_nobody_used() -> None:
    async with counterpart() as peer:
        async with calls_to(peer.url) as exchange:
            await exchange.warm()
            await peer.until(lambda peer: peer.open_now == 1)
        await peer.until(lambda peer: peer.open_now == 0)


async def test_nobody_there_is_not_sent_and_warming_never_complains() -> None:
    async with counterpart() as peer:
        url = peer.url
    async with calls_to(url) as exchange:
        await exchange.warm()
        with pytest.raises(NotSent, match=r"can't reach 127\.0\.0\.1:.*; check the network"):
            await create(exchange)


async def test_a_name_that_does_not_resolve_is_not_sent() -> None:
    nowhere = "a" * 64 + ".localhost"  # longer than a name's part may be: no resolver asks on
    async with calls_to(f"https://{nowhere}") as exchange:
        await exchange.warm()
        with pytest.raises(NotSent):
            await create(exchange)


async def test_a_stranger_with_a_certificate_of_his_own_hears_nothing() -> None:
    distrust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    async with counterpart("https") as peer, calls_to(peer.url, trust=distrust) as exchange:
        await exchange.warm()
        with pytest.raises(NotSent, match="certificate"):
            await create(exchange)
        assert requests(peer) == [0, 0]


async def test_a_certificate_that_is_not_yet_valid_points_at_this_computers_clock() -> None:
    trust = certificates(pem=peers.FROM_2090)
    async with counterpart("https") as peer, calls_to(peer.url, trust=trust) as exchange:
        peer.pem = peers.FROM_2090
        with pytest.raises(NotSent, match=r"not yet valid.*; check this computer's clock"):
            await create(exchange)


async def test_a_server_that_speaks_no_tls_hears_nothing() -> None:
    async with counterpart() as peer:
        url = peer.url.replace("http://", "https://")
        peer.answer = peers.no_http
        async with calls_to(url, connect=0.3) as exchange:
            with pytest.raises(NotSent):
                await create(exchange)
        assert requests(peer) == [0]


async def test_a_server_that_falls_out_of_tls_leaves_the_outcome_unknown() -> None:
    async with counterpart("https", peers.plain_text) as peer, calls_to(peer.url) as exchange:
        with pytest.raises(OutcomeUnknown, match="ReadError"):
            await create(exchange)


async def test_a_handshake_that_stands_still_is_not_sent() -> None:
    async with counterpart("https") as peer, calls_to(peer.url, connect=0.1) as exchange:
        peer.may_shake_hands = anyio.Event()
        with pytest.raises(NotSent, match="no connection in time"):
            await create(exchange)
        peer.may_shake_hands.set()
        await peer.until(lambda peer: peer.open_now == 0)


@both_schemes
@pytest.mark.parametrize(
    "answer",
    [
        peers.hang_up,
        peers.silence,
        peers.half_a_head,
        peers.half_a_body,
        peers.no_http,
        peers.flood,
    ],
)
async def test_a_request_that_was_heard_but_not_answered_leaves_the_outcome_unknown(
    scheme: str, answer: peers.Answer
) -> None:
    calls = partial(calls_to, connect=3, read=0.3)
    async with counterpart(scheme, answer) as peer, calls(peer.url) as exchange:
        with pytest.raises(OutcomeUnknown):
            await create(exchange)
        assert requests(peer) == [1]
        peer.answer = peers.good
        assert (await create(exchange)).status == 201
        assert requests(peer) == [1, 1]


async def test_an_answer_that_drips_is_not_waited_for_to_its_end() -> None:
    calls = partial(calls_to, connect=3, read=0.1)
    async with counterpart(answer=peers.drip) as peer, calls(peer.url) as exchange:
        with pytest.raises(OutcomeUnknown):
            await create(exchange)


async def test_a_lost_reply_is_asked_again_with_the_same_key_and_bytes() -> None:
    async with counterpart(answer=peers.hang_up) as peer, calls_to(peer.url) as exchange:
        with pytest.raises(OutcomeUnknown):
            await create(exchange)
        peer.answer = peers.good
        await create(exchange)
        first, second = peer.heard
        assert first == second


async def test_a_call_that_is_given_up_frees_the_line() -> None:
    async with counterpart(answer=peers.silence) as peer, calls_to(peer.url) as exchange:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(create, exchange)
            await peer.until(lambda peer: requests(peer) == [1])
            tasks.cancel_scope.cancel()
        peer.answer = peers.good
        await create(exchange)
        assert requests(peer) == [1, 1]


async def test_two_calls_at_once_take_turns() -> None:
    async with counterpart() as peer, calls_to(peer.url) as exchange:
        async with anyio.create_task_group() as tasks:
            for _ in range(4):
                tasks.start_soon(create, exchange)
        assert requests(peer) == [4]


async def test_the_clients_own_line_reaches_a_service_on_this_computer() -> None:
    async with counterpart() as peer:
        orders = client(base_url=peer.url)
        await orders.warm()
        assert (await orders.create(KEY, b"{}")).status == "created"
        await orders.aclose()
        assert requests(peer) == [1]


async def test_in_memory_there_is_nothing_to_warm() -> None:
    orders = client(lambda request: None)  # type: ignore[arg-type, return-value]
    await orders.warm()
    await orders.aclose()
