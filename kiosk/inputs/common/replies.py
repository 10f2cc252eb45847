"""What is sent to a register when its sale has ended: texts with placeholders."""

from __future__ import annotations

import string
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from kiosk.base.language import _
from kiosk.base.money import Money
from kiosk.base.settings import Settings
from kiosk.sale.effects import Reply
from kiosk.sale.words import Outcome


def template(text: str, *placeholders: str) -> str:
    """Return the text if it has no other placeholders than these; raise ValueError otherwise."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as fault:
        raise ValueError(
            _("{fault}; to send a brace, write it twice: {{{{ or }}}}", fault=fault)
        ) from None
    for _before, name, form, conversion in parts:
        if name is not None and (name not in placeholders or form or conversion):
            *others, last = (f"{{{known}}}" for known in placeholders)
            raise ValueError(
                _(
                    "{{{name}}} is not a valid placeholder; write {others} or {last}",
                    name=name,
                    others=", ".join(others),
                    last=last,
                )
            )
    if r"\r" in text or r"\n" in text:
        raise ValueError(
            _('\\r and \\n are sent as these letters; to send line ends, write double quotes: "…"')
        )
    return text


def _reply_template(text: str) -> str:
    return template(text, "amount", "paid", "reference", "outcome")


Template = Annotated[str, AfterValidator(_reply_template)]


class ReplySettings(Settings):
    """The texts that are sent to the register; an empty one is not sent.

    A sale may end after the register heard ``unknown``, or be paid after it heard ``expired``. That
    late result is sent only if the text names the sale by its ``{reference}``: the register must
    not take it for the result of another sale.

    ``{amount}`` is the plain decimal that the API got, ``{paid}`` what was really paid, in the same
    form, ``{reference}`` the sale's reference, ``{outcome}`` one of the journal's outcomes.
    """

    paid: Template = Field(
        "", description='What is sent when the sale is paid, such as "OK\\r\\n".'
    )
    failed: Template = Field(
        "",
        description=(
            "What is sent when the sale ended in any other way than paid, or when its end is "
            "unknown. If the sale ends later, that is sent too, where the text has {reference}."
        ),
    )

    def text_for(self, result: Reply) -> str:
        """Return the text for this result, which may be empty."""
        template = self.paid if result.outcome is Outcome.PAID else self.failed
        if result.late and "{reference}" not in template:
            return ""
        return template.format(
            amount=result.amount.plain(),
            paid=paid_text(result),
            reference=result.reference,
            outcome=result.outcome.value,
        )


def paid_text(result: Reply) -> str:
    """Return what was paid as a plain decimal: nothing of a sale that failed is ``0.00``.

    If the service does not tell what was paid, it was what was asked.
    """
    if result.outcome is not Outcome.PAID:
        return Money(Decimal(0), result.amount.currency).plain()
    return (result.paid or result.amount).plain()
