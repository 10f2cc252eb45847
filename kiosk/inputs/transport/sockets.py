"""Listening sockets as a transport: programs connect, and each gets a stream of its own."""

from __future__ import annotations

import errno
import logging
import os
import socket
import stat
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import anyio

from kiosk.base.errors import DeviceGone
from kiosk.inputs.transport.descriptor import DescriptorStream

MOST_CONNECTIONS = 8  # connections at a time; a shop has fewer programs that print
KEEPALIVE = 60  # seconds of silence after which the system checks whether the peer is still there

_log = logging.getLogger(__name__)


class ListeningSocket:
    """A socket that programs connect to."""

    def __init__(self, name: str, listener: socket.socket) -> None:
        listener.setblocking(False)
        self._name, self._listener = name, listener
        self._connections = 0

    async def serve(self, handle: Callable[[DescriptorStream], Awaitable[None]]) -> None:
        """Run ``handle`` for each connection, until canceled. DeviceGone ends only its own one."""
        async with anyio.create_task_group() as group:
            while True:
                await anyio.wait_readable(self._listener)
                try:
                    connection, _ = self._listener.accept()
                except (BlockingIOError, ConnectionAbortedError):
                    continue
                except OSError as fault:
                    raise DeviceGone(f"{self._name}: {_explain(fault)}") from fault
                if self._connections >= MOST_CONNECTIONS:
                    _log.warning(
                        "%s: %d programs are connected already; another one was refused",
                        self._name,
                        MOST_CONNECTIONS,
                    )
                    connection.close()
                else:
                    self._connections += 1
                    group.start_soon(self._handle, connection, handle)

    async def _handle(
        self, connection: socket.socket, handle: Callable[[DescriptorStream], Awaitable[None]]
    ) -> None:
        connection.setblocking(False)
        try:
            with closing(connection):
                await handle(
                    DescriptorStream(connection.fileno(), self._name, "the connection was closed")
                )
        except* DeviceGone as gone:
            _log.debug("%s: %s", self._name, gone.exceptions)
        finally:
            self._connections -= 1

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()


def listen_tcp(address: str, port: int) -> ListeningSocket:
    """Listen on an address of this computer. Raises DeviceGone, whose message says what to do."""
    name = f"{address}:{port}"
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit these: if the peer is switched off, they end after a few minutes.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE // 4)
        listener.bind((address, port))
        listener.listen()
    except OSError as fault:
        listener.close()
        raise DeviceGone(f"{name}: {_explain(fault)}") from fault
    return ListeningSocket(name, listener)


def _explain(fault: OSError) -> str:
    causes = {
        errno.EADDRNOTAVAIL: (
            "this computer does not have this address; check the network, or correct listen"
        ),
        errno.EADDRINUSE: "another program listens there; stop it, or write another port",
        errno.EACCES: "the kiosk is not allowed to use this port; write a port above 1023",
    }
    return causes.get(fault.errno or 0, f"the kiosk cannot listen there ({fault.strerror})")


def listen_unix(path: Path, mode: int) -> ListeningSocket:
    """Listen on a socket in the file system. ``mode`` are its permissions. Raises DeviceGone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()  # of an earlier run: the journal's lock prevents a second kiosk
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            listener.bind(str(path))
            os.chmod(path, mode)
            listener.listen()
        except OSError:
            listener.close()
            raise
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise DeviceGone(f"{path}: the kiosk cannot listen there ({reason})") from fault
    return ListeningSocket(str(path), listener)
