"""JSON with exact numbers: a Decimal is written with all its digits, never as a float."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any


def dumps(tree: Any) -> str:
    """Return compact JSON of dicts, lists, texts, whole numbers, Decimals, booleans and None."""
    match tree:
        case Decimal():
            return f"{tree:f}"
        case Mapping():
            return "{" + ",".join(f"{json.dumps(k)}:{dumps(v)}" for k, v in tree.items()) + "}"
        case Sequence() if not isinstance(tree, str):
            return "[" + ",".join(map(dumps, tree)) + "]"
    assert not isinstance(tree, float), f"{tree} is a float; pass a Decimal"
    return json.dumps(tree, ensure_ascii=False)
