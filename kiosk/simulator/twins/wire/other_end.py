"""The other end of an input's cable: what it can do, and the amounts that it keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import Currency, NumberFormat
from kiosk.inputs import InputSettings
from kiosk.inputs.tools.playback import replay
from kiosk.inputs.tools.recording import Chunk
from kiosk.sale.events import AmountRead, ReadingRejected


class CannotDo(Exception):
    """This device can't do what was asked. The message is a sentence that says why."""


@frozen
class Heard:
    """What a device makes of the kiosk's bytes: its answer at once, and what people can read."""

    answer: bytes = b""
    replies: tuple[str, ...] = ()


class OtherEnd:
    """A device at an input. ``can`` names the methods that work, ``words`` what ``press`` takes."""

    can: ClassVar[frozenset[str]] = frozenset()
    words: ClassVar[tuple[str, ...]] = ()

    def __init__(self, settings: InputSettings, currency: Currency) -> None:
        self._input, self._currency = settings, currency

    @property
    def dialect(self) -> str:
        """The language of its bytes, where the input has several; else an empty text."""
        return ""

    def key(self, amount: Decimal) -> bytes:
        """Return what it sends when a cashier keys this total; raise CannotDo."""
        rejected = b""
        for data in self._totals(amount):
            match self._read(data):
                case AmountRead(money) if money.amount == amount:
                    return data
                case ReadingRejected():
                    rejected = rejected or data
        if rejected:  # a register can send what the kiosk refuses, such as a total of zero
            return rejected
        raise CannotDo(
            _(
                "{name} has no way to say {amount:f}; send the bytes themselves",
                name=self._name,
                amount=amount,
            )
        )

    def scan(self, code: str) -> bytes:
        """Return what it sends when it reads a code; raise CannotDo."""
        raise CannotDo(
            _("{name} is not a scanner, so it can't read {code!r}", name=self._name, code=code[:20])
        )

    def press(self, word: str) -> bytes:
        """Return what it sends for one of its ``words``; raise CannotDo."""
        if word not in self.words:
            if not self.words:
                raise CannotDo(_("{name} has no buttons", name=self._name))
            raise CannotDo(
                _(
                    "{name} has no button {word!r}; choose from {known}",
                    name=self._name,
                    word=word[:20],
                    known=", ".join(self.words),
                )
            )
        return self._pressed(word)

    def received(self, data: bytes) -> Heard:
        """Take what the kiosk sent."""
        lines = re.split(r"[\x00-\x1f]+", data.decode("latin-1"))
        return Heard(replies=tuple(line for line in lines if line.strip()))

    @property
    def _name(self) -> str:
        return self._input.source

    def _pressed(self, word: str) -> bytes:
        return f"{word}\n".encode()

    def _totals(self, _amount: Decimal) -> Iterator[bytes]:
        """Yield the ways to send a total. The first one that the driver reads is taken."""
        raise CannotDo(_("{name} has no keys for a total", name=self._name))

    def _read(self, data: bytes) -> AmountRead | ReadingRejected | None:
        """Return what the input's own driver makes of the bytes, whatever its limits are."""
        free = self._input.model_copy(update={"min": None, "max": None})
        for _at, event in replay([Chunk(1.0, data)], free, self._currency):
            if isinstance(event, AmountRead | ReadingRejected):
                return event
        return None


def amount_texts(amount: Decimal, form: NumberFormat, currency: Currency) -> Iterator[str]:
    """Yield the ways to write an amount in a number format: with and without thousands.

    Raises CannotDo for cents that the format can't write.
    """
    decimals = currency.minor_units if form.decimal else form.implied_decimals
    if amount != round(amount, decimals):
        raise CannotDo(
            _(
                "this input writes numbers like {example}, so not {amount:f}",
                example=form.example(),
                amount=amount,
            )
        )
    if form.implied_decimals:
        yield f"{amount.scaleb(form.implied_decimals):.0f}"
        return
    marks = {",": form.thousands, ".": form.decimal}
    for grouped in (f"{amount:,.{decimals}f}", f"{amount:.{decimals}f}"):
        yield "".join(marks.get(char, char) for char in grouped)
