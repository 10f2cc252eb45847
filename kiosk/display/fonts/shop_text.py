"""Texts that the shop writes for its panel: its name, and lines for the time without a sale.

They come from people who copy them from anywhere, so they are cleaned, and what the panel cannot
show is refused with its name.
"""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

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
            f"{len(text)} characters are too many; write {MAX_LETTERS} characters or fewer"
        )
    if unknown := next((letter for letter in text if not has_letter(letter)), None):
        name = unicodedata.name(unknown, "a control character")
        raise ValueError(
            f"the panel cannot show U+{ord(unknown):04X} ({name.lower()}); leave it out"
        )
    return text


ShopText = Annotated[str, BeforeValidator(_clean), Field(max_length=MAX_LETTERS)]
