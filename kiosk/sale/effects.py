"""What the machine asks for, in the imperative. The counterpart is ``events.py``.

The shell carries out effects in order. ``Remember`` is on disk before the effect that follows it.
"""

from __future__ import annotations

from kiosk.base.frozen import frozen
from kiosk.base.money import Money
from kiosk.sale.words import SOUNDS_LIKE, Ask, Fault, Item, Outcome, Sale, Screen, Unknown

# --- to the service: each is answered by exactly one event ------------------------------------


@frozen
class CreateOrder:
    """Send the journal's request for this reference, with the journal's idempotency key."""

    reference: str


@frozen
class FetchOrder:
    """Look at the order."""

    order_id: str


@frozen
class CancelOrder:
    """Ask the service to cancel the order."""

    order_id: str


@frozen
class RefundOrder:
    """Ask the service to refund the whole amount."""

    order_id: str


@frozen
class Probe:
    """Find out, without side effects, whether journal and service are ready for a sale."""


@frozen
class LookLater:
    """Ask about the order of a sale that is not at the counter any more.

    It runs beside the other questions; exactly one ``LookedLater`` answers it.
    """

    reference: str
    order_id: str
    ask: Ask


@frozen
class WarmConnection:
    """Open the connection now: a create may follow. No event answers this."""


# --- to the journal ---------------------------------------------------------------------------


@frozen
class SaleOpened:
    """The sale begins; its idempotency key and exact request bytes are written with it."""

    sale: Sale


@frozen
class OrderKnown:
    """The service told the id of the sale's order."""

    reference: str
    order_id: str


@frozen
class Receipt:
    """What the service says was paid and refunded; None or empty where it says nothing."""

    paid: Money | None = None
    payment_id: str = ""  # the operation number that the payer's receipt shows
    method: str = ""
    refunded: Money | None = None


@frozen
class RefundDecided:
    """The sale was paid too late, and must be refunded; ``evidence`` is what the service said."""

    reference: str
    evidence: str
    receipt: Receipt = Receipt()


@frozen
class SaleEnded:
    """The sale is settled; ``evidence`` says who said so.

    ``held``: it is left to people, and the register must not be told. ``paid_after``: the seconds
    from the QR on the panel to the payment, if that is known.
    """

    reference: str
    outcome: Outcome
    evidence: str
    receipt: Receipt = Receipt()
    held: bool = False
    paid_after: float | None = None


@frozen
class SaleSetAside:
    """The service did not say in time how the sale ended. It stays without an outcome."""

    reference: str
    reason: str


@frozen
class RefundSeen:
    """A refund of an ended sale was seen at the service, or our own refund was carried out."""

    reference: str
    receipt: Receipt
    evidence: str


@frozen
class RefundUnderway:
    """A person asked for the refund of an ended sale, and the service has not finished it."""

    reference: str
    evidence: str


@frozen
class ResultTold:
    """The register knows the result.

    With an ``outcome`` it knows only this one: the sale may have another end by now.
    """

    reference: str
    outcome: Outcome | Unknown | None = None


Fact = (
    SaleOpened
    | OrderKnown
    | RefundDecided
    | SaleEnded
    | SaleSetAside
    | RefundSeen
    | RefundUnderway
    | ResultTold
)


@frozen
class Remember:
    """Write the fact to the journal before anything else happens."""

    fact: Fact


# --- to the people ----------------------------------------------------------------------------


@frozen
class Show:
    """Put a screen on the panel. It stays until the next one.

    ``begun`` and ``until`` are the loop-clock seconds at which the QR appears and disappears.
    ``reason`` is a Fault for out_of_service, a short sentence for rejected_input, and for the
    result of a sale a PayerNotice or empty. ``item`` was scanned last into the basket, which has
    ``pieces`` pieces.
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


@frozen
class Signal:
    """Play a light and sound pattern, by the name of a Screen that has one."""

    name: Screen


def say(show: Show) -> tuple[Show, Signal]:
    """Return what says the same in all channels: picture, light and sound."""
    return show, Signal(SOUNDS_LIKE.get(show.screen, show.screen))


def say_about(screen: Screen, sale: Sale, notice: str = "") -> tuple[Show, Signal]:
    """Return what says it in all channels, with the sale's amount and reference on the panel.

    ``notice`` is a PayerNotice, or empty.
    """
    return say(Show(screen, amount=sale.amount, reference=sale.reference, reason=notice))


def say_out_of_service(fault: Fault) -> tuple[Show, Signal]:
    """Return what says that the kiosk can't sell, with the reason code on the panel."""
    return say(Show(Screen.OUT_OF_SERVICE, reason=fault.value))


@frozen
class Reply:
    """Tell the register how its sale ended. ``ResultDelivered`` comes when that is sent.

    ``late``: the register had an answer for this sale before, and may be at another sale. It must
    not take this result for the result of that one.
    """

    source: str
    reference: str
    amount: Money
    outcome: Outcome | Unknown  # unknown: the sale is set aside
    ticket: str = ""  # the input's own identifier of the reading
    paid: Money | None = None  # what the service says was paid; None if it does not tell it
    late: bool = False


def reply_to(
    sale: Sale, outcome: Outcome | Unknown, paid: Money | None = None, *, late: bool = False
) -> Reply:
    """Return the reply to the input that asked for the sale."""
    late = late or sale.set_aside
    return Reply(sale.source, sale.reference, sale.amount, outcome, sale.ticket, paid, late)


@frozen
class Decline:
    """Tell the input that its reading ``ticket`` did not become a sale."""

    source: str
    ticket: str


Effect = (
    CreateOrder
    | FetchOrder
    | CancelOrder
    | RefundOrder
    | Probe
    | LookLater
    | WarmConnection
    | Remember
    | Show
    | Signal
    | Reply
    | Decline
)
