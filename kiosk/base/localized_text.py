"""A text that remembers what it was made of, so that it can be said in another language.

Pure: the language of the process is in ``language``. The daemon speaks English; its status file has
the parts of each text, and ``kiosk status`` says them in the language of the person who asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Self

Field = str | int | float


class LocalizedText(str):
    """A text in one language. It knows its English message, and the fields in that."""

    __slots__ = ("fields", "message")

    message: str
    fields: Mapping[str, Field]

    def __new__(cls, text: str, message: str, fields: Mapping[str, Field]) -> Self:
        """Keep what the text was made of."""
        self = super().__new__(cls, text)
        self.message, self.fields = message, fields
        return self

    def __str__(self) -> Self:
        """Return the text itself: ``str(error)`` must not forget its parts."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return LocalizedText, (str.__str__(self), self.message, self.fields)


def localized(text: str, message: str, fields: Mapping[str, object]) -> LocalizedText:
    """Return ``text``, which is the message in some language, with its fields put in.

    Braces stay as they are in a text without fields. A field with ``!r`` must be a text.
    """
    kept = {name: _kept(value) for name, value in fields.items()}
    return LocalizedText(text.format_map(fields) if fields else text, message, kept)


def english(message: str, /, **fields: object) -> LocalizedText:
    """Say the message in English. For pure code; all other code says ``_()`` of ``language``."""
    return localized(message, message, fields)


def _kept(value: object) -> Field:
    """Return a field as JSON can hold it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, int | float) else str(value)


def parts_of(value: Field) -> Any:
    """Return what a text was made of, for JSON; other fields stay as they are."""
    if not isinstance(value, LocalizedText):
        return value
    fields = {name: parts_of(field) for name, field in value.fields.items()}
    return {"message": value.message, "fields": fields}


def texts_in(data: object) -> Iterator[LocalizedText]:
    """Yield the texts with parts in JSON's dictionaries and lists, at any depth."""
    match data:
        case LocalizedText():
            yield data
        case Mapping():
            for value in data.values():
                yield from texts_in(value)
        case list() | tuple():
            for value in data:
                yield from texts_in(value)
