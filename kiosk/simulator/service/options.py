"""The options of the fake Mercado Pago."""

from __future__ import annotations

from kiosk.base.frozen import frozen


@frozen
class ServiceOptions:
    """What the service knows and allows, and how its payers behave. All times are in seconds.

    ``qr_shape`` is a key of ``qr_strings.SHAPES``; empty means the plain one of the account's
    country. With ``pay_after``, a payer begins to pay every order that long after its creation,
    and locks it for ``paying_takes``. A refund is complete after ``refund_takes``. It is refused
    with 422 until ``refundable_after`` the payment, as the live service does. An order of the older
    APIs is among the merchant orders from its first scan on; with ``found_at_once``, as some
    documents describe it, from its creation on. ``user_id`` is the number of the account in the
    paths of the older APIs; empty means any number.
    """

    points_of_sale: frozenset[str] = frozenset({"COUNTER1"})
    country: str = "AR"
    qr_shape: str = ""
    pay_after: float | None = None
    paying_takes: float = 0.0
    refund_takes: float = 0.0
    refundable_after: float = 0.0
    partial_refunds: bool = True
    cash_out: bool = False
    found_at_once: bool = False
    deleted_points_of_sale: frozenset[str] = frozenset()
    user_id: str = ""
