"""What the machine asks of the world, in the imperative. Their counterpart: ``events.py``.

The shell performs effects in order, and ``Remember`` is on disk before the effect that follows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.base.money import Money
from kiosk.sale.words import Item, Outcome, Sale, Screen

# --- to the service: each is answered by exactly one event ------------------------------------


@dataclass(frozen=True, slots=True)
class CreateOrder:
    """Send the request that the journal holds for this reference, with the key it holds."""

    reference: str


@dataclass(frozen=True, slots=True)
class FetchOrder:
    """Look at the order."""

    order_id: str


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Ask the service to cancel the order."""

    order_id: str


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Ask the service to give the whole amount back."""

    order_id: str


@dataclass(frozen=True, slots=True)
class Probe:
    """Find out, without side effects, whether the journal and the service would bear a sale."""


@dataclass(frozen=True, slots=True)
class WarmConnection:
    """Open the connection now: a create may follow. Never answered."""


# --- to the journal ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SaleOpened:
    """The sale begins; its key and its exact request bytes are written with it."""

    sale: Sale


@dataclass(frozen=True, slots=True)
class OrderKnown:
    """The service told the id of the sale's order."""

    reference: str
    order_id: str


@dataclass(frozen=True, slots=True)
class RefundDecided:
    """The sale was paid too late, and the money is to go back; ``evidence`` says what was seen."""

    reference: str
    evidence: str


@dataclass(frozen=True, slots=True)
class SaleEnded:
    """The sale is settled; ``evidence`` says on whose word."""

    reference: str
    outcome: Outcome
    evidence: str


@dataclass(frozen=True, slots=True)
class ResultTold:
    """The register has its answer."""

    reference: str


Fact = SaleOpened | OrderKnown | RefundDecided | SaleEnded | ResultTold


@dataclass(frozen=True, slots=True)
class Remember:
    """Make the fact durable before anything else happens."""

    fact: Fact


# --- to the people ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Show:
    """Put a screen on the panel, until the next one.

    ``until`` is the loop-clock second at which the QR leaves; ``begun`` when it came (for a bar).
    ``reason`` is a code or a short sentence for out_of_service and rejected_input; ``item`` came
    last into the basket, which has so many ``pieces``.
    """

    screen: Screen
    amount: Money | None = None
    reference: str = ""
    qr_data: str = ""
    begun: float = 0.0
    until: float | None = None
    reason: str = ""
    item: Item | None = None
    pieces: int = 0


@dataclass(frozen=True, slots=True)
class Signal:
    """Play a light and sound pattern, by the name of a Screen that has one."""

    name: Screen


@dataclass(frozen=True, slots=True)
class Reply:
    """Tell the register how its sale ended; answered by ``ResultDelivered`` once it is out."""

    source: str
    reference: str
    amount: Money
    outcome: Outcome
    ticket: str = ""  # the input's own word for the sale


def reply_to(sale: Sale, outcome: Outcome) -> Reply:
    """Return the reply to the input that asked for this sale."""
    return Reply(sale.source, sale.reference, sale.amount, outcome, sale.ticket)


@dataclass(frozen=True, slots=True)
class Decline:
    """Tell the input that no sale came of the reading that it called ``ticket``."""

    source: str
    ticket: str


Effect = (
    CreateOrder
    | FetchOrder
    | CancelOrder
    | RefundOrder
    | Probe
    | WarmConnection
    | Remember
    | Show
    | Signal
    | Reply
    | Decline
)
