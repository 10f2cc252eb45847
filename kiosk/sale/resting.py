"""What happens while no sale is open: starting, idle, result on show, out of service."""

from __future__ import annotations

from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.effects import Signal
from kiosk.sale.phases import Asking, Finished, Idle, OutOfService, Phase, Starting
from kiosk.sale.transition import Step, Transition, say
from kiosk.sale.transitions import FAULT_OF, SERVICE_FAULTS, free, out_of_service
from kiosk.sale.words import Fault, Screen

NOTICE_SHOWN_FOR = 4.0  # seconds; long enough to read why a reading was rejected


def devices_open(turn: Transition, _: Starting, event: on.Started) -> Step:
    """Tell the results that a power cut kept back, settle what the journal holds open, sell."""
    replies = tuple(do.reply_to(sale, outcome) for sale, outcome in event.untold)
    if event.unsettled:
        return turn.then(free, *replies, unsettled=event.unsettled)
    asking = Asking("start").sent()
    return turn.to(Starting(asking), *replies, *say(Screen.WORKING), do.Probe())


def ready(turn: Transition, _: Starting | OutOfService, __: on.ReadyToSell) -> Step:
    """The service answered and the journal can be written; a panel mends itself elsewhere."""
    faults = turn.counter.faults - SERVICE_FAULTS
    if not faults:
        return turn.then(free, faults=faults)
    return turn.then(out_of_service, faults=faults)


def not_ready(turn: Transition, phase: Starting | OutOfService, event: on.CallFailed) -> Step:
    """Still not; ask again later."""
    faults = turn.counter.faults - SERVICE_FAULTS | {FAULT_OF.get(event.failure, Fault.NETWORK)}
    asking = phase.asking.failed(turn.now, event.retry_after)
    if faults == turn.counter.faults:
        return turn.to(OutOfService(asking))
    return turn.then(lambda turn: out_of_service(turn, asking), faults=faults)


def warm_up(turn: Transition, _: Phase, __: on.ReadingBegan) -> Step:
    """Use the time that the rest of the reading takes."""
    return turn.stay(do.WarmConnection())


def amount_read(turn: Transition, _: Idle | Finished, event: on.AmountRead) -> Step:
    """Sell, unless something stands in the way."""
    return turn.then(free, waiting=turn.wanted(event))


def explain(turn: Transition, phase: Idle | Finished, event: on.ReadingRejected) -> Step:
    """Say why the reading is no amount, unless there is more to say."""
    counter = turn.counter
    if counter.faults or counter.waiting or counter.unsettled:
        return refuse_reading(turn, phase, event)
    notice = say(Screen.REJECTED_INPUT, reason=event.reason)
    # The tone is an overlay; the lamps below it must not go on about the result.
    over = (Signal(Screen.IDLE),) if isinstance(phase, Finished) else ()
    return turn.to(Idle(turn.now + NOTICE_SHOWN_FOR), *over, *notice)


def refuse_reading(turn: Transition, _: Phase, __: on.Reading) -> Step:
    """Keep what is on the panel; the tone says that nothing came of the reading."""
    return turn.stay(Signal(Screen.REJECTED_INPUT))


def result_over(turn: Transition, _: Idle | Finished, __: on.TimePassed) -> Step:
    """The result, or the notice, has been on show for long enough."""
    return free(turn)


def dismiss(turn: Transition, _: Finished, __: on.CancelPressed) -> Step:
    """Take the result off, and forget the amount that waits behind it."""
    return turn.then(free, waiting=None)


def probe(turn: Transition, phase: OutOfService, _: on.TimePassed) -> Step:
    """Find out whether selling is possible again."""
    return turn.to(OutOfService(phase.asking.sent()), do.Probe())


def reading_while_out(turn: Transition, phase: OutOfService, _: on.Reading) -> Step:
    """Refuse, but somebody is waiting: find out at once whether selling is possible again."""
    due = phase.asking.at(turn.now)
    return turn.to(OutOfService(due), Signal(Screen.REJECTED_INPUT))
