"""One HTTP exchange with a payment service: send a request, return the answer or raise a CallError.

It uses the transport without httpx's client: nothing here follows redirects, keeps cookies, retries
or reads proxies from the environment.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from functools import cache, partial

import anyio
import httpx
from pydantic import SecretStr

from kiosk.base.errors import ConfigError, NotSent, OrderRefused, OutcomeUnknown
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.orders.answers.json_values import clean
from kiosk.orders.answers.refusals import is_from_service, parse_error, refuses_token
from kiosk.orders.http.bounded_body import BadPacking, TooLarge, read_body
from kiosk.orders.http.connection import SENT_AGAIN, KeptConnection
from kiosk.orders.http.service_clock import date_of

log = logging.getLogger("kiosk.orders")

_LARGEST = 1 << 20  # bytes of an answer; an order has about 1,500
_SECRET_FROM = 8  # characters; a shorter token is a test's and may be a part of any word

_FORBIDDEN = 403  # the token has no permission: another token may have it
# They refuse the key or the token. If the request was sent twice, they refuse only one copy.
_OF_ONE_COPY = (401, _FORBIDDEN, 409)

_NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
)


@frozen
class HttpAnswer:
    """An answer of any status. ``body`` is complete."""

    status: int
    headers: httpx.Headers
    body: bytes
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether the request was carried out: status 2xx."""
        return 200 <= self.status < 300

    def __str__(self) -> str:
        request_id = clean(self.headers.get("x-request-id", "none"), 64)
        return f"{self.status} in {self.seconds * 1000:.0f} ms, x-request-id {request_id}"


@cache
def _user_agent() -> str:
    from kiosk.base.version import kiosk_version  # noqa: PLC0415 - imported when it is READY

    public, _, _ = kiosk_version().partition("+")  # a look has few other bytes
    return f"kiosk/{public}"


