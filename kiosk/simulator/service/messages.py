"""A call and its answer, as plain values: what HTTP brings and takes, and nothing of HTTP's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Operation(StrEnum):
    """What the APIs can be asked for about an order, or else about the account: fault rules' words.

    The older APIs' ways count as the same: a PUT on a point of sale is a create, a search a get.
    """

    CREATE = "create"
    GET = "get"
    CANCEL = "cancel"
    REFUND = "refund"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """A request. ``authorization`` and ``key`` are the headers' text, empty if absent.

    ``route`` is the method and the path's pattern, ``path`` what stands in the pattern's places.
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


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A response, before it has the headers that all have."""

    status: int
    body: bytes
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, status: int, content: Any) -> ApiAnswer:
        """Return an answer with JSON in it."""
        return cls(status, json.dumps(content, ensure_ascii=False).encode())
