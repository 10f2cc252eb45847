"""What a register gets back when its sale has ended: texts with places to fill in."""

from __future__ import annotations

import string
from typing import Annotated

from pydantic import AfterValidator, Field

from kiosk.base.settings import Settings
from kiosk.sale.effects import Reply
from kiosk.sale.words import Outcome


def template(text: str, *places: str) -> str:
    """Return the text if nothing but these places is to be filled in; raise ValueError."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as fault:
        raise ValueError(f"{fault}; write a brace that is meant as such twice") from None
    for _, place, form, conversion in parts:
        if place is not None and (place not in places or form or conversion):
            *others, last = (f"{{{known}}}" for known in places)
            raise ValueError(
                f"{{{place}}} is no place that can be filled; there are {', '.join(others)} "
                f"and {last}"
            )
    if r"\r" in text or r"\n" in text:
        raise ValueError(r'\r and \n are taken as written; put the text between double quotes: "…"')
    return text


def _of_a_reply(text: str) -> str:
    return template(text, "amount", "reference", "outcome")


Template = Annotated[str, AfterValidator(_of_a_reply)]


class ReplySettings(Settings):
    """The texts that go back to the register; an empty one is not sent.

    ``{amount}`` is the plain decimal that the API got, ``{reference}`` the sale's reference,
    ``{outcome}`` one of the journal's outcomes.
    """

    paid: Template = Field(
        "", description='What is sent when the sale is paid, such as "OK\\r\\n".'
    )
    failed: Template = Field("", description="What is sent when it ended in any other way.")

    def text_for(self, result: Reply) -> str:
        """Return what the register is to be sent, perhaps nothing."""
        template = self.paid if result.outcome is Outcome.PAID else self.failed
        return template.format(
            amount=result.amount.plain(), reference=result.reference, outcome=result.outcome.value
        )
