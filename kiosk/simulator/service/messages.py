"""A request and its answer as plain values, without HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from kiosk.base.frozen import frozen


class Operation(StrEnum):
    """What a call does to an order, or that it is about the account. Fault rules use these words.

    The older APIs use the same words: a PUT on a point of sale is a create, a search is a get.
    """

    CREATE = "create"
    GET = "get"
    CANCEL = "cancel"
    REFUND = "refund"
    ACCOUNT = "account"


@frozen
class ApiRequest:
    """A request. ``authorization`` and ``key`` are the text of headers, empty if absent.

    ``route`` is the method and the pattern of the path; ``path`` holds the values in the pattern.
    """

    operation: Operation
    authorization: str
    key: str = ""
    order_id: str = ""
    body: bytes = b""
    route: str = ""
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@frozen
class ApiAnswer:
    """A response, without the headers that every response gets."""

    status: int
    body: bytes
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, content: Any) -> ApiAnswer:
        """Return an answer with this content as JSON."""
        return cls(status, json.dumps(content, ensure_ascii=False).encode())
