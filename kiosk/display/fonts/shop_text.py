"""Texts that the shop writes for its panel: its name, and lines for the time without a sale.

They come from people who copy them from anywhere, so they are cleaned, and what the panel cannot
show is refused with its name.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from kiosk.base.language import _
from kiosk.display.fonts.typeface import has_letter

MAX_LETTERS = 40


def _clean(value: Any) -> Any:
    """Return the text in composed letters, without invisible marks, with single spaces."""
    if not isinstance(value, str):
        return value
    composed = unicodedata.normalize("NFC", value)
    visible = "".join(letter for letter in composed if unicodedata.category(letter) != "Cf")
    text = " ".join(visible.split())
    if len(text) > MAX_LETTERS:
        raise ValueError(
            _(
                "{number} characters are too many; write {most} characters or fewer",
                number=len(text),
                most=MAX_LETTERS,
            )
        )
    if unknown := next((letter for letter in text if not has_letter(letter)), None):
        name = unicodedata.name(unknown, _("a control character"))
        raise ValueError(
            _(
                "the panel cannot show U+{code:04X} ({name}); leave it out",
                code=ord(unknown),
                name=name.lower(),
            )
        )
    return text


ShopText = Annotated[str, BeforeValidator(_clean), Field(max_length=MAX_LETTERS)]
