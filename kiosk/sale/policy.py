"""What the technician decided about sales. The only place where the defaults are stated.

Except for ``looks_per_sale``: its default is that of ``orders.looks_per_sale``.
"""

from __future__ import annotations

from typing import Literal

from kiosk.base.frozen import frozen
from kiosk.sale.asking import EVERY
from kiosk.sale.look_times import LookTimes, evenly

STEADY = evenly(EVERY)
OnNewAmount = Literal["replace", "busy"]
LatePayment = Literal["accept", "refund", "hold"]


@frozen
class Policy:
    """The rules of one counter. Times are in seconds; ``SaleSettings`` describes each setting.

    ``prefix`` begins every reference, and is new with every start of the daemon. ``needs_qr`` is
    false only where the payer scans a printed code and no other; ``printed_code`` is true where an
    order can be paid by a printed code, so that a payer reaches it before its QR is shown.
    ``checkout`` is how long after its last item a basket is sold: 0 makes each item a sale,
    infinity waits for ``PayPressed``. ``looks_per_sale`` is how many looks an order may cost on
    average; ``looks`` is the plan for them, steady until the shell has made one.
    """

    prefix: str
    checkout: float = 0.0
    basket_kept_for: float = 300.0
    expires_after: float = 300.0
    result_shown_for: float = 8.0
    amount_kept_for: float = 30.0
    on_new_amount: OnNewAmount = "replace"
    late_payment: LatePayment = "accept"
    needs_qr: bool = True
    set_aside_after: float = 120.0
    printed_code: bool = False
    looks_per_sale: int = 22
    looks: LookTimes = STEADY
