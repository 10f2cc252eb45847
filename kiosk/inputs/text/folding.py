"""Texts in which an accent or a small letter makes no difference."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return the text in capitals without accents, as long as before: ``Crédito`` is ``CREDITO``.

    Only letters change, so that no other character can become a digit.
    """
    return "".join(map(_plain, text))


def _plain(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0].upper()
    return base if len(base) == 1 and base.isalpha() else char
