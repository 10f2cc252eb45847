"""Orders: the client of the payment service. Only ``http/`` and ``older/`` make calls."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from typing import Protocol

from kiosk.base.drivers import DriverSettings
from kiosk.base.environment import Environment
from kiosk.base.money import Money
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Sale


class Orders(Protocol):
    """A payment service. Each call makes one attempt and takes a few seconds at most.

    The sale machine decides about retries. Errors: OrderRefused, OutcomeUnknown, NotSent (see
    ``kiosk.base.errors``).
    """

    def request(self, sale: Sale) -> bytes:
        """Return the exact bytes of the request that creates the sale's order. Makes no call."""
        ...

    async def create(self, key: str, request: bytes) -> OrderSeen:
        """Create the order, or return the one that this key created before.

        ``qr_data`` is checked: it is None if the string is not an EMVCo QR.
        """
        ...

    async def fetch(self, order_id: str) -> OrderSeen:
        """Return the order as it is now."""
        ...

    async def cancel(self, order_id: str) -> OrderSeen:
        """Cancel an order that is not paid; OrderRefused with status 409 when it is too late."""
        ...

    async def refund(self, order_id: str, key: str, amount: Money | None = None) -> OrderSeen:
        """Refund an amount, or all that is left; with the same key nothing is refunded twice."""
        ...

    async def probe(self) -> None:
        """Raise an error unless the service answers and accepts the token. No side effects."""
        ...

    async def warm(self) -> None:
        """Open the connection, so that the next call is faster. Never raises."""
        ...

    async def aclose(self) -> None:
        """Close the connection."""
        ...


def refund_key(order_id: str) -> str:
    """Return the idempotency key of an order's refund: with it a repeat refunds nothing more."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"kiosk:refund:{order_id}"))


class OrdersSettings(DriverSettings):
    """The settings of any order driver."""

    @property
    def needs_qr(self) -> bool:
        """Whether the payer scans the panel; false if there is only a printed code."""
        return True

    @property
    def printed_code(self) -> bool:
        """Whether a payer can pay an order through a printed code, before any QR is shown."""
        return not self.needs_qr

    @property
    def end_known_after(self) -> float:
        """The seconds past an order's validity after which the service can tell how it ended."""
        return 0.0

    @abstractmethod
    def validate_sample(self, *, expires_after: float, currency: str) -> None:
        """Build a sample request, to find faults before the first sale; raises ConfigError."""

    @abstractmethod
    def open(self, *, expires_after: float, currency: str, environment: Environment) -> Orders:
        """Make the client. Reads the token; raises ConfigError if it can't be read."""
