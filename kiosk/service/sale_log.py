"""The log of sales: a line for each event and effect, with the sale's reference."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Effect, Remember
from kiosk.sale.events import DROPPED, PAID_TWICE, CallFailed, Event, Failure
from kiosk.sale.words import Sale, code_of

log = logging.getLogger("kiosk.sale")

PROBLEMS_LOGGED = 20  # at the start; the status has all of them

# The evidence of an end that people should look at begins so.
DOUBTS = ("late", "another amount", "charged back", DROPPED)


class EventLog:
    """Logs the events of one counter, and what the kiosk did about each.

    A call that fails again for the same reason is a detail, until another sale or the next good
    probe: an order that can't be canceled is asked about every two seconds, for minutes.

    ``count`` gets each event and its effects, for statistics.
    """

    def __init__(self) -> None:
        self._about = ""
        self._failures: set[tuple[Failure, str]] = set()  # of the sale that ``_about`` names
        self.count: Callable[[Event, Sequence[Effect]], None] = lambda *_: None

    @contextmanager
    def afterwards(self, event: Event, sale: Sale | None) -> Iterator[list[Effect]]:
        """Log an event when the block is left, and the effects that it has put into the list.

        What the block does never waits for the log. ``sale`` was open before the event.
        """
        performed: list[Effect] = []
        try:
            yield performed
        finally:
            self.write(event, sale)
            for effect in performed:
                log_effect(effect)
            self.count(event, performed)

    def write(self, event: Event, sale: Sale | None) -> None:
        """Log an event."""
        about = f"sale {sale.reference}: " if sale else ""
        if about != self._about or isinstance(event, on.ReadyToSell):
            self._about = about
            self._failures.clear()
        match event:
            case CallFailed(failure, reason):
                again = (failure, reason) in self._failures
                self._failures.add((failure, reason))
                level = logging.DEBUG if again else logging.WARNING
                log.log(level, "%sthe call failed (%s): %s", about, failure.value, reason)
            case _:
                _log_event(event, about)


def _log_event(event: Event, about: str) -> None:
    match event:
        case on.AmountRead(amount, source):
            log.info("%s read from %s", amount, source)
        case on.ReadingRejected(reason, source):
            log.warning("reading from %s rejected: %s", source, reason)
        case on.ItemScanned(item, source):
            log.info("%s%d × %s scanned on %s", about, item.quantity, item.code, source)
        case (
            on.CancelPressed(source)
            | on.PayPressed(source)
            | on.RemovePressed(source)
            | on.ClearPressed(source)
            | on.LastPressed(source)
        ):
            what = type(event).__name__.removesuffix("Pressed").lower()
            log.info("%s%s pressed on %s", about, what, source)
        case on.DeviceFailed() | on.DeviceRecovered():
            _log_device(event, about)
        case on.ResultDelivered(reference):
            log.info("sale %s: the register has the result", reference)
        case on.Started() | on.LookedLater() | on.Decided() | on.RefundAsked():
            _log_beside(event)
        case on.OrderSeen(order_id, _, status):
            log.debug("%sorder %s is %s", about, order_id, status)
        case _:
            log.debug("%s%s", about, event)


def _log_problems(problems: Sequence[str]) -> None:
    for problem in problems[:PROBLEMS_LOGGED]:
        log.error("%s", problem)
    if len(problems) > PROBLEMS_LOGGED:
        log.error("%d more sales can't be read in the journal", len(problems) - PROBLEMS_LOGGED)


def _log_device(event: on.DeviceFailed | on.DeviceRecovered, about: str) -> None:
    if isinstance(event, on.DeviceFailed):
        log.error("%s%s failed: %s", about, event.fault.value, event.reason)
    else:
        log.info("%s%s works again", about, event.fault.value)


def _log_beside(event: on.Started | on.LookedLater | on.Decided | on.RefundAsked) -> None:
    """Log what is about another sale than the one at the counter."""
    match event:
        case on.Started(problems=problems):
            _log_problems(problems)
        case on.LookedLater(reference, CallFailed(failure, reason)):
            why = failure.value, reason
            log.warning("sale %s: the later look failed (%s): %s", reference, *why)
        case on.LookedLater(reference, on.OrderSeen(order_id, _, status)):
            log.info("sale %s: order %s is %s", reference, order_id, status)
        case on.Decided(reference):
            log.info("sale %s: a person decided it; it is not looked at any more", reference)
        case on.RefundAsked(sale, underway):
            what = "asked for" if underway else "made"
            log.info("sale %s: a refund was %s with kiosk orders refund", sale.reference, what)


def log_unsold(
    before: on.AmountRead | None, after: on.AmountRead | None, effects: Sequence[Effect]
) -> None:
    """Log that an amount waited and is dropped."""
    sold = any(isinstance(it, Remember) and isinstance(it.fact, do.SaleOpened) for it in effects)
    if before and before != after and not sold:
        log.warning(
            "%s from %s waited, and is not sold; send it again", before.amount, before.source
        )


def log_effect(effect: Effect) -> None:
    """Log an effect: at INFO what people or the service see of it, at DEBUG the rest."""
    match effect:
        case Remember(do.SaleOpened(sale)):
            log.info("sale %s: opened, %s from %s", sale.reference, sale.amount, sale.source)
        case Remember(do.OrderKnown(reference, order_id)):
            log.info("sale %s: order %s was created", reference, order_id)
        case Remember(do.RefundDecided(reference, evidence)):
            log.warning("sale %s: the payment will be refunded (%s)", reference, evidence)
        case Remember(do.SaleEnded(reference, outcome, evidence, held=True)):
            log.warning(
                "sale %s: %s (%s); held for people, and the register is not told; look at it with "
                "kiosk orders show %s, then refund it or collect the rest",
                *(reference, outcome, evidence, reference),
            )
        case Remember(do.SaleEnded(reference, outcome, evidence)):
            doubtful = evidence.startswith(DOUBTS) or evidence.endswith(PAID_TWICE)
            level = logging.WARNING if doubtful else logging.INFO
            log.log(level, "sale %s: %s (%s)", reference, outcome, evidence)
        case Remember(do.SaleSetAside(reference, reason)):
            log.warning(
                "sale %s: set aside: %s; the kiosk looks at its order again; to decide it, run: "
                "kiosk orders settle %s --as OUTCOME --note TEXT",
                *(reference, reason, reference),
            )
        case do.LookLater(reference, order_id, ask):
            log.info("sale %s: later look, %s %s", reference, ask, order_id)
        case do.Show(screen, reference=reference, reason=reason):
            about = f"sale {reference}: " if reference else ""
            why = f" ({reason})" if reason else ""
            code = f", code {code_of(reference)}" if reference else ""
            log.info("%spanel shows %s%s%s", about, screen, why, code)
        case do.CancelOrder(order_id):
            log.info("order %s: the service is asked to cancel it", order_id)
        case _:
            log.debug("%s", effect)
