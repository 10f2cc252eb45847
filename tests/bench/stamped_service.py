"""A payment service on loopback that notes when each request is complete and when it is answered.

It answers what the simulator's Orders API answers, from a thread of this process. It reads and
writes the bytes itself, because an HTTP framework would take more time than what is measured.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from random import Random

from kiosk.simulator.service.messages import ApiRequest, Operation
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from kiosk.simulator.service.orders_service import OrdersService

WHAT = {"POST": Operation.CREATE, "GET": Operation.GET}


@dataclass(frozen=True)
class Stamp:
    """A call. Both times are in seconds of ``time.perf_counter``."""

    name: str  # method and path
    complete: float  # the last byte of the request is here
    answered: float  # the answer is handed to the kernel
    size: int  # bytes of the request and of its answer


class StampedService:
    """Orders in a book, and a queue of what was called. ``url`` is its address."""

    def __init__(self) -> None:
        self.book = OrderBook(Random(1), ServiceOptions())
        self.calls: SimpleQueue[Stamp] = SimpleQueue()
        self._api = OrdersService(self.book)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def pay(self) -> None:
        """Pay the newest order."""
        now = time.time()
        self.book.pay(self.book.orders(now)[0].id, now)

    def serve(self) -> None:
        """Serve each connection in a thread, until the service is closed."""
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._answer_all, args=(connection,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _answer_all(self, connection: socket.socket) -> None:
        with connection, suppress(ConnectionError):
            received = bytearray()
            while data := connection.recv(65_536):
                received += data
                head, blank, body = bytes(received).partition(b"\r\n\r\n")
                if blank and len(body) == _length(head):
                    self._answer(connection, head, body)
                    received.clear()

    def _answer(self, connection: socket.socket, head: bytes, body: bytes) -> None:
        complete = time.perf_counter()
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        answer = self._api.answer(_request(method, path, head, body), time.time())
        response = (
            f"HTTP/1.1 {answer.status} OK\r\nContent-Type: {answer.media_type}\r\n"
            f"Content-Length: {len(answer.body)}\r\nX-Request-Id: bench\r\n\r\n"
        ).encode() + answer.body
        connection.sendall(response)
        size = len(head) + 4 + len(body) + len(response)
        self.calls.put(Stamp(f"{method} {path}", complete, time.perf_counter(), size))


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode().split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (it.partition(":") for it in lines)}


def _length(head: bytes) -> int:
    return int(_headers(head).get("content-length", "0"))


def _request(method: str, path: str, head: bytes, body: bytes) -> ApiRequest:
    headers = _headers(head)
    _, _, _, *rest = path.split("/")
    return ApiRequest(
        Operation.CANCEL if rest[1:] == ["cancel"] else WHAT[method],
        headers.get("authorization", ""),
        headers.get("x-idempotency-key", ""),
        order_id=rest[0] if rest else "",
        body=body,
        path={"order_id": rest[0]} if rest else {},
        headers=headers,
    )


@contextmanager
def stamped_service() -> Iterator[StampedService]:
    """Serve until the block is left."""
    service = StampedService()
    thread = threading.Thread(target=service.serve)
    thread.start()
    try:
        yield service
    finally:
        service.close()
        thread.join()
