"""Sales as plays: a cue on the left, the machine's effects on the right.

::

    perform(
        '''
        start                | show working; probe
        ready                | show idle
        caja 12.50           | remember opened; create; show working
        sees created         | remember order; show scan_me
        later                | fetch
        sees processed       | remember paid; show paid; reply paid
        later                | show idle
        '''
    )

The machine gets the cues of the left column. Its effects must be those of the right column; if
not, the test prints the difference between the whole plays. A ``signal`` is written only where it
is not the one that goes with the screen before it.

| cue | what happens |
|---|---|
| ``start [REFERENCE[=ORDER[!]]]...`` | the devices are open; these sales are open (!: to be refunded) |
| ``start aside REFERENCE[=ORDER[!]]...`` | the same, and these sales are set aside |
| ``start untold REFERENCE=ORDER OUTCOME`` | the same, and the register may not know this result |
| ``ready`` | a probe succeeded |
| ``INPUT AMOUNT [TICKET]`` | an input read a total |
| ``gun scans NAME PRICE`` | a scanner read an item |
| ``noise``, ``first byte`` | an input read something else, or the first byte of something |
| ``cancel``, ``pay``, ``remove``, ``clear`` | somebody pressed it |
| ``told REFERENCE OUTCOME`` | the register got its result |
| ``sees STATUS [detail=] [amount=] [ref=] [id=] [noqr]`` | the service described the order |
| ``... [paid=] [offers=] [payments=WORD,...] [chargeback] [problem=]`` | and its payments |
| ``... [refunded=] [underway]`` | and its refunds |
| ``fails HOW [after=SECONDS] [limited]`` | a call failed (limited: too many calls) |
| ``looked REFERENCE STATUS [...]`` | a later look is answered, as by ``sees`` |
| ``looked REFERENCE fails HOW`` | a later look failed |
| ``decided REFERENCE`` | a person decided this sale |
| ``refunded REFERENCE=ORDER`` | a person refunded this sale |
| ``refunding REFERENCE=ORDER`` | the same, and the service has not finished it |
| ``panel fails``, ``panel back``, ``journal fails`` | a device failed, or works again |
| ``later [SECONDS]`` | the moment came that the machine asked for; in so many seconds, ± 10 % |
| ``wait SECONDS`` | time passes, and the machine does not hear of it |
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.base.money import Money
from kiosk.sale import effects as do
from kiosk.sale import events as on
from kiosk.sale.asking import NEVER
from kiosk.sale.effects import Effect
from kiosk.sale.events import Event, Failure
from kiosk.sale.machine import Machine
from kiosk.sale.phases import Counter
from kiosk.sale.policy import Policy
from kiosk.sale.words import (
    SOUNDS_LIKE,
    Fault,
    Item,
    OrderProblem,
    Outcome,
    Payment,
    Sale,
    Screen,
    Unknown,
    UntoldResult,
)

POLICY = Policy(prefix="K")
ORDER = "ORD1"
PRESSED: dict[str, Callable[[str], Event]] = {
    "pay": on.PayPressed,
    "remove": on.RemovePressed,
    "clear": on.ClearPressed,
}
QUESTIONS = (do.CreateOrder, do.FetchOrder, do.CancelOrder, do.RefundOrder, do.Probe)
ANSWERS = (on.OrderSeen, on.CallFailed, on.ReadyToSell)
PANEL_FAILED = on.DeviceFailed(Fault.PANEL, "the panel is broken")
JOURNAL_FAILED = on.DeviceFailed(Fault.JOURNAL, "the disk is full")
QR = "000201...6304ABCD"

# How most plays begin: the counter is open; and then an order is on the panel.
OPEN = """
    start                | show working; probe
    ready                | show idle
"""
SHOWN = (
    OPEN
    + """
    caja 12.50           | remember opened; create; show working
    sees created         | remember order; show scan_me
"""
)

# A result is on the panel: of the only sale, with an amount waiting, with another open sale.
PAID = (
    SHOWN
    + """
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
"""
)
AMOUNT_WAITS = (
    SHOWN
    + """
    caja 99.00           | show checking; cancel
    fails conflict       |
    later                | fetch
    sees processed       | remember paid; show paid; reply paid
"""
)
TWO_OPEN = """
    start OLD=ORD7 OLDER=ORD8 | show checking; fetch
    sees processed            | remember paid; show paid; reply paid
