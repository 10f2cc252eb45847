"""What the kiosk promises. Each promise is checked after every step of the simulation."""

from __future__ import annotations

import json
from typing import Any

import trio

from kiosk.sale.phases import OutOfService, Paying
from kiosk.sale.words import Outcome, Sale, Screen, Unknown
from kiosk.shell.service_calls import KEY_LASTS
from kiosk.simulator.service.order import Order, OrderStatus
from tests.model.facts import unlike_the_model
from tests.simulation.chain import BACK_WITHIN
from tests.simulation.oddities import Oddity
from tests.simulation.stage import OFFICE, Stage
from tests.simulation.wire import promise

LAG = 2.0  # seconds within which a panel must show what the counter says

ENDS = {"SaleEnded", "SaleDecided", "RefundSeen"}

OUTCOME_OF = {
    OrderStatus.PROCESSED: Outcome.PAID,
    OrderStatus.CANCELED: Outcome.CANCELED,
    OrderStatus.EXPIRED: Outcome.EXPIRED,
    OrderStatus.REFUNDED: Outcome.REFUNDED,
}


class Promises:
    """Checks the promises of one stage."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._stray_since: float | None = None
        self._sold_as: dict[str, str] = {}  # references, by the office's number of the amount

    # --- at every step ---------------------------------------------------------------------------

    def check(self) -> None:
        payable = self._stage.reachable()
        promise(len(payable) <= 1, f"{len(payable)} orders can be reached by a payer at once")
        kiosk = self._stage.kiosk
        if kiosk is None:
            return
        if isinstance(kiosk.counter.phase, OutOfService):
            promise(not payable, "an order is payable while the kiosk is out of service")
        self._panel_tells_the_truth()
        if kiosk.counter.at_rest and kiosk.events.quiet:
            read, taken = self._stage.read, self._stage.taken
            promise(read <= taken, f"{read} readings came in, {taken} were taken")

    def _panel_tells_the_truth(self) -> None:
        shown, kiosk = self._stage.glass, self._stage.kiosk
        assert kiosk is not None
        if shown and shown.screen is Screen.PAID:
            promise(self._is_paid(shown.reference), "paid is shown, and it is not")
        phase = kiosk.counter.phase
        at_hand = isinstance(phase, Paying) and not phase.blind and phase.qr_data
        if shown is None or not shown.qr_data or shown.qr_data == at_hand:
            self._stray_since = None
        elif self._stray_since is None:
            self._stray_since = trio.current_time()
        else:
            stray = trio.current_time() - self._stray_since
            promise(stray <= LAG, "the panel shows a QR that is not the order at hand")

    # --- whenever the register is told --------------------------------------------------------------

    def told(self, reference: str, outcome: Outcome | Unknown) -> None:
        row = self._row(reference)
        if outcome is not Outcome.PAID and self._is_held(reference, row):
            return  # what was true before; people tell the register how the sale ended
        if isinstance(outcome, Unknown):
            promise(row is None, f"the register hears {outcome}, the journal says {row}")
            return
        promise(row == outcome, f"the register hears {outcome}, the journal says {row}")
        if outcome is Outcome.PAID:
            promise(self._is_paid(reference), "paid is told, and it is not")

    # --- in the evening ---------------------------------------------------------------------------

    def evening(self) -> None:
        """Check that all sales have ended, and that the service and the journal agree."""
        self.both_sides_agree()
        unlike = unlike_the_model(self._stage.disk.path)
        promise(not unlike, f"the model does not write what the journal holds: {unlike}")
        outcomes = self.outcomes()
        made = {str(order.request["external_reference"]) for order in self._orders()}
        for reference, outcome in outcomes.items():
            if outcome is None:
                self._says_that_people_must_decide(reference)
                continue
            if reference not in made:
                never = (Outcome.REFUSED, Outcome.ABANDONED)
                promise(outcome in never, f"{reference} is {outcome} and never had an order")
            self._register_knows(reference, outcome)

    def both_sides_agree(self) -> None:
        """Check that every order is in the journal, with the outcome that the service says."""
        outcomes = self.outcomes()
        for order in self._orders():
            reference = str(order.request["external_reference"])
            promise(reference in outcomes, f"order {order.id} is not in the journal")
            promise(
                outcomes[reference] in self._true_outcomes(order),
                f"{reference}: the journal says {outcomes[reference]}, the service {order.status}",
            )

    def _register_knows(self, reference: str, outcome: Outcome | None) -> None:
        told = self._stage.told_of[reference]
        if outcome is Outcome.ABANDONED and self._oddity(reference) is Oddity.LESS:
            promise(Outcome.PAID not in told, f"{reference} is held, the register heard {told}")
            return
        late = outcome is Outcome.PAID and self._stage.sale.late_payment != "accept"
        if late and outcome not in told:
            return  # a late payment, which people must decide
        promise(told[-1:] == [outcome], f"{reference} is {outcome}, the register heard {told}")

    def results_are_told(self, before: set[tuple[int, str]]) -> set[tuple[int, str]]:
        """Check that none of the results that were untold ``before`` still is; return those now."""
        stage = self._stage
        if stage.kiosk is None or not stage.mains.on or not stage.plugged_in.is_set():
            return set()
        if stage.disk.full:
            return set()
        untold = {
            (stage.boots, it.sale.reference)
            for it in stage.kiosk.journal.untold()
            if it.sale.source != OFFICE  # whose broker may be away
        }
        promise(not untold & before, f"the register never hears of {untold & before}")
        return untold

    def waits_for_people(self, sales: tuple[Sale, ...]) -> bool:
        """Whether the service will never tell the end of any of these sales."""
        return all(self._has_no_end(sale.reference) for sale in sales)

    def late_money_is_found(self, order: Order) -> None:
        """Check that a payment after the end was found by the looks after the end.

        A create without an answer waits for another create that works, if the order would be on the
        printed code. Until then the status says that people must look.
        """
        reference = str(order.request["external_reference"])
        kiosk = self._stage.kiosk
        if kiosk and reference in self.outcomes():
            waits = self._stage.mode != "dynamic" and not kiosk.counter.creates_work
            named = waits and reference in str(kiosk.counter.status()["set_aside"])
            found = self.outcomes()[reference] is Outcome.PAID
            promise(found or named, f"{reference} was paid after its end, and nobody has noticed")

    def _says_that_people_must_decide(self, reference: str) -> None:
        assert self._stage.kiosk is not None
        promise(self._has_no_end(reference), f"{reference} stays open")
        told = self._stage.told_of[reference]
        promise(
            set(told) == {Unknown.UNKNOWN}, f"{reference} has no end, the register heard {told}"
        )
        status = self._stage.kiosk.counter.status()
        promise(reference in str(status["set_aside"]), f"the status does not name {reference}")
        promise(f"settle {reference}" in str(status["problems"]), "it does not say what to do")

    def _is_held(self, reference: str, row: Outcome | None) -> bool:
        """Whether people must decide about the payment of this sale."""
        held = row is Outcome.PAID and self._stage.sale.late_payment == "hold"
        return held or self._oddity(reference) is Oddity.LESS

    # --- the chain -------------------------------------------------------------------------------

    def sale_published(self, told: dict[str, Any]) -> None:
        """Check that an end is published once on a connection, unless its number can't be kept."""
        chain, kiosk, reference = self._stage.chain, self._stage.kiosk, told["reference"]
        assert chain
        if kiosk is None or self._stage.disk.full:
            chain.times_told.clear()
            return
        ends = sum(event in ENDS for _, event, _ in kiosk.journal.events(reference))
        times = chain.times_told[reference]
        promise(times <= ends, f"{reference} ended {ends} times and is published {times} times")

    def amount_answered(self, told: dict[str, Any]) -> None:
        """Check what the office hears of an amount: it is sold once, and the result is true."""
        number, reference, result = told["id"], told.get("reference"), told["result"]
        if reference is None:
            return
        known = self._sold_as.setdefault(number, reference)
        promise(known == reference, f"amount {number} is sold as {known} and {reference}")
        if result == "open" or told.get("reason") or self._stage.kiosk is None:
            return
        outcome = Unknown.UNKNOWN if result == "unknown" else Outcome(result)
        self._stage.told_of[reference].append(outcome)
        self.told(reference, outcome)

    def chain_knows_all(self) -> bool:
        """Whether a reader that counts each reference once has what the journal has."""
        chain, kiosk = self._stage.chain, self._stage.kiosk
        if chain is None:
            return True
        assert kiosk
        ended = {
            row.sale.reference: (row.outcome, row.sale.amount.plain(), row.sale.order_id or None)
            for row in kiosk.journal.sales(1000)
            if row.outcome
        }
        read = {
            reference: (told["outcome"], told["amount"], told.get("order_id"))
            for reference, told in chain.reader.sales.items()
        }
        return ended == read

    def reader_is_wrong(self) -> str:
        """Return what the reader believes of the counter, if it is not so."""
        chain, now = self._stage.chain, trio.current_time()
        assert chain
        steady = min(now - chain.well_since, now - self._stage.power_since) > BACK_WITHIN
        if chain.trouble or not steady:
            return ""
        kiosk = self._stage.kiosk
        truth = json.loads(kiosk.status.path.read_text())["state"] if kiosk else "away"
        told = chain.reader.state
        read = told["state"] if told.get("online") else "away"
        return f"the counter is {truth}, the reader says {read}" if truth != read else ""

    # --- what is true ----------------------------------------------------------------------------

    def _true_outcomes(self, order: Order) -> set[Outcome | None]:
        """Return the outcomes that are true of this order."""
        oddities, ended = self._stage.oddities, OUTCOME_OF.get(order.status)
        if self._key_has_lapsed(str(order.request["external_reference"])):
            return {None}
        match oddities.of.get(order.id):
            case Oddity.LESS if ended is Outcome.PAID:
                return {Outcome.ABANDONED}
            case Oddity.ALL_FAILED if ended is Outcome.PAID:
                return {None}
            case Oddity.LATE:  # the day's report finds what the looks after a restart can't find
                return {ended, Outcome.PAID}
        if order.id in oddities.refunded_elsewhere:
            return {Outcome.PAID, Outcome.REFUNDED}
        return {ended}

    def _is_paid(self, reference: str) -> bool:
        order = self.order(reference)
        return order is not None and Outcome.PAID in self._true_outcomes(order)

    def _has_no_end(self, reference: str) -> bool:
        order = self.order(reference)
        if order is None:
            return self._key_has_lapsed(reference)
        return None in self._true_outcomes(order)

    def _key_has_lapsed(self, reference: str) -> bool:
        """Whether the kiosk can't find out the order any more: a create could make another one."""
        assert self._stage.kiosk is not None
        journal, printed = self._stage.kiosk.journal, self._stage.mode != "dynamic"
        record = journal.find(reference)
        unknown = (
            printed and record is not None and record.set_aside_at and not record.sale.order_id
        )
        return bool(unknown) and journal.intent(reference).age > KEY_LASTS

    def _oddity(self, reference: str) -> Oddity | None:
        order = self.order(reference)
        return self._stage.oddities.of.get(order.id) if order else None

    # --- looking things up ------------------------------------------------------------------------

    def order(self, reference: str) -> Order | None:
        orders = self._orders()
        return next((o for o in orders if o.request["external_reference"] == reference), None)

    def outcomes(self) -> dict[str, Outcome | None]:
        """Return what the journal says of each sale."""
        assert self._stage.kiosk is not None
        sales = self._stage.kiosk.journal.sales(1000)
        return {record.sale.reference: record.outcome for record in sales}

    def _row(self, reference: str) -> Outcome | None:
        assert self._stage.kiosk is not None
        record = self._stage.kiosk.journal.find(reference)
        return record.outcome if record else None

    def _orders(self) -> list[Order]:
        return self._stage.book.orders(self._stage.service_clock())
