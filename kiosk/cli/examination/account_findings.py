"""The payment service as this counter sees it: name, connection, certificate, account, clock.

No order is created: only the account and its points of sale are read.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from typing import TypeVar

import anyio
import httpx

from kiosk.base.environment import Environment
from kiosk.base.errors import CallError, ConfigError
from kiosk.base.language import _, mark, system_reason
from kiosk.box.clock import judge_skew
from kiosk.box.finding import Finding, Level, Page, bad, good, warn
from kiosk.config import Config
from kiosk.orders.account.stores import AccountStores, Owner, PointOfSale

TOKEN, ACCOUNT, POINT_OF_SALE = mark("access token"), mark("account"), mark("point of sale")
DNS, SERVICE, TLS, SKEW = mark("DNS"), mark("service"), mark("TLS"), mark("clock skew")
_CURRENCY_OF = {"MLA": "ARS", "MLB": "BRL", "MLC": "CLP", "MLU": "UYU"}  # by the account's site
_SOON = 14  # days; nobody but the service can renew its certificate
_DNS_PATIENCE = 5.0  # seconds

T = TypeVar("T")


def account_findings(
    config: Config, environ: Mapping[str, str], now: Callable[[], float], *, online: bool
) -> Iterator[Finding]:
    """Yield the findings about the token and about the service."""
    token = _token(config, environ)
    yield token
    if not online:
        return
    yield from _line(config)
    if token.level is Level.GOOD:
        yield from _account(config, now)


def _token(config: Config, environ: Mapping[str, str]) -> Finding:
    token = config.orders.token
    try:
        token.read(environ)
    except ConfigError as error:
        meaning, _semicolon, fix = str(error).partition("; ")
        return bad(TOKEN, meaning, fix or token.remedy, Page.ACCOUNT)
    return good(TOKEN, _("{place} has a token", place=token))


def _line(config: Config) -> Iterator[Finding]:
    """Yield the findings about name, connection and certificate."""
    url = httpx.URL(config.orders.base_url)
    port = url.port or (443 if url.scheme == "https" else 80)
    fix = _("check the network: ping {host}", host=url.host)
    addresses = _within(_DNS_PATIENCE, lambda: socket.getaddrinfo(url.host, port, 0, 1))
    if not addresses:
        yield bad(DNS, _("the name {host} was not found", host=url.host), fix, Page.CODES)
        return
    known = sorted({str(each[4][0]) for each in addresses})
    yield good(DNS, _("{host} is {addresses}", host=url.host, addresses=", ".join(known[:2])))
    limit = config.orders.connect_timeout
    began = time.monotonic()
    try:
        connection = socket.create_connection((url.host, port), limit)
    except OSError as error:
        meaning = _("{host} does not answer ({reason})", host=url.host, reason=_reason(error))
        yield bad(SERVICE, meaning, fix, Page.CODES)
        return
    with connection:
        took = 1000 * (time.monotonic() - began)
        yield good(SERVICE, _("{host} answers in {took:.0f} ms", host=url.host, took=took))
        if url.scheme == "https":
            yield _certificate(connection, url.host)
        else:
            yield good(TLS, _("it is not needed, because the service is on this computer"))


def _certificate(connection: socket.socket, host: str) -> Finding:
    try:
        with ssl.create_default_context().wrap_socket(connection, server_hostname=host) as secure:
            version = secure.version()
            ends = secure.getpeercert() or {}
    except (OSError, ssl.CertificateError) as error:  # SSLError is an OSError
        meaning = _("{host} is not trusted ({reason})", host=host, reason=_reason(error))
        fix = _("check the clock and the network; a proxy may answer in its place")
        return bad(TLS, meaning, fix, Page.CODES)
    seconds = ssl.cert_time_to_seconds(str(ends["notAfter"])) - time.time()
    days = int(seconds // 86_400)
    said = _("{version}; the certificate is valid for {days} days", version=version, days=days)
    if days < _SOON:
        return warn(TLS, said, _("nothing to do here: the service renews it"))
    return good(TLS, said)


@dataclass
class _Answers:
    """What the service says of the account."""

    owner: Owner | None = None
    found: list[PointOfSale] = field(default_factory=list)
    skew: float | None = None
    error: CallError | None = None


def _account(config: Config, now: Callable[[], float]) -> Iterator[Finding]:
    answers: _Answers = anyio.run(_ask, config, now)
    if answers.error:
        meaning, _semicolon, fix = str(answers.error).partition("; ")
        yield bad(ACCOUNT, meaning, fix or _("run: kiosk pos list"), Page.ACCOUNT)
    if answers.owner:
        yield _owner(config, answers.owner)
        if not answers.error:
            yield _point_of_sale(config, answers.found)
    if answers.skew is not None:
        yield _skew(answers.skew)


async def _ask(config: Config, now: Callable[[], float]) -> _Answers:
    answers, orders = _Answers(), config.orders

    def on_service_time(at: float) -> None:
        answers.skew = now() - at

    exchange = orders.exchange(Environment(on_service_time=on_service_time))
    async with aclosing(AccountStores(orders, exchange)) as shop:
        try:
            answers.owner = await shop.owner()
            answers.found = await shop.points_of_sale(orders.external_pos_id)
        except CallError as error:
            answers.error = error
    return answers


def _owner(config: Config, owner: Owner) -> Finding:
    fields = {"nickname": owner.nickname, "site": owner.site}
    currency = _CURRENCY_OF.get(owner.site)
    if currency and currency != config.kiosk.currency:
        meaning = _(
            "{nickname} is an account of {site}, which is paid in {currency}; kiosk.currency is "
            "{ours}",
            **fields,
            currency=currency,
            ours=config.kiosk.currency,
        )
        return bad(
            ACCOUNT, meaning, _("write currency: {currency}", currency=currency), Page.ACCOUNT
        )
    if owner.is_test:
        meaning = _("{nickname} ({site}) is a test account: nobody pays real money", **fields)
        return warn(ACCOUNT, meaning, _("for real sales, use the token of the shop"), Page.ACCOUNT)
    return good(ACCOUNT, _("{nickname} ({site}) takes real money", **fields))


def _point_of_sale(config: Config, found: list[PointOfSale]) -> Finding:
    wanted = config.orders.external_pos_id
    pos = next((each for each in found if each.external_id == wanted), None)
    fix = _("run: kiosk pos create {name}, or choose one of: kiosk pos list", name=wanted)
    if pos is None:
        meaning = _("the account has no point of sale {name}", name=wanted)
        return bad(POINT_OF_SALE, meaning, fix, Page.ACCOUNT)
    if pos.fixed_amount == "no":
        meaning = _("at {name} the payer chooses the amount, so orders can't use it", name=wanted)
        return bad(POINT_OF_SALE, meaning, _("run: kiosk pos create with another id"), Page.ACCOUNT)
    return good(POINT_OF_SALE, _("the account has {name} ({title})", name=wanted, title=pos.name))


def _skew(seconds: float) -> Finding:
    level = judge_skew(seconds)
    if level is Level.GOOD:
        return good(SKEW, _("this computer and the service show the same time"))
    text = (
        mark("the clock is {seconds:.0f} s fast")
        if seconds > 0
        else mark("the clock is {seconds:.0f} s slow")
    )
    meaning = _(text, seconds=abs(seconds))
    return Finding(level, SKEW, meaning, _("run: sudo timedatectl set-ntp true"), Page.CODES)


def _reason(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return error.verify_message
        case TimeoutError():
            return _("no answer in time")
        case OSError():
            return system_reason(error)
    return str(error)


def _within(seconds: float, work: Callable[[], list[T]]) -> list[T]:
    """Return what the work returns; nothing if it fails or takes longer: DNS has no time-out."""
    done: list[T] = []

    def run() -> None:
        with suppress(OSError):
            done.extend(work())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return list(done)
