"""Orders: what the payment service knows. Building and parsing are pure; one client does HTTP."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from typing import Protocol

from kiosk.base.environment import Environment
from kiosk.base.money import Money
from kiosk.base.settings import Settings
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Sale


class Orders(Protocol):
    """A payment service. Each call takes seconds at the most and makes one attempt.

    Retrying is the sale's business: only it knows whether the question still matters.
    Errors: OrderRefused, OutcomeUnknown, NotSent (see ``kiosk.base.errors``).
    """

    def request(self, sale: Sale) -> bytes:
        """Return the exact bytes that create the sale's order. Makes no call."""
        ...

    async def create(self, key: str, request: bytes) -> OrderSeen:
        """Create the order, or get the one that this key created before.

        ``qr_data`` is checked: a string that is no EMVCo QR is None.
        """
        ...

    async def fetch(self, order_id: str) -> OrderSeen:
        """Look at an order."""
        ...

    async def cancel(self, order_id: str) -> OrderSeen:
        """Cancel an order that nobody has paid; refused with status 409 when it is too late."""
        ...

    async def refund(self, order_id: str, key: str, amount: Money | None = None) -> OrderSeen:
        """Give an amount back, or all that is left; repeated with its key it does nothing more."""
        ...

    async def probe(self) -> None:
        """Return if the service is there and takes the token. No side effects."""
        ...

    async def warm(self) -> None:
        """Open the connection, so that the next call saves its round trips. Never raises."""
        ...

    async def aclose(self) -> None:
        """Close the connection."""
        ...


def refund_key(order_id: str) -> str:
    """Return the one key under which an order is refunded: asking twice can't refund twice."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"kiosk:refund:{order_id}"))


class OrdersSettings(Settings):
    """What all order drivers have in common."""

    @property
    def needs_qr(self) -> bool:
        """Whether the payer scans the panel; false where a printed code is the only one."""
        return True

    @abstractmethod
    def validate_sample(self, *, expires_after: float, currency: str) -> None:
        """Build a sample request, so that no sale is the first to find a fault: ConfigError."""

    @abstractmethod
    def open(self, *, expires_after: float, currency: str, environment: Environment) -> Orders:
        """Make the client. Reads the token; raises ConfigError when it can't be read."""
