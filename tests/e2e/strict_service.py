"""A payment service that is not ours: strict, and with a script of oddities for each sale.

It is written from the documents of the Orders API only, and shares no code with the kiosk or its
simulator. What the kiosk does against the documents is kept in ``violations``.

A script is a twist for each kind of call (``create``, ``look``, ``cancel``, ``refund``). A twist gets
the call and a function that carries it out honestly, and returns what is answered in its place.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.e2e.strict_http import Answer, Handler, Request


@dataclass(frozen=True)
class Call:
    """One call about one order. ``number`` counts the calls of its kind for its sale, from 1."""

    kind: str
    number: int
    request: Request


Honest = Callable[[], Answer]
Twist = Callable[[Call, Honest], Answer]
Script = Mapping[str, Twist]


@dataclass
class Order:
    """One order: ``tree`` is what an honest look returns."""

    tree: dict[str, Any]
    expires_at: float
    calls: dict[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return str(self.tree["id"])

    @property
    def status(self) -> str:
        return str(self.tree["status"])

    def become(self, status: str, detail: str = "", **fields: Any) -> None:
        """Change the order; a payment gets the same status unless the fields say otherwise."""
        self.tree.update(status=status, status_detail=detail or status)
        for payment in self.tree["transactions"]["payments"]:
            payment.update(status=status, status_detail=detail or status)
        self.tree.update(fields)


def error(status: int, code: str, message: str = "") -> Answer:
    """Return an error in the form of the Orders API."""
    return Answer(status, {"errors": [{"code": code, "message": message or code, "details": []}]})


class StrictService:
    """The service, its orders and its payer. Thread-safe."""

    def __init__(self, *scripts: Script, token: str = "APP_USR-strict") -> None:
        self.tokens = {token}
        self.scripts = list(scripts)
        self.lock = threading.RLock()
        self.orders: dict[str, Order] = {}
        self.requests: list[Request] = []
        self.violations: list[str] = []
        self.released = threading.Event()  # answers that are held wait for it
        self._keys: dict[str, tuple[str, bytes, Answer]] = {}
        self._references: list[str] = []  # in the order in which they came
        self._counts: dict[tuple[str, str], int] = {}

    # --- for the test -------------------------------------------------------------------------

    def order(self, number: int = 1) -> Order:
        """Return the order of the first sale that the service heard of, the second …"""
        with self.lock:
            return self.order_of(self._references[number - 1])

    def order_of(self, reference: str) -> Order:
        """Return the order with this reference."""
        with self.lock:
            orders = self.orders.values()
            return next(it for it in orders if it.tree["external_reference"] == reference)

    def calls(self, kind: str, number: int = 1) -> int:
        """Return how many calls of this kind the sale has had."""
        with self.lock:
            if len(self._references) < number:
                return 0
            return self._counts.get((self._references[number - 1], kind), 0)

    # --- over HTTP ----------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        """Answer one request. A held answer is carried out now and told when it is released."""
        with self.lock:
            self.requests.append(request)
            answer = self._route(request)
        if answer.held:
            self.released.wait(600)
        return answer

    def _route(self, request: Request) -> Answer:
        if request.header("authorization").removeprefix("Bearer ") not in self.tokens:
            return error(401, "unauthorized", "The access token is not valid.")
        url = urlsplit(request.path)
        return self.routed(request, url.path, parse_qs(url.query))

    def pay(self, order: Order, paid: str | None = None, **fields: Any) -> None:
        """Pay the order in the payer's app, as a look shows it."""
        raise NotImplementedError

    def routed(self, request: Request, path: str, query: Mapping[str, list[str]]) -> Answer:
        """Answer a path that no document has."""
        self.violates(request, "no document has this path")
        return error(404, "not_found")

    def violates(self, request: Request, what: str) -> None:
        self.violations.append(f"{request.method} {request.path}: {what}")

    def twisted(self, kind: str, reference: str, request: Request, honest: Honest) -> Answer:
        """Let the script of the sale answer, or answer honestly."""
        if reference not in self._references:
            self._references.append(reference)
        number = self._references.index(reference)
        count = self._counts[reference, kind] = self._counts.get((reference, kind), 0) + 1
        twist = self.scripts[number].get(kind) if number < len(self.scripts) else None
        return twist(Call(kind, count, request), honest) if twist else honest()

    def has_key(self, request: Request) -> bool:
        key = request.header("x-idempotency-key")
        if not 1 <= len(key) <= 128:
            self.violates(request, f"the idempotency key has {len(key)} characters")
        return bool(key)

    def earlier(self, request: Request) -> Answer | None:
        """Return the answer of an earlier request with the same key."""
        path, body, answer = self._keys.get(request.header("x-idempotency-key"), ("", b"", None))
        if answer is None:
            return None
        if (path, body) != (request.path, request.body):
            self.violates(request, "the same key with other bytes")
            return error(409, "idempotency_key_already_used")
        return answer

    def remember(self, request: Request, answer: Answer) -> Answer:
        """Keep the answer for a request with the same key."""
        key = request.header("x-idempotency-key")
        self._keys[key] = request.path, request.body, answer
        return answer


@contextmanager
def serving(service: StrictService) -> Iterator[str]:
    """Serve on a free port until the block is left; yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Handler.answer_of[server.server_port] = service.answer
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        service.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
