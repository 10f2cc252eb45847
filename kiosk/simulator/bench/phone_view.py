"""What the payer's phone shows on the page, and what the payer can do now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from PIL import Image

from kiosk.base.language import _
from kiosk.simulator.payers_phone import ENDED, PayersPhone
from kiosk.simulator.service.order import Order, OrderStatus


class PhoneView:
    """Looks through the phone's camera; the same picture is decoded only once."""

    def __init__(self, phone: PayersPhone) -> None:
        self._phone = phone
        self._frame: int | None = None
        self._seen: Order | None = None

    def state(
        self, frame: int | None, picture: Callable[[], Image.Image | None], *, waiting: bool
    ) -> dict[str, Any]:
        """Return what the page shows. ``waiting``: the kiosk still waits for the payment."""
        if frame != self._frame:
            self._frame, self._seen = frame, self._phone.sees(picture())
        scanned = self._phone.order()
        return {
            "sees": "order" if self._seen else "nothing",
            "scanned": asdict(self._phone.scanned) if self._phone.scanned else None,
            "can": self._can(scanned, refundable=self._phone.has_paid()),
            "says": _says(scanned, self._seen, waiting=waiting),
        }

    def _can(self, scanned: Order | None, *, refundable: bool) -> list[str]:
        can = ["scans"] if self._seen else []
        if self._seen or _payable(scanned):
            can += ["pays", "declines", "pays_amount"]
        if scanned:
            can.append("walks_away")
        return [*can, "refunds"] if refundable else can


def _payable(order: Order | None) -> bool:
    return order is not None and order.status is OrderStatus.CREATED and not order.paying


def _says(scanned: Order | None, seen: Order | None, *, waiting: bool) -> str:
    """Return the sentence on the phone."""
    if scanned is None:
        return _("Scan the code on the panel.") if seen else _("The camera sees no code to pay.")
    if scanned.paying:
        return _("Paying {amount}…", amount=scanned.amount)
    if scanned.status is OrderStatus.CREATED:
        refused = _("The bank has refused the payment. ") if scanned.rejections else ""
        return refused + _("Pay {amount}?", amount=scanned.amount)
    if scanned.status is OrderStatus.PROCESSED:
        paid = scanned.payment.amount if scanned.payment else scanned.amount
        if waiting:  # how the kiosk plans its looks is in kiosk.sale.look_times
            return _("You have paid {amount}. The kiosk sees it when it looks again.", amount=paid)
        return _("You have paid {amount}.", amount=paid)
    return _(ENDED[scanned.status])
