"""Turns the answers that are errors into the CallErrors of ``kiosk.base.errors``. Pure.

The question is whether the request may have been carried out. Only a definite refusal by the
service itself, in one of its forms of JSON, is an OrderRefused. An answer of a gateway or a proxy,
a request to wait or a broken page is an OutcomeUnknown.
"""

from __future__ import annotations

import codecs
import email.utils
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.base.errors import CallError, OrderRefused, OutcomeUnknown
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.orders.answers.json_values import clean, parse_json, text_at, text_of, value_at

# Time-out; order or key locked by another request; too early; too many requests.
_TOO_MANY = 429  # RFC 6585, section 4
_NOT_YET = {408, 423, 425, 429}
_BAD_CREDENTIALS = 401
_PROXY = 407  # a proxy wants a password; the service itself never answers this
_NO_ACCESS = r"(?i)(access|invalid)[ _-]?token|unauthori[sz]ed"
_LONGEST_PAUSE = 3600.0
_LONGEST_MESSAGE = 300


@frozen
class ErrorBody:
    """The content of an error body, from any of its forms."""

    code: str = ""
    message: str = ""
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = (self.message.rstrip(".: "), "; ".join(self.details))
        text = ": ".join(part for part in parts if part)
        one_line = " ".join(re.sub(r"[^ -~\xa1-\U0010ffff]+", " ", text).split())
        return clean(one_line, _LONGEST_MESSAGE)


def parse_error(body: bytes) -> ErrorBody:
    """Read an error body.

    There are four forms of JSON, and the pages of others:

    - ``{"errors": [{"code", "message", "details": [text]}]}``, the Orders API;
    - ``{"code", "message", "details": [{"code", "message", "details"}]}``, the same, flat;
    - ``{"error", "message", "status", "causes": []}``, the older APIs;
    - ``{"status", "message"}``, a gateway in front of the service.
    """
    tree = parse_json(body)
    if not isinstance(tree, dict):
        return ErrorBody(message=_page_text(body))
    errors = value_at(tree, "errors")
    several = [error for error in errors if error] if isinstance(errors, list) else []
    first, rest = (several[0], several[1:]) if several else (tree, [])
    details = _texts([value_at(first, "details"), value_at(first, "causes"), *rest])
    return ErrorBody(
        code=text_of(value_at(first, "code") or value_at(first, "error"), 64),
        message=text_at(first, "message"),
        details=tuple(details),
    )


def call_error(
    status: int, headers: Mapping[str, str], body: bytes, advice: Mapping[str, str]
) -> CallError:
    """Return the error for an answer with a status other than 2xx.

    ``advice`` is what a technician can do, by the service's code or by the status as text.
    """
    if 300 <= status < 400:
        # It is not followed, because the token would be sent there too. It is not a refusal either:
        # it may be the answer to a request that was carried out.
        return OutcomeUnknown(
            _("the service answered {status}, a redirect; check orders.base_url", status=status)
        )
    if 400 <= status < 500 and not is_from_service(status, body):
        return OutcomeUnknown(
            _not_the_service(status, body),
            retry_after=retry_after(headers),
            rate_limited=status == _TOO_MANY,
        )
    error = parse_error(body)
    remedy = advice.get(error.code) or advice.get(str(status))
    sentence = _heading(status, error)
    if remedy:
        sentence = _("{what}; {remedy}", what=sentence, remedy=remedy)
    if 400 <= status < 500 and status not in _NOT_YET:
        message = _("the service refused: {sentence}", sentence=sentence)
        return OrderRefused(message, code=error.code or str(status), status=status)
    return OutcomeUnknown(
        _("the service answered {sentence}", sentence=sentence),
        retry_after=retry_after(headers),
        rate_limited=status == _TOO_MANY,
    )


def refuse_page(status: int, body: bytes) -> None:
    """Raise OutcomeUnknown for a page in place of an answer: the login page of a network sends 200.

    A body that begins like JSON is not a page, even if it is cut off.
    """
    text = body.removeprefix(codecs.BOM_UTF8).lstrip()
    if text and text[:1] not in b"{[":
        raise OutcomeUnknown(_not_the_service(status, body))


def _not_the_service(status: int, body: bytes) -> str:
    said = f" ({text})" if (text := str(parse_error(body))) else ""
    return _(
        "the answer {status} is not from the payment service{said}; check the network: a "
        "proxy, a firewall or a login page may answer in its place",
        status=status,
        said=said,
    )


def older_call_error(
    status: int, headers: Mapping[str, str], body: bytes, advice: Mapping[str, str]
) -> CallError:
    """Return the same for the older APIs, which answer 400 to a bad token, not 401."""
    if refuses_token(status, body):
        status = _BAD_CREDENTIALS
    return call_error(status, headers, body, advice)


def refuses_token(status: int, body: bytes, *, by_code: bool = False) -> bool:
    """Whether the answer says that the access token is not valid: 401, or 400 of an older API.

    ``by_code``: only the code of a 400 counts, not its message, which may be about something else.
    """
    if status != 400:
        return status == _BAD_CREDENTIALS
    error = parse_error(body)
    return bool(re.search(_NO_ACCESS, error.code if by_code else f"{error.code} {error}"))


def _heading(status: int, error: ErrorBody) -> str:
    head = " ".join(part for part in (str(status), error.code) if part)
    return f"{head} ({error})" if str(error) else head


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header, 0 to 3600, or None (RFC 9110, 10.2.3).

    A date is compared with the answer's Date header, because this computer's clock may be wrong.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", value):
        return min(float(value), _LONGEST_PAUSE)
    try:
        until, now = (email.utils.parsedate_to_datetime(it) for it in (value, headers["date"]))
        return min(max((until - now).total_seconds(), 0.0), _LONGEST_PAUSE)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def is_from_service(status: int, body: bytes) -> bool:
    """Whether the body is an error in one of the service's forms (see ``parse_error``).

    A proxy, a firewall or the login page of a network answers with HTML, plain text or nothing.
    Only a 401 may have no body: it is about the token that was sent.
    """
    if status == _PROXY:
        return False
    if status == _BAD_CREDENTIALS and not body.strip():
        return True
    tree = parse_json(body)
    if not isinstance(tree, dict):
        return False
    errors = tree.get("errors")
    listed = isinstance(errors, list) and any(isinstance(each, dict) for each in errors)
    return listed or any(text_at(tree, name) for name in ("code", "error", "message"))


def _page_text(body: bytes) -> str:
    page = body[:4096].decode(errors="replace")
    title = re.search(r"<title[^<>]*>([^<]*)", page, re.IGNORECASE)
    return title[1] if title else re.sub(r"<[^<>]*>", " ", page)


def _texts(tree: Any, depth: int = 9) -> Iterator[str]:
    """Yield the texts of a nested list of details, outermost first."""
    if isinstance(tree, str) and tree:
        yield text_of(tree)
    elif isinstance(tree, list) and depth:
        for part in tree:
            yield from _texts(part, depth - 1)
    elif isinstance(tree, dict) and depth:
        wanted = ("message", "description", "details", "causes")
        yield from _texts([tree.get(key) for key in wanted], depth - 1)
