"""Simulated payers at the real sale machine, on virtual time, and the best plan that there is.

A crowd is that of the kiosk's own assumption (``payment_times.share_paid_until``): nobody pays in
the first 5 s, 85 % take a time around the median, 15 % take much longer. One in ten never pays.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Remember, SaleEnded
from kiosk.sale.hints import Hints
from kiosk.sale.machine import Machine
from kiosk.sale.payment_times import share_paid_until
from kiosk.sale.phases import Counter
from kiosk.sale.policy import Policy
from kiosk.sale.words import Outcome
from tests.support.play import ORDER, QR, pesos

VALID_FOR = 300.0  # seconds
NEVER_PAY = 0.1
STEP = 0.25  # seconds; the grid of the best plan
LONGEST_GAP = 30.0  # seconds; no best plan here has a longer one


@dataclass(frozen=True)
class Seen:
    """What an order cost, and how it was seen to be paid. ``wait``: seconds, None if it was not."""

    looks: int
    wait: float | None
    paid_after: float | None  # what the kiosk learns of it


def crowd(median: float, payers: int, seed: int) -> list[float]:
    """Return the seconds after which each pays; infinity for one who never does.

    One payer comes from each of as many equal parts of the crowd, so that chance decides little.
    """
    chance = random.Random(seed)
    times = [
        _time_of((number + chance.random()) / payers / (1 - NEVER_PAY), median)
        for number in range(payers)
    ]
    chance.shuffle(times)
    return times


def _time_of(share: float, median: float) -> float:
    """Return when this share of those who pay has paid."""
    if share >= 1:
        return float("inf")
    return (
        bisect_left(range(10**8), share, key=lambda ms: share_paid_until(ms / 1000, median)) / 1000
    )


def watch(machine: Machine, times: Iterable[float]) -> list[Seen]:
    """Let each pay an order of its own at the machine. The service answers at once."""
    return [
        _watch_one(machine, number, paid_at, math.inf, Hints())[0]
        for number, paid_at in enumerate(times)
    ]


def watch_hinted(
    machine: Machine, times: Iterable[float], is_lost: Callable[[int], bool], delay: float
) -> list[Seen]:
    """Watch them with hints that come so many seconds after the payments, or are lost."""
    seen, hints = list[Seen](), Hints(linked=True)
    for number, paid_at in enumerate(times):
        hint_at = math.inf if is_lost(number) else paid_at + delay
        one, hints = _watch_one(machine, number, paid_at, hint_at, hints)
        seen.append(one)
    return seen


def _watch_one(
    machine: Machine, number: int, paid_at: float, hint_at: float, hints: Hints
) -> tuple[Seen, Hints]:
    """Return what was seen of one payer, and what the counter knows of hints after that."""
    machine = Machine(replace(machine.policy, prefix=f"counter-{number}"))  # its own jitter
    counter, reference, amount = Counter(hints=hints), f"counter-{number}-1", pesos("12.50")
    order = on.OrderSeen(ORDER, reference, "created", amount, qr_data=QR)
    hint = on.OrderHinted(reference)
    looks, now, ended = 0, 0.0, None
    for event in (on.Started(), on.ReadyToSell(), on.AmountRead(amount, "caja"), order):
        counter, _ = machine.step(counter, event, now)
    while ended is None:
        if hint_at <= counter.wake:
            now, hint_at = hint_at, math.inf
            counter, _ = machine.step(counter, hint, now)
        now = counter.wake
        counter, effects = machine.step(counter, on.TimePassed(), now)
        if do.FetchOrder(ORDER) in effects:
            looks += 1
            status = _status(paid_at, now)
            counter, effects = machine.step(counter, replace(order, status=status), now)
            facts = [effect.fact for effect in effects if isinstance(effect, Remember)]
            ended = next((fact for fact in facts if isinstance(fact, SaleEnded)), None)
    if hint_at < math.inf:  # a look was sooner than the hint
        counter, _ = machine.step(counter, hint, hint_at)
    wait = now - paid_at if ended.outcome is Outcome.PAID else None
    after = replace(counter.hints, until=counter.hints.until - now)  # the next clock begins at 0
    return Seen(looks, wait, ended.paid_after), after


def _status(paid_at: float, now: float) -> str:
    if paid_at <= min(now, VALID_FOR):
        return "processed"
    return "created" if now < VALID_FOR else "expired"


def mean_looks(seen: Sequence[Seen]) -> float:
    """Return the looks per order."""
    return sum(each.looks for each in seen) / len(seen)


def waits(seen: Iterable[Seen]) -> list[float]:
    """Return the seconds from each payment to the look that saw it, shortest first."""
    return sorted(each.wait for each in seen if each.wait is not None)


def mean_wait(seen: Iterable[Seen]) -> float:
    """Return the mean of ``waits``."""
    found = waits(seen)
    return sum(found) / len(found)


def effort(seen: Sequence[Seen]) -> float:
    """Return the mean wait × the looks per order, which hardly depends on the number of looks."""
    return mean_wait(seen) * mean_looks(seen)


def best_effort(median: float, looks: float, times: Sequence[float]) -> float:
    """Return the effort of the best plan for this crowd, with so many looks, for these payers."""
    plan = best_plan(median, looks)
    return effort([_watch_plan(plan, paid_at) for paid_at in times])


def _watch_plan(plan: Sequence[float], paid_at: float) -> Seen:
    place = bisect_left(plan, paid_at)
    if place < len(plan):
        return Seen(place + 1, plan[place] - paid_at, None)
    return Seen(len(plan) + 1, VALID_FOR - paid_at if paid_at <= VALID_FOR else None, None)


def best_plan(median: float, looks: float) -> list[float]:
    """Return the ages of the looks that see a payment soonest, of all plans with as many looks.

    Dynamic programming over a grid of ages, with a price for a look; the price is halved and
    doubled until the looks are as many as wanted.
    """
    grid = round(VALID_FOR / STEP)
    paid = [share_paid_until(age * STEP, median) * (1 - NEVER_PAY) for age in range(grid + 1)]
    low, high = 1e-4, 10.0
    plan: list[float] = []
    for _ in range(12):
        price = (low * high) ** 0.5
        plan = _plan_at(price, paid)
        if _expected_looks(plan, median) > looks:
            low = price
        else:
            high = price
    return plan


def _plan_at(price: float, paid: Sequence[float]) -> list[float]:
    """Return the ages of the looks with the least sum of the payers' waits and the looks' prices."""
    grid, reach = len(paid) - 1, round(LONGEST_GAP / STEP)
    sums = [0.0]  # of the payers by each age, so the integral of ``paid``
    for before, after in pairwise(paid):
        sums.append(sums[-1] + (before + after) / 2 * STEP)
    costs, following = [0.0] * (grid + 1), [grid] * (grid + 1)
    for age in range(grid - 1, -1, -1):
        base = sums[age] - paid[age] * age * STEP
        until = min(grid, age + reach)
        cost, following[age] = min(
            (sums[at] - base - paid[age] * at * STEP + costs[at], at)
            for at in range(age + 1, until + 1)
        )
        costs[age] = cost + price * (1 - paid[age])
    plan, age = [], following[0]
    while age < grid:
        plan.append(age * STEP)
        age = following[age]
    return plan


def _expected_looks(plan: Sequence[float], median: float) -> float:
    """Return the looks of an order on average; the last one is at the end of its validity."""
    return sum(1 - share_paid_until(age, median) * (1 - NEVER_PAY) for age in (0.0, *plan))


def policy() -> Policy:
    """Return the policy of these counters."""
    return Policy(prefix="counter", expires_after=VALID_FOR)
