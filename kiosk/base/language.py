"""The language of what the technician reads: English, Spanish or Portuguese.

A message stands in English where it is said, in ``_()``; its translations are in ``kiosk/locale/``,
whose README.md says how to add one. The language is the word in the environment variable LANGUAGE,
where gettext looks for it: so the command line's library (click) speaks it too.

The daemon speaks English, because its log is read by the kiosk's support. Its status file keeps the
parts of each text (``translatable``), so that ``kiosk status`` can say it in another language.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

DOMAIN = "kiosk"
LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES = ("en", "es", "pt")

Field = str | int | float

gettext.bindtextdomain(DOMAIN, str(LOCALE))


class LocalizedText(str):
    """A text in the language of this process, which knows its English message and its fields."""

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


def _(message: str, /, **fields: object) -> LocalizedText:
    """Say the message in the technician's language: ``_("{port} is not there", port=port)``.

    Braces stay as they are in a message without fields. A field with ``!r`` must be a text.
    """
    text = gettext.dgettext(DOMAIN, message)
    kept = {name: _kept(value) for name, value in fields.items()}
    return LocalizedText(text.format_map(fields) if fields else text, message, kept)


def _kept(value: object) -> Field:
    """Return a field as JSON can hold it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value if isinstance(value, int | float) else str(value)


def ngettext(one: str, many: str, number: int, /, **fields: object) -> str:
    """Say a message about a number of things, in the language's form for that number."""
    text = gettext.dngettext(DOMAIN, one, many, number)
    return text.format_map({"number": number, **fields})


def system_reason(error: OSError) -> str:
    """Return what the system says of an error: ``No such file or directory``."""
    return _(error.strerror or str(error))


def mark(message: str) -> str:
    """Return the message: it gets a translation, and is said by ``_()`` elsewhere.

    For tables, which are made before the language is known.
    """
    return message


def speak(language: str) -> None:
    """Say everything in this language from now on."""
    os.environ["LANGUAGE"] = language
    gettext.textdomain(DOMAIN)  # that of click, which asks for no domain


def language_of(environ: Mapping[str, str]) -> str:
    """Return the first of our languages that LANGUAGE, LC_ALL, LC_MESSAGES and LANG ask for.

    As in GNU gettext, LANGUAGE is a list with colons, and does not count in the locale C.
    """
    locale = next(filter(None, map(environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    if locale.partition(".")[0] in ("C", "POSIX"):
        return "en"
    wanted = (environ.get("LANGUAGE") or locale).lower().split(":")
    return next((word for each in wanted if (word := _word(each)) in LANGUAGES), "en")


def _word(locale: str) -> str:
    """Return the language of a locale: ``pt`` of ``pt_BR.UTF-8``."""
    return re.split("[^a-z]", locale)[0]
