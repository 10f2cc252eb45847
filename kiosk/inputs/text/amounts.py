"""Read amounts in lines of text. Pure, and strict: what is not certainly an amount is refused."""

from __future__ import annotations

import re
from decimal import Decimal

from kiosk.base.errors import BadReading
from kiosk.base.frozen import frozen
from kiosk.base.language import _
from kiosk.base.money import Currency, Money, NumberFormat, plain_blanks

# A pattern can take only a part of a number, as ``.*(?P<amount>[0-9,]+)`` does with 1.234,56. The
# characters directly before and after the amount show it.
_CUT_BEFORE = re.compile(r"[0-9][.,']?$")
_CUT_AFTER = re.compile(r"[.,']?[0-9]| [0-9]{3}(?![0-9])")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


@frozen
class AmountRule:
    """How the lines of one input state amounts.

    With a ``pattern``, which has a group ``amount``, lines that do not begin with it are ignored,
    and lines that do must match it to the end. Without, every line must be an amount. ``least`` and
    ``most`` are inclusive.
    """

    number: NumberFormat
    currency: Currency
    pattern: re.Pattern[str] | None = None
    least: Decimal | None = None
    most: Decimal | None = None

    def read(self, line: str) -> Money | None:
        """Return the line's amount, or None for a line to be ignored; raise BadReading."""
        line = plain_blanks(line).strip(" \t")
        text = line if self.pattern is None else self._amount_in(line, self.pattern)
        if text is None:
            return None
        if _CONTROL.search(line):
            raise BadReading(_("the line has unreadable characters; send the total again"))
        money = self.number.parse(text, self.currency)
        self._check_limits(money)
        return money

    @property
    def tails_pass(self) -> bool:
        """Whether the end of a line can look like a whole line."""
        if self.pattern is None:
            return True
        example = self.number.example()
        tails = [lead + example[cut:] for lead in ("", "A ", "$ ") for cut in range(len(example))]
        return any(self.pattern.match(tail) for tail in tails)

    def _amount_in(self, line: str, pattern: re.Pattern[str]) -> str | None:
        match = pattern.fullmatch(line)
        if match is None:
            if pattern.match(line):
                raise BadReading(
                    _("the line has more text after the amount; correct the setting amount")
                )
            return None
        if match["amount"] is None:
            raise BadReading(_("the amount is empty"))
        self._check_edges(line[: match.start("amount")], line[match.end("amount") :])
        return match["amount"]

    def _check_edges(self, before: str, after: str) -> None:
        if self._ends_in_minus(before) or after.startswith("-"):
            raise BadReading(_("the amount is negative"))
        if _CUT_BEFORE.search(before) or _CUT_AFTER.match(after):
            raise BadReading(_("the setting amount takes only a part of the number; correct it"))

    def _ends_in_minus(self, before: str) -> bool:
        """Return whether a minus is before the amount. ``-- $`` is fill and not a minus."""
        before = before.rstrip()
        for word in (self.currency.code, self.currency.symbol, "$"):
            before = before.removesuffix(word)
        before = before.rstrip()
        return before.endswith("(") or (before.endswith("-") and not before.endswith("--"))

    def _check_limits(self, money: Money) -> None:
        if self.least is not None and money.amount < self.least:
            raise BadReading(_("the amount is below the limit of {least:f}", least=self.least))
        if self.most is not None and money.amount > self.most:
            raise BadReading(_("the amount is above the limit of {most:f}", most=self.most))


def masked(line: str) -> str:
    """Describe a line for the log: its length and its end only, because it may be private."""
    end = "".join(char if char.isprintable() else "?" for char in line[-4:])
    return _("{number} characters ending in {end!r}", number=len(line), end=end)
