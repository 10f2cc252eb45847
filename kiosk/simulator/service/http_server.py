"""The fake API under a port of this computer: uvicorn, taught to hang up without an answer."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Generator
from typing import Any

import anyio
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiosk.simulator.service.api import HANG_UP

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Return a listening socket on loopback; from here on clients can connect. OSError if taken."""
    listener = socket.create_server((HOST, port))
    # Passed on to each connection; without it, small answers wait for the client's delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Answer on the listener until cancelled; then let go of it. On asyncio only."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,  # the app's own clock tells the date
        timeout_graceful_shutdown=1,
    )
    server = _Server(config)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_run, server, listener)
        try:
            await anyio.sleep_forever()
        finally:
            server.should_exit = True


async def _run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Cancelled, uvicorn would drop everything; it shall finish on being told to."""
    with anyio.CancelScope(shield=True):
        await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that leaves the signals to whoever started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class _Protocol(H11Protocol):
    """HTTP/1.1 that offers the application to hang up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app = self.app

        async def with_hang_up(scope: Scope, receive: Receive, send: Send) -> None:
            async def hang_up() -> None:
                self.transport.close()
                while (await receive())["type"] != "http.disconnect":
                    pass

            scope["extensions"] = {**scope.get("extensions", {}), HANG_UP: hang_up}
            await app(scope, receive, send)

        self.app = with_hang_up
