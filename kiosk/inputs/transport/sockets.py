"""Listening sockets as a transport: programs connect, and each gets a stream of its own."""

from __future__ import annotations

import errno
import logging
import math
import os
import socket
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import anyio

from kiosk.base.errors import DeviceGone
from kiosk.base.language import _, system_reason
from kiosk.inputs.transport.descriptor import DescriptorStream

MOST_CONNECTIONS = 8  # connections at a time; a shop has fewer programs that print
LONGEST_ADDRESS = 107  # bytes
KEEPALIVE = 60  # seconds of silence after which the system checks whether the peer is still there
IDLE = 90  # seconds without a byte after which a program on the network is disconnected

_log = logging.getLogger(__name__)


class Connection(DescriptorStream):
    """The stream of one program. It ends after ``idle`` seconds without a byte from the program."""

    def __init__(self, connection: socket.socket, name: str, idle: float) -> None:
        super().__init__(connection.fileno(), name, _("the connection was closed"))
        self._idle = idle
        self.heard_at = anyio.current_time()  # when the latest bytes came in

    async def receive(self) -> bytes:
        """Return the next bytes, at least one."""
        with anyio.CancelScope(deadline=self.heard_at + self._idle):
            data = await super().receive()
            self.heard_at = anyio.current_time()
            return data
        self.end(_("nothing came in for {idle:.0f} s; the connection was closed", idle=self._idle))
        return await super().receive()


class ListeningSocket:
    """A socket that programs connect to."""

    def __init__(self, name: str, listener: socket.socket, idle: float = math.inf) -> None:
        listener.setblocking(False)
        self._name, self._listener, self._idle = name, listener, idle
        self._open: list[Connection] = []
        self._full_logged_at = -math.inf

    async def serve(
        self,
        handle: Callable[[Connection], Awaitable[None]],
        is_needed: Callable[[Connection], bool] = lambda _: False,
    ) -> None:
        """Run ``handle`` for each connection, until canceled. DeviceGone ends only its own one.

        If too many are open, the one that was silent for the longest time is closed, unless it
        ``is_needed``; if all are needed, the new one is refused.
        """
        async with anyio.create_task_group() as group:
            while True:
                await anyio.wait_readable(self._listener)
                try:
                    connection, _ = self._listener.accept()
                except (BlockingIOError, ConnectionAbortedError):
                    continue
                except OSError as fault:
                    raise DeviceGone(f"{self._name}: {_explain(fault)}") from fault
                if len(self._open) < MOST_CONNECTIONS or self._close_one(is_needed):
                    connection.setblocking(False)
                    stream = Connection(connection, self._name, self._idle)
                    self._open.append(stream)
                    group.start_soon(self._handle, connection, stream, handle)
                else:
                    connection.close()

    def _close_one(self, is_needed: Callable[[Connection], bool]) -> bool:
        """End the connection that was silent for the longest time; False if all are needed."""
        by_silence = sorted(self._open, key=lambda stream: stream.heard_at)
        oldest = next((stream for stream in by_silence if not is_needed(stream)), None)
        if anyio.current_time() >= self._full_logged_at + KEEPALIVE:
            self._full_logged_at = anyio.current_time()
            _log.warning(
                "%s: %d programs are connected already; %s",
                self._name,
                MOST_CONNECTIONS,
                "the oldest idle one was disconnected" if oldest else "another one was refused",
            )
        if oldest:
            self._open.remove(oldest)
            oldest.end(_("another program needed the connection"))
        return bool(oldest)

    async def _handle(
        self,
        connection: socket.socket,
        stream: Connection,
        handle: Callable[[Connection], Awaitable[None]],
    ) -> None:
        try:
            with closing(connection):
                await handle(stream)
        except* DeviceGone as gone:
            _log.debug("%s: %s", self._name, gone.exceptions)
        finally:
            self._open = [each for each in self._open if each is not stream]

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
    return ListeningSocket(name, listener, IDLE)


def _explain(fault: OSError) -> str:
    causes = {
        errno.EADDRNOTAVAIL: (
            _("this computer does not have this address; check the network, or correct listen")
        ),
        errno.EADDRINUSE: _("another program listens there; stop it, or write another port"),
        errno.EACCES: _("the kiosk is not allowed to use this port; write a port above 1023"),
    }
    return causes.get(
        fault.errno or 0, _("the kiosk cannot listen there ({reason})", reason=system_reason(fault))
    )


def listen_unix(path: Path, mode: int) -> ListeningSocket:
    """Listen on a socket in the file system. ``mode`` are its permissions. Raises DeviceGone."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
            path.unlink()  # of an earlier run: the journal's lock prevents a second kiosk
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            with _address(path) as address:
                listener.bind(address)
            os.chmod(path, mode)
            listener.listen()
        except OSError:
            listener.close()
            raise
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise DeviceGone(
            _("{path}: the kiosk cannot listen there ({reason})", path=path, reason=reason)
        ) from fault
    return ListeningSocket(str(path), listener)


def connect_unix(path: Path, within: float) -> socket.socket:
    """Connect to a socket in the file system; each call waits for ``within`` seconds at most.

    Raises OSError.
    """
    program = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        program.settimeout(within)
        with _address(path) as address:
            program.connect(address)
    except OSError:
        program.close()
        raise
    return program


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """Yield the address of a socket. A path may be longer than an address: see unix(7)."""
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
