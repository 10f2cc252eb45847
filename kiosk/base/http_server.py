"""An HTTP server on a socket of this computer: uvicorn, run as one of our tasks."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Generator
from typing import Any

import anyio
import uvicorn
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"


def listen(port: int, host: str = LOOPBACK) -> socket.socket:
    """Return a listening socket. Clients can connect from now on. OSError if it is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family)
    # Each connection inherits it. Without it, small answers wait for the client's delayed ACK.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    *,
    protocol: type[Any] | None = None,
    most_at_once: int | None = None,
) -> None:
    """Answer on the listener until canceled, then close it. On asyncio only.

    ``most_at_once``: of more connections or requests, each is answered with 503.
    """
    config = uvicorn.Config(
        app,
        http=protocol or "h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
        limit_concurrency=most_at_once,
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
