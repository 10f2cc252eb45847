"""From the answers that bring no order to ``kiosk.base.errors``. Pure.

The one question is: may the request have been carried out? Only a definite no of the service
itself is an OrderRefused; whatever a gateway, a pause or a broken page says leaves it open.
"""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.base.errors import CallError, OrderRefused, OutcomeUnknown
from kiosk.orders.answers.order_answer import parse_json, text_at, text_of, value_at

# Time-out; an order or key locked by a request under way; too early; too many.
_NOT_YET = {408, 423, 425, 429}
_TOKEN_TROUBLE = re.compile(r"(?i)(access|invalid)[ _-]?token|unauthori[sz]ed")
_LONGEST_PAUSE = 3600.0
_LONGEST_MESSAGE = 300


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error body says, whichever of its shapes it came in."""

    code: str = ""
    message: str = ""
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = (self.message.rstrip(".: "), "; ".join(self.details))
        said = ": ".join(part for part in parts if part)
        return " ".join(re.sub(r"[^ -~\xa1-\U0010ffff]+", " ", said).split())[:_LONGEST_MESSAGE]


def complaint(body: bytes) -> ErrorBody:
    """Return what an error body says.

    Four shapes of JSON are known, and HTML happens:

    - ``{"errors": [{"code", "message", "details": [text]}]}``, the Orders API;
    - ``{"code", "message", "details": [{"code", "message", "details"}]}``, the same, flat;
    - ``{"error", "message", "status", "causes": []}``, the older APIs;
    - ``{"status", "message"}``, a gateway in front.
    """
    tree = parse_json(body)
    if not isinstance(tree, dict):
        return ErrorBody(message=_prose(body))
    errors = value_at(tree, "errors")
    several = [error for error in errors if error] if isinstance(errors, list) else []
    first, rest = (several[0], several[1:]) if several else (tree, [])
    details = _texts([value_at(first, "details"), value_at(first, "causes"), *rest])
    return ErrorBody(
        code=text_of(value_at(first, "code") or value_at(first, "error"))[:64],
        message=text_at(first, "message"),
        details=tuple(details),
    )


def failure(
    status: int, headers: Mapping[str, str], body: bytes, advice: Mapping[str, str]
) -> CallError:
    """Return the error that an answer other than 2xx means.

    ``advice`` says what a technician can do, by the service's code or by the status as text.
    """
    if 300 <= status < 400:
        # Not followed, as the token would go along; and not a no either: a request that was
        # carried out may be answered so.
        return OutcomeUnknown(f"the service answered {status}, a redirect; check orders.base_url")
    said = complaint(body)
    hint = advice.get(said.code) or advice.get(str(status))
    sentence = "; ".join(part for part in (_heading(status, said), hint) if part)
    if 400 <= status < 500 and status not in _NOT_YET and not is_html(body):
        message = f"the service refused: {sentence}"
        return OrderRefused(message, code=said.code or str(status), status=status)
    return OutcomeUnknown(f"the service answered {sentence}", retry_after=retry_after(headers))


def older_failure(
    status: int, headers: Mapping[str, str], body: bytes, advice: Mapping[str, str]
) -> CallError:
    """The same for the older APIs, whose gate says 400 where the Orders API says 401."""
    said = complaint(body)
    if status == 400 and _TOKEN_TROUBLE.search(f"{said.code} {said}"):
        status = 401
    return failure(status, headers, body, advice)


def _heading(status: int, said: ErrorBody) -> str:
    head = " ".join(part for part in (str(status), said.code) if part)
    return f"{head} ({said})" if str(said) else head


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header, 0 to 3600, or None (RFC 9110, 10.2.3).

    A date is counted from the answer's own Date: the clock of a box without a battery can't say.
    """
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", value):
        return min(float(value), _LONGEST_PAUSE)
    try:
        until, now = (email.utils.parsedate_to_datetime(it) for it in (value, headers["date"]))
        return min(max((until - now).total_seconds(), 0.0), _LONGEST_PAUSE)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def is_html(body: bytes) -> bool:
    """Whether this is a page for people: then it was not the service that answered."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def _prose(body: bytes) -> str:
    page = body[:4096].decode(errors="replace")
    title = re.search(r"<title[^>]*>([^<]*)", page, re.IGNORECASE)
    return title[1] if title else re.sub(r"<[^>]*>", " ", page)


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
