"""A play in plain words: what happened → what the counter did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kiosk.sale import effects as do
from kiosk.sale.effects import Effect, Fact
from tests.model.abstract_journal import SLOTS
from tests.model.abstract_service import order_id
from tests.model.as_scenario import as_scenario
from tests.model.exploring import Exploration, Found
from tests.model.steps import Model, Step
from tests.model.variants import VARIANTS
from tests.model.world import World

WIDTH = 58


class Report(NamedTuple):
    """What there is to say of an exploration. ``written``: see ``World``."""

    told: str
    states: int
    complete: bool
    broken: bool
    written: set[tuple[str, str]]


def explored(most: int, name: str) -> Report:
    """Explore the variant."""
    model = Model(VARIANTS[name])
    found = Exploration(model).run(most)
    told = figures(found)
    if found.broken:
        told += "\n" + play(model.world, found)
    return Report(told, found.states, found.complete, bool(found.broken), model.world.written)


def figures(found: Found) -> str:
    """Return one line about an exploration."""
    end = "BROKEN" if found.broken else "COMPLETE" if found.complete else "CUT OFF"
    return (
        f"{found.variant.name:<34} {end:<8} {found.states:>9,} states {found.edges:>10,} edges "
        f"depth {found.depth:>3} {found.seconds:>6.1f} s {found.states / found.seconds:>7,.0f}/s"
    )


def play(world: World, found: Found) -> str:
    """Return how the promise was broken, also as a scenario for ``kiosk simulate --scenario``."""
    lines = [f"{it.what:<{WIDTH}} → {_did(world, it)}" for it in found.play]
    scenario = as_scenario((it.what for it in found.play), found.broken)
    return "\n".join([*lines, f"Broken: {found.broken}", "As a scenario:", scenario])


def _did(world: World, step: Step) -> str:
    effects = world.effects.values[step.effects]
    words = [*_in_words(effects[step.first : step.stop]), *([step.ending] if step.ending else [])]
    return "; ".join(words) or "nothing"


def _in_words(effects: tuple[Effect, ...]) -> Iterator[str]:
    for effect in effects:
        match effect:
            case do.Remember(fact):
                yield f"writes that {_fact(fact)}"
            case do.Show(screen):
                yield f"shows {screen.value}"
            case do.Reply(reference=reference, outcome=outcome):
                yield f"tells the register that {reference} is {outcome}"
            case do.CreateOrder(reference):
                yield f"asks for an order of {reference}"
            case do.FetchOrder(about):
                yield f"looks at {_order(about)}"
            case do.CancelOrder(about):
                yield f"cancels {_order(about)}"
            case do.RefundOrder(about):
                yield f"refunds {_order(about)}"
            case do.Probe():
                yield "asks whether the service is ready"
            case do.LookLater(reference, _, ask):
                yield f"asks beside the current sale: {ask} the order of {reference}"


def _fact(fact: Fact) -> str:
    match fact:
        case do.SaleOpened(sale):
            return f"{sale.reference} is opened"
        case do.OrderKnown(reference):
            return f"{reference} has an order"
        case do.RefundDecided(reference):
            return f"{reference} must be refunded"
        case do.SaleEnded(reference, outcome, held=held):
            return f"{reference} is {outcome}{', and held for people' if held else ''}"
        case do.SaleSetAside(reference):
            return f"{reference} is set aside"
        case do.ResultTold(reference):
            return f"the register knows {reference}"
    return f"{fact.reference} has a refund"


def _order(about: str) -> str:
    slots = range(len(SLOTS))
    names = {order_id(slot, n): (slot, n) for slot in slots for n in range(2)}
    slot, number = names[about]
    return f"the {'second ' * number}order of {SLOTS[slot]}"
