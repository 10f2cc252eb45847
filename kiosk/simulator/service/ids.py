"""Identifiers and timestamps as the Orders API writes them."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from random import Random

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# Order ids of test credentials have six letters before the 26 characters, unlike in the documents.
ORDER_ID = re.compile(r"ORD(TST)?[0-9A-Za-z]{26}")


def ulid(prefix: str, now: float, rng: Random) -> str:
    """Return ``prefix`` and 26 characters: ten for the time, sixteen random ones."""
    number = (int(now * 1000) << 80) | rng.getrandbits(80)
    return prefix + "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def uuid4(rng: Random) -> str:
    """Return a random UUID, as the order ids of the older APIs."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def random_number(rng: Random) -> str:
    """Return twelve random digits, as in the numbers of payments, refunds and merchant orders."""
    return str(rng.randrange(10**11, 10**12))


def timestamp(now: float) -> str:
    """Return Unix seconds as ``yyyy-MM-ddTHH:mm:ss.sssZ``."""
    moment = datetime.fromtimestamp(now, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
