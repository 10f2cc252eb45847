"""Compares what is expected with what is seen at a counter, a headless one or one on the bench."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kiosk.journal import SaleRecord
from kiosk.simulator.acts.device_acts import bytes_of
from kiosk.simulator.acts.expectation import Expectation, Forbidden, ReplyExpected
from kiosk.simulator.scenario.rows import NOTHING, all_fit, order_row, row_text, rows_text, sale_row
from kiosk.simulator.scenario.transcript import readable
from kiosk.simulator.service.order import Order

PATIENCE = 10.0  # seconds that an expectation waits, if it does not say how long
READY_WITHIN = 60.0  # seconds from the power to the first step


@dataclass(frozen=True, slots=True)
class Unmet:
    """One setting of an expectation that is not met: its name, what it says, and what is seen."""

    name: str
    expected: str
    seen: str


@dataclass(frozen=True, slots=True)
class OnPanel:
    """What a person sees on the panel: the screen, the plain amount and the reason, or empty."""

    screen: str
    amount: str = ""
    reason: str = ""


class SeenCounter(Protocol):
    """All that can be seen at a counter."""

    def on_panel(self) -> OnPanel | None:
        """Return what is on the panel; None while it is dark."""

    def signal_now(self) -> str:
        """Return what lamps and buzzer play; an empty text while they are dark."""

    def status(self) -> dict[str, Any]:
        """Return the status file; empty while there is none."""

    def replies(self) -> Mapping[str, Sequence[tuple[bytes, str]]]:
        """Return all replies by the name of their input: the bytes, and what people can read.

        What nobody can read, such as an acknowledgement, has an empty text.
        """

    def texts_of(self, channel: str) -> Sequence[str]:
        """Return all texts so far of a channel: ``voice``, ``rejected`` or ``api``.

        ``api`` has the calls that do more than look: ``create 201``, ``cancel lost``.
        """

    def sales(self) -> Sequence[SaleRecord]:
        """Return the sales in the journal, oldest first."""

    def orders(self) -> Sequence[Order]:
        """Return the orders at the service, oldest first."""


class Sight:
    """What is seen at the counter, and what of it earlier expectations have taken."""

    def __init__(self, counter: SeenCounter) -> None:
        self._counter = counter
        self._taken: dict[str, int] = {}  # by channel, or by input: how many were taken

    def differences(self, expected: Expectation) -> list[Unmet]:
        """Return what is not met now."""
        return list(self._differences(expected))

    def take(self, expected: Expectation) -> None:
        """Take the replies, sentences and others that met the expectation."""
        if expected.reply:
            name, number = self._reply(expected.reply)
            self._taken[name] = number + 1
        for channel, text in (("voice", expected.said), ("rejected", expected.rejected)):
            if text:
                self._taken[channel] = self._number_of(channel, text) + 1
        if expected.requests is not None:
            self._taken["api"] = self._taken.get("api", 0) + len(expected.requests)

    def reply_count(self, rule: Forbidden) -> int:
        """Return how many replies came in so far at the inputs that the rule is about."""
        return len(list(self._replies(rule.reply.input))) if rule.reply else 0

    def broken(self, rule: Forbidden, since: int) -> Unmet | None:
        """Return what is seen although it must not be; ``since`` so many replies were there."""
        shown = self._counter.on_panel()
        if rule.screen and shown and shown.screen == rule.screen:
            return Unmet("screen", f"never {rule.screen}", shown.screen)
        if rule.signal and self._counter.signal_now() == rule.signal:
            return Unmet("signal", f"never {rule.signal}", rule.signal)
        if rule.reply:
            for data, text in list(self._replies(rule.reply.input))[since:]:
                if _is_reply(rule.reply, data, text):
                    return Unmet("reply", f"never {_said(rule.reply)}", text)
        return None

    def _differences(self, expected: Expectation) -> Iterator[Unmet]:
        states = {**self._on_panel(), **self._elsewhere()}
        for name, seen in states.items():
            wanted = getattr(expected, name)
            if wanted is not None and str(_plain(wanted)) != str(seen):
                yield Unmet(name, str(_plain(wanted)), str(seen))
        yield from self._problem_differences(expected)
        yield from self._event_differences(expected)
        yield from self._row_differences(expected)

    # --- states -----------------------------------------------------------------------------------

    def _on_panel(self) -> dict[str, str]:
        shown = self._counter.on_panel()
        if shown is None:
            return {"screen": "dark", "amount": NOTHING, "reason": NOTHING, "dark": "yes"}
        return {
            "screen": shown.screen,
            "amount": shown.amount or NOTHING,
            "reason": shown.reason or NOTHING,
            "dark": "no",
        }

    def _elsewhere(self) -> dict[str, str]:
        status = self._counter.status()
        return {
            "signal": self._counter.signal_now() or NOTHING,
            "state": str(status.get("state", "off")),
            "problems": "yes" if status.get("problems") else "no",
        }

    def _problem_differences(self, expected: Expectation) -> Iterator[Unmet]:
        found = [str(each) for each in self._counter.status().get("problems", ())]
        wanted = expected.problem
        if wanted and not any(wanted in each for each in found):
            yield Unmet("problem", wanted, "; ".join(found) or NOTHING)

    # --- what happens once ------------------------------------------------------------------------

    def _event_differences(self, expected: Expectation) -> Iterator[Unmet]:
        if expected.reply and self._reply(expected.reply)[1] < 0:
            yield Unmet("reply", _said(expected.reply), self._next_reply(expected.reply.input))
        if expected.quiet is not None and expected.quiet != (not self._waiting_replies("")):
            yield Unmet("quiet", _plain(expected.quiet), self._next_reply(""))
        for channel, name in (("voice", "said"), ("rejected", "rejected")):
            text = getattr(expected, name)
            if text and self._number_of(channel, text) < 0:
                waiting = self._waiting(channel)
                yield Unmet(name, text, "; ".join(waiting) or NOTHING)
        calls = self._calls()
        if expected.requests is not None and list(expected.requests) != calls:
            yield Unmet("requests", ", ".join(expected.requests) or NOTHING, ", ".join(calls))

    def _calls(self) -> list[str]:
        return self._waiting("api")

    def _waiting(self, channel: str) -> list[str]:
        return list(self._counter.texts_of(channel))[self._taken.get(channel, 0) :]

    def _number_of(self, channel: str, part: str) -> int:
        """Return the number of the next text with this part; -1 if there is none."""
        begin = self._taken.get(channel, 0)
        texts = self._counter.texts_of(channel)
        return next((n for n in range(begin, len(texts)) if part in texts[n]), -1)

    def _replies(self, name: str) -> Iterator[tuple[bytes, str]]:
        for each, replies in self._counter.replies().items():
            if name in ("", each):
                yield from replies

    def _reply(self, wanted: ReplyExpected) -> tuple[str, int]:
        """Return the input and the number of the reply that is meant; -1 if it did not come.

        Acknowledgements, which nobody can read, are passed over unless they are meant.
        """
        for each, replies in self._counter.replies().items():
            if wanted.input not in ("", each):
                continue
            for number in range(self._taken.get(each, 0), len(replies)):
                if _is_reply(wanted, *replies[number]):
                    return each, number
                if replies[number][1]:
                    break
        return "", -1

    def _waiting_replies(self, name: str) -> list[str]:
        """Return the replies that no expectation has taken, without acknowledgements."""
        return [
            text
            for each, replies in self._counter.replies().items()
            if name in ("", each)
            for _, text in replies[self._taken.get(each, 0) :]
            if text
        ]

    def _next_reply(self, name: str) -> str:
        return " / ".join(self._waiting_replies(name)) or NOTHING

    # --- rows ----------------------------------------------------------------------------------

    def _row_differences(self, expected: Expectation) -> Iterator[Unmet]:
        if expected.journal is not None:
            sales = self._counter.sales()
            if not all_fit(expected.journal, [sale_row(each) for each in sales]):
                rows = ", ".join(row_text(sale_row(each)) for each in sales)
                yield Unmet("journal", rows_text(expected.journal), rows or NOTHING)
        if expected.orders is not None:
            orders = [order_row(each) for each in self._counter.orders()]
            if not all_fit(expected.orders, orders):
                found = ", ".join(map(row_text, orders))
                yield Unmet("orders", rows_text(expected.orders), found or NOTHING)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _is_reply(wanted: ReplyExpected, data: bytes, text: str) -> bool:
    if wanted.bytes is not None:
        return data == bytes_of(wanted.bytes)
    pattern = re.escape(wanted.text or "")
    pattern = pattern.replace(r"\{reference\}", r"[\w-]+").replace(r"\{any\}", ".*")
    return re.fullmatch(pattern, text) is not None


def _said(wanted: ReplyExpected) -> str:
    return wanted.text or readable(bytes_of(wanted.bytes or ""))
