"""What is known of one receipt: its total lines, and why it may have none. Pure."""

from __future__ import annotations

from typing import Literal

from kiosk.base.errors import BadReading
from kiosk.base.money import Money
from kiosk.inputs.text.amounts import masked
from kiosk.inputs.text.totals import TotalRule

LONGEST_LINE = 512  # characters
LONGEST_RECEIPT = 65536  # characters; more is noise, or a register that never cuts

SeveralTotals = Literal["refuse", "first", "last", "largest"]

_NO_LABEL = "no line begins with the label of a total; see the setting include"


class PrintedReceipt:
    """A receipt that is being printed. ``totals`` has, for each total line, its amount or fault."""

    def __init__(self) -> None:
        self.totals: list[Money | BadReading] = []
        self.characters = 0
        self.pictures = 0
        self.line = ""
        self.is_doubtful = False  # the line
        self.unread = ""  # the best reason why it states no total
        self.unread_line = ""  # the line that the reason is about, masked

    @property
    def has_begun(self) -> bool:
        """Whether anything was printed."""
        return bool(self.characters or self.pictures)

    def print(self, text: str) -> None:
        """Add the text to the line."""
        self.characters += len(text)
        self.line = (self.line + text)[: LONGEST_LINE + 1]

    def end_line(self, rule: TotalRule, advice: str) -> None:
        """Check whether the line states a total, and begin the next line.

        ``advice`` is what to set, if the receipt seems to be in another printer language.
        """
        line, is_doubtful = self.line, self.is_doubtful
        self.line, self.is_doubtful = "", False
        if rule.after_label(line) is None:
            self._note(line, rule.why_not(line))
            return
        try:
            found: Money | BadReading | None = rule.read(line)
        except BadReading as fault:
            found = fault
        if len(line) > LONGEST_LINE or (is_doubtful and found):
            found = _unreadable(advice)
        if found:
            self.totals.append(found)
        else:
            self._note(line, rule.why_not(line))

    def result(self, several: SeveralTotals) -> Money | BadReading | None:
        """Return what the finished receipt comes to; None if it states no total."""
        if self.characters > LONGEST_RECEIPT:
            return BadReading(f"the receipt has more than {LONGEST_RECEIPT} characters")
        if self.pictures and not self.characters:
            return BadReading(
                "the receipt is a picture without text; set the register's program to print text"
            )
        return _chosen(self.totals, several) if self.totals else None

    def why_unread(self, advice: str) -> str:
        """Return why the finished receipt states no total."""
        if advice:
            return f"the receipt has commands of another printer language; {advice}"
        return self.unread or _NO_LABEL

    def _note(self, line: str, reason: str) -> None:
        """Keep the first reason; a label without a number is a better one than other labels."""
        if reason and (
            not self.unread or ("no number" in reason and "no number" not in self.unread)
        ):
            self.unread, self.unread_line = reason, masked(line)


def _unreadable(advice: str) -> BadReading:
    if advice:
        return BadReading(
            f"the line of the total has commands of another printer language; {advice}"
        )
    return BadReading("the line of the total cannot be read completely; print the receipt again")


def _chosen(totals: list[Money | BadReading], several: SeveralTotals) -> Money | BadReading:
    """Return the total that counts, or why none does."""
    if several in ("first", "last"):
        return totals[0 if several == "first" else -1]
    amounts = [each for each in totals if isinstance(each, Money)]
    if len(amounts) < len(totals):
        return next(each for each in totals if isinstance(each, BadReading))
    if several == "refuse" and len(set(amounts)) > 1:
        return BadReading(
            "the receipt has several totals; correct include and exclude, or set several_totals"
        )
    return max(amounts, key=lambda each: each.amount)