"""


def pesos(text: str) -> Money:
    """Return an amount in ARS."""
    return Money.of(text, "ARS")


def result(word: str) -> Outcome | Unknown:
    """Return what the register hears: an outcome, or that the end is unknown."""
    return Unknown.UNKNOWN if word == Unknown.UNKNOWN else Outcome(word)


def perform(script: str, policy: Policy = POLICY) -> Play:
    """Give the machine the cues of the script, and compare its effects with the script."""
    play = Play(policy)
    lines = [line.split("|") for line in script.strip().splitlines() if line.strip()]
    written = [(cue.strip(), done.strip()) for cue, done in lines]
    happened = [(cue, play.cue(cue)) for cue, _ in written]
    assert _page(happened) == _page(written)
    return play


def _page(lines: list[tuple[str, str]]) -> str:
    return "\n".join(f"{cue:<28} | {done}" for cue, done in lines)


class Play:
    """A machine, its counter and a clock."""

    def __init__(self, policy: Policy = POLICY) -> None:
        self.machine = Machine(policy)
        self.counter = Counter()
        self.now = 1000.0
        self.done: list[Effect] = []
        self.underway = False  # a question to the service
        self.looking = ""  # the sale of a later look that is underway

    def cue(self, cue: str) -> str:
        """Give the machine what the cue says; return its effects in words."""
        word, *rest = cue.split()
        if word == "wait":
            self.now += float(rest[0])
            return ""
        if word == "later":
            assert self.counter.wake < NEVER, "the machine did not ask for any moment"
            if rest:
                assert self.counter.wake - self.now == pytest.approx(float(rest[0]), rel=0.1)
            self.now = max(self.now, self.counter.wake)
            return self.give(on.TimePassed())
        return self.give(self._event(word, rest))

    def give(self, event: Event) -> str:
        """Take one step, and check that there is one question to the service at a time."""
        if isinstance(event, ANSWERS):
            assert self.underway, f"{event} answers no question"
            self.underway = False
        if event == JOURNAL_FAILED and self.counter.state == "creating":
            self.underway = False  # the create comes after the write that failed: it was not sent
        if isinstance(event, on.LookedLater):
            assert self.looking == event.reference, f"{event} answers no later look"
            self.looking = ""
        self.counter, effects = self.machine.step(self.counter, event, self.now)
        for effect in effects:
            if isinstance(effect, do.LookLater):
                assert not self.looking, f"{effect} while another later look is underway"
                self.looking = effect.reference
            if isinstance(effect, QUESTIONS):
                assert not self.underway, f"{effect} while another question is underway"
                self.underway = True
        asking = getattr(self.counter.phase, "asking", None)
        assert not asking or asking.underway == self.underway, self.counter
        self.done += effects
        return in_words(effects)

    def _event(self, word: str, rest: list[str]) -> Event:
        match word, rest:
            case "start", ["aside", *others]:
                return on.Started(set_aside=tuple(self._open_sale(text) for text in others))
            case "start", ["untold", text, outcome]:
                return on.Started(untold=(UntoldResult(self._open_sale(text), result(outcome)),))
            case "looked", [reference, "fails", how]:
                failed = on.CallFailed(Failure(how.replace("_", " ")), "why")
                return on.LookedLater(reference, failed)
            case "looked", [reference, status, *options]:
                looks = self.counter.later
                (sale,) = [it.sale for it in looks if it.sale.reference == reference]
                return on.LookedLater(reference, self._seen(sale, status, _options(options)))
            case "start", ["refunding", *others]:
                return on.Started(refunds=tuple(self._open_sale(text) for text in others))
            case "decided", [reference]:
                return on.Decided(reference)
            case "refunding", [text]:
                return on.RefundAsked(self._open_sale(text), underway=True)
            case "refunded", [text]:
                return on.RefundAsked(self._open_sale(text))
            case "start", _:
                return on.Started(tuple(self._open_sale(text) for text in rest))
            case "ready", []:
                return on.ReadyToSell()
            case "noise", []:
                return on.ReadingRejected("it is noise", "caja")
            case "first", ["byte"]:
                return on.ReadingBegan("caja")
            case "cancel", []:
                return on.CancelPressed("button")
            case source, ["scans", name, price]:
                return on.ItemScanned(Item(name, pesos(price), 1, name), source)
            case "pay" | "remove" | "clear", []:
                return PRESSED[word]("gun")
            case "told", [reference, outcome]:
                return on.ResultDelivered(reference, result(outcome))
            case "panel" | "journal", ["fails"]:
                return JOURNAL_FAILED if word == "journal" else PANEL_FAILED
            case "panel" | "journal", ["back"]:
                return on.DeviceRecovered(Fault(word))
            case "fails", [how, *options]:
                pause = _options(options).get("after")
                failure = Failure(how.replace("_", " "))
                limited = "limited" in options
                seconds = float(pause) if pause else None
                return on.CallFailed(failure, "why", seconds, rate_limited=limited)
            case "sees", [status, *options]:
                return self._sees(status, _options(options))
            case source, [amount, *ticket]:
                return on.AmountRead(pesos(amount), source, ticket="".join(ticket))
        raise ValueError(f"no such cue: {word} {rest}")

    def _sees(self, status: str, options: dict[str, str]) -> on.OrderSeen:
        sale = self.counter.sale
        assert sale is not None, "the service can only describe the order of a sale"
        return self._seen(sale, status, options)

    def _seen(self, sale: Sale, status: str, options: dict[str, str]) -> on.OrderSeen:
        return on.OrderSeen(
            order_id=options.get("id", sale.order_id or ORDER),
            reference=options.get("ref", sale.reference),
            status=status,
            total=pesos(options["amount"]) if "amount" in options else sale.amount,
            status_detail=options.get("detail", ""),
            qr_data=None if "noqr" in options else QR,
            paid=pesos(options["paid"]) if "paid" in options else None,
            offered=(pesos(options["offers"]),) if "offers" in options else (),
            payments=tuple(
                Payment(f"PAY{number}", word, sale.amount, None)
                for number, word in enumerate(options.get("payments", "").split(","), 1)
                if word
            ),
            charged_back="chargeback" in options,
            problem=OrderProblem(options["problem"]) if "problem" in options else None,
            refunded=pesos(options["refunded"]) if "refunded" in options else None,
            refund_underway="underway" in options,
        )

    def _open_sale(self, text: str) -> Sale:
        reference, _, order_id = text.partition("=")
        return Sale(reference, pesos("7.00"), "caja", order_id.rstrip("!"), order_id[-1:] == "!")


def _options(words: list[str]) -> dict[str, str]:
    return {word.partition("=")[0]: word.partition("=")[2] for word in words}


def in_words(effects: tuple[Effect, ...]) -> str:
    """Return effects in the short form of the plays."""
    words: list[str] = []
    shown: Screen | None = None
    for effect in effects:
        if isinstance(effect, do.Signal) and effect.name == shown:
            continue
        shown = effect.screen if isinstance(effect, do.Show) else None
        shown = SOUNDS_LIKE.get(shown, shown) if shown else None
        words.append(_in_words(effect))
    return "; ".join(words)


def _in_words(effect: Effect) -> str:
    match effect:
        case do.Remember(do.SaleOpened()):
            return "remember opened"
        case do.Remember(do.OrderKnown()):
            return "remember order"
        case do.Remember(do.RefundDecided()):
            return "remember refund"
        case do.RefundOrder():
            return "refund"
        case do.Remember(do.SaleEnded(_, outcome, held=held)):
            return f"remember {outcome}{' held' if held else ''}"
        case do.Remember(do.SaleSetAside()):
            return "remember set_aside"
        case do.Remember(do.RefundSeen()):
            return "remember refund_seen"
        case do.LookLater(_, _, ask):
            return f"look {ask}"
        case do.Remember(do.ResultTold()):
            return "remember told"
        case do.Show(Screen.OUT_OF_SERVICE, reason=reason):
            return f"show out_of_service {reason}"
        case do.Show(Screen.BASKET, amount=total) if total:
            return f"show basket {total.plain()}"
        case do.Show(screen):
            return f"show {screen}"
        case do.Signal(name):
            return f"signal {name}"
        case do.Reply(outcome=outcome):
            return f"reply {outcome}"
        case do.Decline(_, ticket):
            return f"decline {ticket}"
        case do.CreateOrder():
            return "create"
        case do.FetchOrder():
            return "fetch"
        case do.CancelOrder():
            return "cancel"
        case do.Probe():
            return "probe"
        case do.WarmConnection():
            return "warm"
    raise AssertionError(effect)
