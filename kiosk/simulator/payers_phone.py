"""The payer's phone: it reads the code in the panel's own pixels, and pays what it has read.

Used by the bench and by scenarios, with any clock. A payer can pay only what the panel showed when
the phone scanned it, also long after the code has left the panel.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import zxingcpp
from PIL import Image, ImageOps

from kiosk.base.frozen import frozen
from kiosk.base.language import _, mark
from kiosk.simulator.service.error_codes import Problem
from kiosk.simulator.service.order import Order, OrderStatus
from kiosk.simulator.service.order_book import NotPayable, OrderBook

QUIET_ZONE = 16  # pixels of the panel's edge that the camera sees around its picture
LARGER = 3  # a camera sees each pixel of the panel in several of its own

ENDED = {
    OrderStatus.PROCESSED: mark("this order is paid already"),
    OrderStatus.CANCELED: mark("this order was canceled; ask for a new code"),
    OrderStatus.EXPIRED: mark("this code has expired; ask for a new one"),
    OrderStatus.REFUNDED: mark("this payment was given back"),
    OrderStatus.FAILED: mark("this order has failed; ask for a new code"),
}


@frozen
class Scanned:
    """The order whose code the phone has read, and when, in Unix seconds."""

    at: float
    order_id: str
    reference: str
    amount: str


class PayersPhone:
    """The phone of the person in front of the panel. ``clock`` returns Unix seconds.

    ``scanned`` is None before the first scan, and when the payer has gone away.
    """

    def __init__(self, order_book: OrderBook, clock: Callable[[], float]) -> None:
        self._order_book, self._clock = order_book, clock
        self.scanned: Scanned | None = None

    def sees(self, picture: Image.Image | None) -> Order | None:
        """Return the order whose code is in the picture, in whatever status it is."""
        texts = read_codes(picture) if picture else []
        orders = self._order_book.orders(self._clock()) if texts else []
        return next((order for order in orders if order.qr_data in texts), None)

    def scan(self, picture: Image.Image | None) -> Scanned:
        """Read the code in the picture and keep its order. Raises NotPayable."""
        order = self.sees(picture)
        if order is None:
            raise NotPayable(
                _("the phone sees no code of an order on the panel; key a total first")
            )
        return self._keep(order)

    def scan_printed_code(self, pos: str) -> Scanned:
        """Read the printed code of a point of sale and keep its order. Raises NotPayable."""
        order = self._order_book.printed_order(pos, self._clock())
        if order is None:
            raise NotPayable(_("the printed code has no order now; key a total first"))
        return self._keep(order)

    def pay(self, amount: str = "", takes: float = 0.0) -> Order:
        """Pay the order that was scanned, or another amount of it. Raises NotPayable.

        It is locked for ``takes`` seconds first, while the payer confirms.
        """
        order = self._scanned_order()
        return self._order_book.pay(order.id, self._clock(), takes, amount=amount)

    def decline(self) -> Order:
        """Try to pay, and be refused by the bank: the order stays open. Raises NotPayable."""
        return self._order_book.scan_only(self._scanned_order().id, self._clock(), rejected=True)

    def walk_away(self) -> None:
        """Go away without paying; the phone forgets the order."""
        self.scanned = None

    def refund(self, amount: str = "", takes: float = 0.0) -> Order:
        """Let the seller give back the newest payment, or a part of it. Raises NotPayable.

        It is complete after ``takes`` seconds.
        """
        now = self._clock()
        orders = self._order_book.orders(now)
        paid = [order for order in orders if order.status is OrderStatus.PROCESSED]
        if not paid:
            raise NotPayable(_("there is no payment that can be given back"))
        part = Decimal(amount) if amount else None
        try:
            return self._order_book.refund_elsewhere(paid[0].id, now, takes, part)
        except Problem as problem:
            raise NotPayable(
                _("the service does not give it back: {reason}", reason=problem.errors[0].code)
            ) from None

    def has_paid(self) -> bool:
        """Whether there is a payment of which something can be given back."""
        orders = self._order_book.stored_orders()
        return any(order.status is OrderStatus.PROCESSED for order in orders)

    def order(self) -> Order | None:
        """Return the order that was scanned, as it is now."""
        wanted = self.scanned.order_id if self.scanned else ""
        orders = self._order_book.orders(self._clock()) if wanted else []
        return next((order for order in orders if order.id == wanted), None)

    def _keep(self, order: Order) -> Scanned:
        reference = str(order.request.get("external_reference", ""))
        self.scanned = Scanned(self._clock(), order.id, reference, order.amount)
        return self.scanned

    def _scanned_order(self) -> Order:
        order = self.order()
        if order is None:
            raise NotPayable(_("the phone has scanned nothing; scan the panel first"))
        if order.status is not OrderStatus.CREATED:
            raise NotPayable(_(ENDED[order.status]))
        return order


def read_codes(picture: Image.Image) -> list[str]:
    """Return the texts of the QRs in a picture of a panel, as the app of a phone reads them."""
    seen = picture.convert("L")
    edge = seen.tobytes()[0]
    size = seen.width * LARGER, seen.height * LARGER
    framed = ImageOps.expand(seen.resize(size, Image.Resampling.NEAREST), QUIET_ZONE * LARGER, edge)
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in zxingcpp.read_barcodes(framed, formats=formats)]
