"""The nouns that the sale's two vocabularies share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kiosk.base.money import Money


class Outcome(StrEnum):
    """How a sale ended; the journal's column ``outcome`` (NULL while it is open)."""

    PAID = "paid"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUSED = "refused"  # the service would not create the order
    REFUNDED = "refunded"
    ABANDONED = "abandoned"  # given up before any order existed


class Screen(StrEnum):
    """What the panel can say. Signals have the same names: one message, three channels.

    Some screens have no signal of their own: see ``SOUNDS_LIKE``.
    """

    IDLE = "idle"
    WORKING = "working"
    SCAN_ME = "scan_me"
    PAID = "paid"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUSED = "refused"
    REFUNDED = "refunded"
    CHECKING = "checking"
    HELD = "held"  # money has come, but not as it should have: see the cashier
    OUT_OF_SERVICE = "out_of_service"
    REJECTED_INPUT = "rejected_input"
    BASKET = "basket"  # what has been scanned so far


# To the lamps and the buzzer: no sale was made; do not pay again; heard, go on.
SOUNDS_LIKE = {
    Screen.REFUNDED: Screen.CANCELED,
    Screen.HELD: Screen.CHECKING,
    Screen.BASKET: Screen.WORKING,
}


class Fault(StrEnum):
    """Why the kiosk can't sell; the reason code on the out-of-service screen."""

    NETWORK = "network"  # the service does not answer
    TOKEN = "token"  # noqa: S105 - the service refused the access token
    SETUP = "setup"  # the service refused a setting, such as external_pos_id
    PANEL = "panel"  # nobody could see the QR
    JOURNAL = "journal"  # nothing could be remembered
    START = "start"  # the kiosk would not even start; said by the safe mode


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is sold: ``quantity`` pieces at ``price`` each.

    What was weighed is one piece, at the price of all of it. ``code`` is the shop's or GS1's.
    """

    title: str
    price: Money
    quantity: int = 1
    code: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Sale:
    """What the shop wants paid. ``source`` names the input that asked, and gets the reply.

    ``to_refund``: it was paid when nobody expected it any more, and the money is to go back.
    """

    reference: str
    amount: Money
    source: str
    order_id: str = ""  # empty until the service has told it
    to_refund: bool = False
    items: tuple[Item, ...] = ()  # what was scanned for it; a register tells only the total
    ticket: str = ""  # the input's own word for it