class Exchange:
    """Sends requests to one service. A call never takes longer than the sum of its time-outs."""

    def __init__(
        self,
        base_url: str,
        token: SecretStr,
        transport: httpx.AsyncBaseTransport,
        *,
        connect_timeout: float,
        read_timeout: float,
        on_service_time: Callable[[float], None] = lambda _: None,
        read_token_again: Callable[[], SecretStr] | None = None,
    ) -> None:
        """``on_service_time`` is called with the time of each answer, in Unix seconds.

        ``read_token_again`` returns the token as it is now, or raises ConfigError.
        """
        self._read_token_again = read_token_again or (lambda: token)
        self._on_service_time = on_service_time
        self._base_url = base_url
        self._host = httpx.URL(base_url).netloc.decode()
        self._secret = token.get_secret_value()
        self._transport = transport
        self._looks: dict[tuple[str, str], httpx.Request] = {}  # by path and token: the latest GET
        # To wait for another call to end, to connect, and to be answered.
        self._time_limit = 2 * connect_timeout + read_timeout
        self._timeouts = httpx.Timeout(
            connect=connect_timeout, pool=connect_timeout, read=read_timeout, write=read_timeout
        ).as_dict()

    async def send(
        self,
        method: str,
        path: str,
        *,
        key: str = "",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """Send the body unchanged, under the idempotency key if there is one.

        When the service refuses the token, the token is read again. If it has been replaced, the
        same request is sent once more: what was refused has not been carried out. Raises NotSent
        only if no byte of the request can have been sent, else OutcomeUnknown; and OrderRefused
        (401) if the token was refused and is no longer there.
        """
        request = partial(self._request, method, path, key, body, headers)
        answer = await self._attempt(request())
        refused = refuses_token(answer.status, answer.body, by_code=True) and is_from_service(
            answer.status, answer.body
        )
        if (refused or answer.status == _FORBIDDEN) and self._renew_token(answer, refused=refused):
            answer = await self._attempt(request())
        return answer

    def _request(
        self,
        method: str,
        path: str,
        key: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
    ) -> httpx.Request:
        """Return the request with the token as it is now. An order is looked at again and again."""
        look = (path, self._secret)
        if method == "GET" and not headers and look in self._looks:
            return self._looks[look]
        own = self._headers(key, has_body=body is not None) | dict(headers or {})
        url = self._base_url + path
        request = httpx.Request(
            method, url, headers=own, content=body, extensions={"timeout": self._timeouts}
        )
        if method == "GET" and not headers:
            self._looks = {look: request}
        return request

    async def _attempt(self, request: httpx.Request) -> HttpAnswer:
        try:
            with anyio.fail_after(self._time_limit):
                return await self._answer(request)
        except _NEVER_LEFT as error:
            reason = clean(str(error)) or type(error).__name__
            raise NotSent(
                _(
                    "can't reach {host} ({reason}); {remedy}",
                    host=self._host,
                    reason=reason,
                    remedy=_remedy(reason),
                )
            ) from error
        except (httpx.HTTPError, TimeoutError) as error:
            reason = type(error).__name__
            raise OutcomeUnknown(
                _("no complete answer from {host} ({reason})", host=self._host, reason=reason)
            ) from error

    def _renew_token(self, answer: HttpAnswer, *, refused: bool) -> bool:
        """Read the token again; return whether it is another one."""
        try:
            secret = self._read_token_again().get_secret_value()
        except ConfigError as error:
            if not refused:
                return False
            said = parse_error(answer.body)
            message = _(
                "the service refused the access token ({said}), and {error}", said=said, error=error
            )
            raise OrderRefused(message, code="unauthorized", status=401) from error
        renewed, self._secret = secret != self._secret, secret
        if renewed:
            log.info("the access token was replaced; the new one is used from now on")
        return renewed

    async def warm(self) -> None:
        """Open the connection, if the transport is a real one."""
        if isinstance(self._transport, KeptConnection):
            await self._transport.warm()

    async def aclose(self) -> None:
        """Close the connection."""
        await self._transport.aclose()

    def _headers(self, key: str, *, has_body: bool) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self._secret}",
            "Accept": "*/*",  # as curl in the service's examples; it has nothing but JSON
            "Accept-Encoding": "gzip",  # two fifths less to carry, over mobile data in some shops
            "User-Agent": _user_agent(),
        }
        if key:
            headers["X-Idempotency-Key"] = key
        if has_body:
            headers["Content-Type"] = "application/json"
        return headers

    async def _answer(self, request: httpx.Request) -> HttpAnswer:
        began = anyio.current_time()
        response = await self._transport.handle_async_request(request)
        async with contextlib.aclosing(response):
            body = await self._bounded(response)
        if response.status_code in _OF_ONE_COPY and response.extensions.get(SENT_AGAIN):
            raise OutcomeUnknown(
                _("sent twice, and {host} refused one of the two copies", host=self._host)
            )
        if (service_time := date_of(response.headers)) is not None:
            self._on_service_time(service_time)
        if response.status_code >= 300:
            body = self._without_secret(body)
        return HttpAnswer(
            response.status_code, response.headers, body, anyio.current_time() - began
        )

    async def _bounded(self, response: httpx.Response) -> bytes:
        try:
            return await read_body(response, _LARGEST)
        except TooLarge:
            raise OutcomeUnknown(
                _("the answer of {host} is larger than 1 MiB", host=self._host)
            ) from None
        except BadPacking as bad:
            reason = _("the answer of {host} can't be unpacked ({bad})", host=self._host, bad=bad)
            raise OutcomeUnknown(_("{reason}; a proxy may have changed it", reason=reason)) from bad

    def _without_secret(self, body: bytes) -> bytes:
        """Return an error's body without the token, for logs: some services quote the request."""
        if len(self._secret) < _SECRET_FROM:
            return body
        return body.replace(self._secret.encode(), b"(the token)")


def _remedy(reason: str) -> str:
    """Return what to do; on a computer whose clock is wrong no certificate is valid."""
    if "not yet valid" in reason or "has expired" in reason:
        return _("check this computer's clock with timedatectl")
    if "issuer certificate" in reason or "self-signed" in reason:
        return _(
            "check the network; if the shop has its own certificate authority, add it to the "
            "system's with update-ca-certificates"
        )
    return _("check the network")
