"""The nouns that events and effects share."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from kiosk.base.frozen import frozen
from kiosk.base.money import Money


class Outcome(StrEnum):
    """How a sale ended; the journal's column ``outcome`` (NULL while the sale is open)."""

    PAID = "paid"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUSED = "refused"  # the service did not create the order
    REFUNDED = "refunded"
    ABANDONED = "abandoned"  # no order was made, or nobody can find out how it ended


class Decision(StrEnum):
    """What people may decide: every outcome except that the service refused the order."""

    PAID = "paid"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    ABANDONED = "abandoned"


Ask = Literal["create", "fetch", "cancel", "refund"]  # what is asked of an order


class Unknown(StrEnum):
    """What the register hears of a sale that is set aside, in place of its outcome."""

    UNKNOWN = "unknown"


class Screen(StrEnum):
    """What the panel can show. Signals have the same names: one message in three channels.

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
    HELD = "held"  # money came, but not as expected: the payer must see the cashier
    OUT_OF_SERVICE = "out_of_service"
    REJECTED_INPUT = "rejected_input"
    BASKET = "basket"  # what has been scanned so far


# The signals say: no sale was made; do not pay again; the scan was read.
SOUNDS_LIKE = {
    Screen.REFUNDED: Screen.CANCELED,
    Screen.HELD: Screen.CHECKING,
    Screen.BASKET: Screen.WORKING,
}


class PayerNotice(StrEnum):
    """What the payer must know beside the screen's own message; the reason of held and paid."""

    LATE = "late"  # the money came after the sale's end
    OTHER_AMOUNT = "other_amount"  # not what was asked for was paid
    UNKNOWN = "unknown"  # the service does not tell whether it was paid
    TWICE = "twice"  # it was paid more than once


class Fault(StrEnum):
    """Why the kiosk can't sell; the reason code on the out-of-service screen.

    When there are several, the screen shows the one that comes first here.
    """

    NETWORK = "network"  # the service does not answer
    TOKEN = "token"  # noqa: S105 - the service refused the access token
    SETUP = "setup"  # the service refused a setting, such as external_pos_id
    NO_QR = "no_qr"  # the latest order: see ``OrderProblem``
    NOT_PAYABLE = "not_payable"
    CURRENCY = "currency"
    PANEL = "panel"  # nobody can see the QR
    JOURNAL = "journal"  # the journal can't be written
    START = "start"  # the kiosk did not start; the safe mode shows it


@frozen
class Item:
    """Something that is sold: ``quantity`` pieces at ``price`` each.

    What was weighed is one piece, at the price of all of it. ``code`` is the shop's or GS1's.
    """

    title: str
    price: Money
    quantity: int = 1
    code: str = ""
    category: str = ""


@frozen
class Sale:
    """What the shop asks to be paid. ``source`` names the input that asked, and gets the reply.

    ``to_refund``: it was paid too late, and the money must go back. ``set_aside``: the register has
    heard that its end is unknown, so every other result is late.
    """

    reference: str
    amount: Money
    source: str
    order_id: str = ""  # empty until the service has told it
    to_refund: bool = False
    set_aside: bool = False
    items: tuple[Item, ...] = ()  # what was scanned; a register tells only the total
    ticket: str = ""  # the input's own identifier of the reading
    amount_id: str = ""  # the sender's own number of the amount: it is sold once


@frozen
class UntoldResult:
    """A result that the register may not have: how the sale ended, or that its end is unknown."""

    sale: Sale
    outcome: Outcome | Unknown
    paid: Money | None = None  # what the service says was paid
    late: bool = False  # see ``Reply``


@frozen
class Payment:
    """One payment of an order, as the service describes it.

    ``status`` is the service's own word, which may be unknown to us: processed, failed, ... (older
    APIs: approved, rejected, ...).
    """

    id: str  # the operation number of the payer's receipt, else the payment's own id
    status: str
    amount: Money | None  # what this payment was asked to pay
    paid: Money | None  # None if the service does not tell it
    method: str = ""  # such as account_money

    @property
    def succeeded(self) -> bool:
        """Whether the payer's money was taken, even if it has gone back since then."""
        return self.status in _MONEY_TAKEN

    @property
    def failed(self) -> bool:
        """Whether no money was taken, and none will be."""
        return self.status in _NO_MONEY


_MONEY_TAKEN = {
    "processed",
    "approved",
    "accredited",
    "partially_refunded",
    "refunded",
    "in_mediation",
    "charged_back",
}
_NO_MONEY = {"failed", "rejected", "canceled", "cancelled", "expired"}


class OrderProblem(StrEnum):
    """Why nobody can pay a new order although the service created it: a code for people."""

    NO_QR = "no_qr"  # the answer has no QR that can be drawn
    NOT_PAYABLE = "not_payable"  # the order has another status than created
    CURRENCY = "currency"  # the order is in another currency than the account's


CODE_LENGTH = 6  # letters and digits of a reference that two people compare


def code_of(reference: str) -> str:
    """Return the end of a reference as people read it aloud, in groups: ``7K2 Q9F``."""
    code = plain_code(reference)[-CODE_LENGTH:]
    return f"{code[:3]} {code[3:]}".strip()


def plain_code(text: str) -> str:
    """Return the letters and digits of a reference, or of a code that a person typed."""
    return "".join(mark for mark in text if mark.isalnum()).upper()
