"""How the fake Mercado Pago is, as whoever starts it wants it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceOptions:
    """What it knows and allows, and how its payers behave. All times in seconds.

    ``qr_shape`` is a key of ``emv.SHAPES``; empty for the plain one of the account's country.
    With ``pay_after`` a payer pays every order that long after its creation, and holds it locked
    for ``paying_takes``. Refunds arrive after ``refund_takes``. An order of the older APIs is found
    among the merchant orders from its first scan on; with ``found_at_once``, as some documents have
    it, from its creation. ``user_id`` is the number of the account in the older APIs' paths; left
    out, any number will do.
    """

    points_of_sale: frozenset[str] = frozenset({"COUNTER1"})
    country: str = "AR"
    qr_shape: str = ""
    pay_after: float | None = None
    paying_takes: float = 0.0
    refund_takes: float = 0.0
    partial_refunds: bool = True
    cash_out: bool = False
    found_at_once: bool = False
    deleted_poses: frozenset[str] = frozenset()
    user_id: str = ""
