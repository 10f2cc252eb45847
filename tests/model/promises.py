"""What the kiosk promises, in every state of the model."""

from __future__ import annotations

from functools import cache

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.asking import NEVER
from kiosk.sale.phases import (
    BLIND_AFTER,
    UNANSWERED,
    Closing,
    Counter,
    Creating,
    Idle,
    Paying,
)
from kiosk.sale.words import Fault, Outcome
from tests.model.abstract_journal import SLOTS, Row
from tests.model.abstract_service import MONEY_CAME, OUTCOMES, order_id
from tests.model.parts import State
from tests.model.world import World, is_stuck

NO_ORDER = (Outcome.REFUSED, Outcome.ABANDONED)
AT_HAND = (Creating, Paying, Closing)  # only then an order can be payable


def _is_lost(phase: Paying) -> bool:
    """Whether nobody can say that the order is still seen: neither an answer nor a question is new."""
    return phase.seen_at < -BLIND_AFTER and phase.asked_at < -UNANSWERED


class Promises:
    """Checks the promises, each once for the parts of the state that it depends on."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._reached, self._shown = cache(self._find_reached), cache(self._find_shown)
        self._rest, self._ended = cache(self._find_rest), cache(self._find_ended)
        self._known_to = cache(self._find_known)

    def broken(self, state: State) -> str:
        """Return the promise that this state breaks, or an empty text."""
        counter, journal, service, _, people, blocked = state
        found = self._reached(counter, service)
        if found or not counter or blocked:  # blocked: the panel says out of service
            return found
        return self._shown(counter, people) or self._rest(counter, journal, service)

    def _find_reached(self, counter: int, service: int) -> str:
        """Return what is wrong with the orders that a payer can reach."""
        payable = self._world.services.values[service].payable()
        value = self._world.counters.values[counter]
        if len(payable) > 1:
            return "at most one order can be reached by a payer"
        if payable and value and not isinstance(value.phase, AT_HAND):
            return f"no order is payable while the counter is {value.state}"
        return ""

    def _find_shown(self, counter: int, people: int) -> str:
        """Return what is wrong with the panel."""
        qr, value = self._world.people.values[people].qr, self._counter(counter)
        phase = value.phase
        if not qr:
            return ""
        if not isinstance(phase, Paying) or phase.blind or _is_lost(phase):
            return "a QR is on the panel only while the counter sees the order"
        if Fault.PANEL in value.faults:
            return "no order waits for a payer while the panel is broken"
        return "" if phase.sale.order_id == qr else "the QR is that of the order at hand"

    def _find_rest(self, counter: int, journal: int, service: int) -> str:
        """Return where journal and service disagree although the counter is at rest."""
        value, rows = self._counter(counter), self._world.journals.values[journal].by_reference
        if not value.at_rest:
            return ""
        for slot, known in enumerate(self._world.services.values[service].slots):
            if known.orders and SLOTS[slot] not in rows:
                return f"{SLOTS[slot]} has an order, and is not in the journal"
        looked_at, status = self._known_to(counter), value.status()
        set_aside, problems = status["set_aside"], status["problems"]
        assert isinstance(set_aside, list)
        assert isinstance(problems, list)
        for reference, row in rows.items():
            said = reference in set_aside and any(reference in problem for problem in problems)
            left = row.set_aside and said
            refunding = row.to_refund and reference in looked_at
            if row.outcome is None and not (left or refunding):
                return f"{reference} has no end, and is not set aside"
            judged = row.outcome and reference not in looked_at
            if judged and (wrong := self._disagree(row, reference, service)):
                return wrong
        return ""

    def _disagree(self, row: Row, reference: str, service: int) -> str:
        """Return how the service contradicts the outcome of the journal, or an empty text."""
        slot = SLOTS.index(reference)
        known = self._world.services.values[service].slots[slot].orders
        if row.decided:
            return ""  # a person answers for it
        if not known and row.outcome not in NO_ORDER:
            return f"{reference} is {row.outcome}, and never had an order"
        for number, order in enumerate(known):
            if row.order_id not in ("", order_id(slot, number)):
                if order.payable or order.status in MONEY_CAME:
                    return f"{reference} has another order, which is {order.status}"
            elif row.outcome not in OUTCOMES[order.status]:
                return f"{reference} is {row.outcome} in the journal, {order.status} at the service"
        return ""

    def after_hint(self, event: int, before: int, after: int, effects: int) -> str:
        """Return what is wrong with this step, if it is one after a hint."""
        if not isinstance(self._world.events.values[event], on.OrderHinted | on.LinkChanged):
            return ""
        old, new = self._counter(before), self._counter(after)
        done = self._world.effects.values[effects]
        same = type(new.phase) is type(old.phase) and (new.sale, new.later) == (old.sale, old.later)
        looks = all(isinstance(effect, do.FetchOrder | do.LookLater) for effect in done)
        return "" if same and looks else "a hint causes no more than a look"

    # --- what is forgotten -----------------------------------------------------------------------

    def forgotten(self, state: State) -> tuple[State, str]:
        """Forget each sale that has ended, that is told, and that nobody asks about any more."""
        for reference in self._ended(state[1]):
            if not self._is_mentioned(state, reference) and not self._is_late(state, reference):
                state, broken = self._without(state, reference)
                if broken:
                    return state, broken
        return state, ""

    def _is_late(self, state: State, reference: str) -> bool:
        """Whether the next start looks at this sale again, because it ended some minutes ago."""
        row = self._world.journals.values[state[1]].by_reference[reference]
        return not state[0] and row.may_be_paid_late

    def _without(self, state: State, reference: str) -> tuple[State, str]:
        counter, journal, service, wire, people, blocked = state
        rows, orders = self._world.journals.values[journal], self._world.services.values[service]
        slot = SLOTS.index(reference)
        if any(order.payable for order in orders.slots[slot].orders):
            return state, ""
        broken = self._disagree(rows.by_reference[reference], reference, service)
        journal = self._world.journals.number(rows.without(reference))
        service = self._world.services.number(orders.forget(slot))
        return (counter, journal, service, wire, people, blocked), broken

    def _is_mentioned(self, state: State, reference: str) -> bool:
        counter, _, _, wire, people, blocked = state
        if blocked or (counter and reference in self._known_to(counter)):
            return True
        underway, looking, late = self._world.wires.values[wire]
        calls = [it.call for it in (underway, looking) if it]
        if any(it.ask != "probe" and SLOTS[it.slot] == reference for it in (*calls, *late)):
            return True
        return any(reference == about for about, _ in self._world.people.values[people].replies)

    def _find_ended(self, journal: int) -> tuple[str, ...]:
        rows = self._world.journals.values[journal].by_reference
        return tuple(reference for reference, row in rows.items() if row.outcome and row.told)

    def _find_known(self, counter: int) -> frozenset[str]:
        """Return the references of the sales that this counter knows of."""
        value = self._counter(counter)
        sales = [*(look.sale for look in value.later), *value.unsettled]
        sales += [value.sale] if value.sale else []
        sales += [value.untold.sale] if value.untold else []
        return frozenset(sale.reference for sale in sales)

    def is_at_rest(self, state: State) -> bool:
        """Whether a fair world has nothing to do any more."""
        counter, _, service, wire, people, blocked = state
        value = self._world.counters.values[counter]
        if value is None or blocked or not isinstance(value.phase, Idle):
            return False
        underway, looking, late = self._world.wires.values[wire]
        busy = underway or looking or late or self._world.people.values[people].replies
        if busy or value.faults or not value.at_rest or value.phase_wake < NEVER:
            return False
        return all(is_stuck(self._world, service, look) for look in value.later)

    def _counter(self, counter: int) -> Counter:
        value = self._world.counters.values[counter]
        assert value
        return value
