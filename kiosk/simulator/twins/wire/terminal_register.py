"""A register that commands a payment terminal: the other end of ``ecr_terminal``."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from itertools import count

from kiosk.base.language import _
from kiosk.base.money import Currency, NumberFormat
from kiosk.inputs.ecr.frames import ACK, Frame, Framer
from kiosk.inputs.ecr_terminal import EcrTerminalSettings
from kiosk.simulator.twins.wire.other_end import CannotDo, Heard, OtherEnd, amount_texts
from kiosk.simulator.twins.wire.pattern_text import matching_texts


class TerminalRegister(OtherEnd):
    """It numbers its sales, and acknowledges each frame that the kiosk sends."""

    can = frozenset({"key", "press", "send"})
    words = ("last",)

    def __init__(self, settings: EcrTerminalSettings, currency: Currency) -> None:
        super().__init__(settings, currency)
        profile = settings.transbank or settings.generic
        assert profile, "the settings have one of the two"
        self._generic = settings.generic
        self._form = profile.frame_format()
        self._framer = Framer(self._form, gap=math.inf)
        self._tickets = count(1)

    @property
    def dialect(self) -> str:
        """The protocol."""
        return "generic" if self._generic else "transbank"

    def _pressed(self, _word: str) -> bytes:
        """Ask for the result of the last sale."""
        if self._generic and not self._generic.last:
            raise CannotDo(
                _("{name} can't ask for the last sale; set generic.last", name=self._name)
            )
        texts = matching_texts(self._generic.last, {}) if self._generic else iter(["0250|"])
        return self._form.frame(next(texts).encode("latin-1", "replace"))

    def received(self, data: bytes) -> Heard:
        """Acknowledge whole frames."""
        frames = [each for each in self._framer.feed(data, 0.0) if isinstance(each, Frame)]
        texts = tuple(frame.data.decode("latin-1") for frame in frames)
        return Heard(answer=ACK * len(frames), replies=texts)

    def _totals(self, amount: Decimal) -> Iterator[bytes]:
        ticket = f"{next(self._tickets):06}"
        number = self._generic.number.format() if self._generic else NumberFormat()
        for text in amount_texts(amount, number, self._currency):
            for request in self._requests(text, ticket):
                yield self._form.frame(request.encode("latin-1", "replace"))

    def _requests(self, amount: str, ticket: str) -> Iterator[str]:
        if self._generic:
            return matching_texts(self._generic.sale, {"amount": amount, "ticket": ticket})
        return iter([f"0200|{amount}|{ticket}||0|0|"])
