"""Inputs: where amounts come from. A driver is a file; what decodes its bytes is pure.

Three floors, so that drivers can share them and recordings can be replayed: a transport (opens,
reopens, moves bytes), a framer (bytes and the clock to lines), an extractor (a line to an amount).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol, runtime_checkable

from pydantic import Field

from kiosk.base.money import Currency
from kiosk.base.permissions import NOTHING, Permissions
from kiosk.base.settings import Settings
from kiosk.sale.effects import Reply
from kiosk.sale.events import Deliver
from kiosk.sale.words import Outcome, Sale


class Input(Protocol):
    """A device that delivers readings and may take replies. It fails alone."""

    name: str

    async def run(self, deliver: Deliver) -> None:
        """Deliver what is read, for ever; an unplugged device is reopened with back-off.

        Delivers ReadingBegan, AmountRead, ReadingRejected, CancelPressed with ``source`` set to
        ``name``, and ResultDelivered once a reply is out.
        """
        ...

    def reply(self, result: Reply) -> None:
        """Queue the result for the device; kept while it is unplugged. Never blocks.

        An input that gives no replies says ResultDelivered at once.
        """
        ...


@runtime_checkable
class Answering(Input, Protocol):
    """An input whose device waits for an answer to each amount, and may ask for the last one."""

    def decline(self, ticket: str) -> None:
        """Tell the device that no sale came of the amount that was delivered with this ticket."""
        ...

    def remember(self, last: Sale, outcome: Outcome | None) -> None:
        """Know the newest sale that an earlier run of the daemon made for this input.

        Without an ``outcome`` it is still to be settled, and its ``reply`` comes later.
        """
        ...


class InputSettings(Settings):
    """What all inputs have in common."""

    name: str = Field(
        "",
        pattern="^[A-Za-z0-9_-]{0,32}$",
        description="What logs and the journal call this input; the driver's name if left out.",
    )

    @abstractmethod
    def open(self, currency: Currency) -> Input:
        """Make the input. Touches no hardware: that is ``run``'s, and may be retried."""

    def permissions(self) -> Permissions:
        """Return what it needs of the system; each driver says so in its own file."""
        return NOTHING
