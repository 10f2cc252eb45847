"""Results go to the input that asked; what was before a restart, to those that can use it."""

from __future__ import annotations

import pytest

from kiosk.base.money import Money
from kiosk.inputs.common.results import remind, tell
from kiosk.sale.effects import Decline, Reply
from kiosk.sale.events import Deliver
from kiosk.sale.words import Outcome, Sale, Unknown

REPLY = Reply("till", "n1", Money.of("5.00", "ARS"), Outcome.PAID)
SALE = Sale("n1", Money.of("5.00", "ARS"), "till", "7")


class Plain:
    """An input that takes results."""

    def __init__(self) -> None:
        self.name = "till"
        self.told: list[object] = []

    async def run(self, deliver: Deliver) -> None:
        raise NotImplementedError

    def reply(self, result: Reply) -> None:
        self.told.append(result)


class WithTickets(Plain):
    """An input whose register waits for an answer to each request."""

    def decline(self, ticket: str) -> None:
        self.told.append(ticket)

    def remember(self, last: Sale, outcome: Outcome | Unknown | None) -> None:
        self.told.append((last, outcome))


def test_a_result_goes_to_the_input_that_asked() -> None:
    till, other = Plain(), Plain()
    tell({"till": till, "other": other}, REPLY)
    assert (till.told, other.told) == ([REPLY], [])


def test_a_request_without_a_sale_is_declined_where_that_is_possible() -> None:
    plain, terminal = Plain(), WithTickets()
    for device in (plain, terminal):
        tell({"till": device}, Decline("till", "7"))
    assert (plain.told, terminal.told) == ([], ["7"])


def test_an_input_that_was_removed_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    tell({}, REPLY)
    tell({}, Decline("till", "7"))
    (message,) = caplog.messages
    assert "n1" in message
    assert "'till'" in message


def test_the_last_sale_before_a_restart() -> None:
    plain, terminal, new = Plain(), WithTickets(), WithTickets()
    latest = {"till": (SALE, Outcome.PAID), "terminal": (SALE, None)}
    remind({"till": plain, "terminal": terminal, "new": new}, latest.get)
    assert (plain.told, terminal.told, new.told) == ([], [(SALE, None)], [])
