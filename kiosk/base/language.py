"""The language of what the technician reads: English, Spanish or Portuguese.

A message stands in English where it is said, in ``_()``; its translations are in ``kiosk/locale/``,
whose README.md says how to add one. The language is the word in the environment variable LANGUAGE,
where gettext looks for it: so the command line's library (click) speaks it too.

The daemon speaks English, because its log is read by the kiosk's support. Its status file has the
parts of each text, and ``from_parts`` says them in the language of the person who asks.
"""

from __future__ import annotations

import errno
import gettext
import os
import re
import string
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from kiosk.base.localized_text import LocalizedText, localized

DOMAIN = "kiosk"
LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES = ("en", "es", "pt")
_ASKED = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # by gettext, for the language

gettext.bindtextdomain(DOMAIN, str(LOCALE))


def _(message: str, /, **fields: object) -> LocalizedText:
    """Say the message in the technician's language: ``_("{port} is not there", port=port)``."""
    return localized(_catalogue().gettext(message), message, fields)


def _catalogue() -> gettext.NullTranslations:
    return _catalogue_of(tuple(map(os.environ.get, _ASKED)))


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue_of(_asked: tuple[str | None, ...]) -> gettext.NullTranslations:
    """Return the catalogue in the language of the environment, where gettext looks for it.

    It is kept, because gettext would look on the disk for its file at each message.
    """
    if language() == "en":  # has no catalogue; to see that, gettext loads 0.6 MiB of locales
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, str(LOCALE), fallback=True)


def from_parts(parts: Any) -> Any:
    """Say a text in the technician's language, of which ``parts_of`` returned the parts."""
    if not isinstance(parts, Mapping):
        return parts
    fields = {name: from_parts(value) for name, value in parts["fields"].items()}
    text = _catalogue().gettext(parts["message"])
    return _ReadyFields().vformat(text, (), fields) if fields else text


def translated(data: Any, parts: Mapping[str, Any]) -> Any:
    """Return JSON's ``data``, and say each text in it of which ``parts`` has the parts."""
    match data:
        case dict():
            return {key: translated(value, parts) for key, value in data.items()}
        case list():
            return [translated(value, parts) for value in data]
        case str() if data in parts:
            return from_parts(parts[data])
        case data:
            return data


class _ReadyFields(string.Formatter):
    """Puts fields in that have the form of their text already, such as an amount."""

    def format_field(self, value: Any, format_spec: str) -> str:
        return value if isinstance(value, str) else format(value, format_spec)


def ngettext(one: str, many: str, number: int, /, **fields: object) -> str:
    """Say a message about a number of things, in the language's form for that number."""
    text = _catalogue().ngettext(one, many, number)
    return text.format_map({"number": number, **fields})


def system_reason(error: OSError) -> str:
    """Return what the system says of an error: ``No such file or directory``.

    By its number: Python adds words of its own to the text of some errors.
    """
    known = error.errno in errno.errorcode
    return _(os.strerror(error.errno) if known and error.errno else error.strerror or str(error))


def mark(message: str) -> str:
    """Return the message: it gets a translation, and is said by ``_()`` elsewhere.

    For tables, which are made before the language is known.
    """
    return message


def speak(word: str) -> None:
    """Say everything in this language from now on: ``es``."""
    os.environ["LANGUAGE"] = word
    gettext.textdomain(DOMAIN)  # that of click, which asks for no domain


@contextmanager
def spoken(word: str) -> Iterator[None]:
    """Say everything in this language inside of the block, which must not wait for anything."""
    before = os.environ.get("LANGUAGE")
    os.environ["LANGUAGE"] = word
    try:
        yield
    finally:
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before


def language() -> str:
    """Return the language that is spoken."""
    return os.environ.get("LANGUAGE", "en")


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
