"""The fake API on a port of this computer: the server can close a connection unanswered.

The application sets the date of its answers from its own clock.
"""

from __future__ import annotations

import socket
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiosk.base import http_server
from kiosk.simulator.service.api import CLOSE_CONNECTION


async def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Answer on the listener until canceled, then close it. On asyncio only."""
    await http_server.serve(app, listener, protocol=_Protocol)


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
