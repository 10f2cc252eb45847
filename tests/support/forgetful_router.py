"""A router on the way to a service: at random it forgets connections, without a signal."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream

from tests.support.dead_paths import forget


@dataclass
class ForgetfulRouter:
    """Each chance is that of one event: 0 never, 1 always."""

    service: int  # the service's port on loopback
    dice: Random
    port: int = 0
    as_it_opens: float = 0.0  # the connection is forgotten before anything is sent on it
    while_idle: float = 0.0  # after an answer, so that the next request is lost
    with_an_answer: float = 0.0  # after the request has arrived
    forgotten: dict[str, int] = field(default_factory=dict)  # how often, by chance
    connections: list[socket.socket] = field(default_factory=list)
    opened: int = 0  # how many connections there have been

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget_all(self) -> None:
        """Forget the connections that there are."""
        for connection in tuple(self.connections):  # one may open or close meanwhile
            forget(connection)

    async def serve(self, near: SocketStream) -> None:
        """Carry what comes on one connection, until it is forgotten or closed."""
        connection = near.extra(SocketAttribute.raw_socket)
        self.connections.append(connection)
        self.opened += 1
        try:
            await self._carry(near, connection)
        finally:
            self.connections.remove(connection)

    async def _carry(self, near: SocketStream, connection: socket.socket) -> None:
        far = await anyio.connect_tcp("127.0.0.1", self.service)
        async with near, far, anyio.create_task_group() as both:
            both.start_soon(self._carry_requests, near, far, both.cancel_scope)
            with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
                await self._carry_answers(far, near, connection)
            both.cancel_scope.cancel()

    async def _carry_answers(
        self, far: ByteStream, near: ByteStream, connection: socket.socket
    ) -> None:
        if self._forgets("as_it_opens", connection):
            await anyio.sleep_forever()
        async for part in far:
            if self._forgets("with_an_answer", connection):
                await anyio.sleep_forever()
            # Before the answer goes on: the next request may come right after it.
            forgotten = self._forgets("while_idle", connection)
            await near.send(part)
            if forgotten:
                await anyio.sleep_forever()

    async def _carry_requests(
        self, near: ByteStream, far: ByteStream, both: anyio.CancelScope
    ) -> None:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError):
            async for part in near:
                await far.send(part)
        both.cancel()

    def _forgets(self, chance: str, connection: socket.socket) -> bool:
        forgets: bool = self.dice.random() < getattr(self, chance)
        if forgets:
            self.forgotten[chance] = self.forgotten.get(chance, 0) + 1
            forget(connection)
        return forgets


@asynccontextmanager
async def forgetful_router(
    service: int,
    dice: Random,
    *,
    as_it_opens: float = 0.0,
    while_idle: float = 0.0,
    with_an_answer: float = 0.0,
) -> AsyncIterator[ForgetfulRouter]:
    """Run a router before the service on this port."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(SocketAttribute.local_port)
    router = ForgetfulRouter(service, dice, port, as_it_opens, while_idle, with_an_answer)
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, router.serve)
        yield router
        tasks.cancel_scope.cancel()
