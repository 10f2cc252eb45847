"""The HTTP side of the strict service: one thread for each connection, bytes as they are."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any, ClassVar


@dataclass(frozen=True)
class Request:
    """What came over the wire."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(frozen=True)
class Answer:
    """What goes over the wire: a JSON tree, or bytes that stand in its place.

    ``lost``: the connection is closed without an answer. ``held``: the answer waits until the test
    releases it. ``raw``: all bytes of the answer, its status line too.
    """

    status: int = 200
    tree: Any = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False
    held: bool = False
    raw: bytes = b""


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the service of this port, and writes its answer."""

    protocol_version = "HTTP/1.1"
    answer_of: ClassVar[dict[int, Callable[[Request], Answer]]] = {}

    def handle(self) -> None:
        """Serve until the kiosk closes the connection, or drops it."""
        with suppress(ConnectionError):
            super().handle()

    def _serve(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        names = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, names, self.rfile.read(length))
        answer = self.answer_of[self.connection.getsockname()[1]](request)
        try:
            self._write(answer)
        except OSError:
            self.close_connection = True  # the kiosk did not wait for this answer

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the names are http.server's

    def _write(self, answer: Answer) -> None:
        if answer.lost or answer.raw:
            self.wfile.write(answer.raw)
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        body = answer.body
        if body is None:
            body = b"" if answer.tree is None else json.dumps(answer.tree).encode()
        self.send_response(answer.status, HTTPStatus(answer.status).phrase)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Write nothing to the terminal."""
