"""The fake API on a port of this computer: uvicorn, extended to close a connection unanswered."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Generator
from typing import Any

import anyio
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiosk.simulator.service.api import CLOSE_CONNECTION

HOST = "127.0.0.1"


def listen(port: int, host: str = HOST) -> socket.socket:
    """Return a listening socket on loopback. Clients can connect from now on. OSError if in use."""
    listener = socket.create_server((host, port))
    # Each connection inherits it. Without it, small answers wait for the client's delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Answer on the listener until cancelled, then close it. On asyncio only."""
    config = uvicorn.Config(
        app,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,  # the application sets the date from its own clock
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
    """Run the server shielded: uvicorn must end by ``should_exit``, or it drops its connections."""
    with anyio.CancelScope(shield=True):
        await server.serve(sockets=[listener])


class _Server(uvicorn.Server):
    """A server that leaves SIGINT and SIGTERM to the program that started it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class _Protocol(H11Protocol):
    """HTTP/1.1 with the extension CLOSE_CONNECTION for the application."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        app = self.app

        async def with_close_connection(scope: Scope, receive: Receive, send: Send) -> None:
            async def close_connection() -> None:
                self.transport.close()
                while (await receive())["type"] != "http.disconnect":
                    pass

            scope["extensions"] = {
                **scope.get("extensions", {}),
                CLOSE_CONNECTION: close_connection,
            }
            await app(scope, receive, send)

        self.app = with_close_connection
