"""What the voice says about a sale, and all the words that it can need. Pure.

A sentence names the amount in any case. "Paid" alone could be about any sale, and fraud imitates
it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal

from kiosk.base.money import Currency, Money
from kiosk.sale.words import Screen
from kiosk.signals.voice.english import ENGLISH
from kiosk.signals.voice.portuguese import PORTUGUESE
from kiosk.signals.voice.spanish import SPANISH
from kiosk.signals.voice.spoken_language import SpokenLanguage, Words

Sentence = tuple[Words, ...]  # its phrases, with a short pause between two of them

LANGUAGES: Mapping[str, SpokenLanguage] = {"es": SPANISH, "pt": PORTUGUESE, "en": ENGLISH}


def sentence(language: str, screen: Screen, amount: Money, *, last: bool = False) -> Sentence:
    """Return what is said; ``last``: it is about the last sale, and is repeated."""
    spoken = LANGUAGES[language]
    total = (spoken.total,) if screen is Screen.SCAN_ME else ()
    phrases = (*((spoken.last,) if last else ()), *spoken.phrases[screen])
    return (*((phrase,) for phrase in phrases), (*total, *spoken.amount(amount)))


def written(said: Sentence) -> str:
    """Return the sentence as text: ``Pagado, mil pesos con cincuenta``."""
    text = ", ".join(" ".join(phrase) for phrase in said)
    return text[:1].upper() + text[1:]


def vocabulary(language: str, currency: Currency) -> list[str]:
    """Return all words that can be needed with amounts below 1 000 000 000; each once.

    All results are in it, also those that are not said unasked: the button ``last`` says them.
    """
    spoken = LANGUAGES[language]
    fixed = (phrase for phrases in spoken.phrases.values() for phrase in phrases)
    words = dict.fromkeys([spoken.last, *fixed, spoken.total])
    cents = (1, 2, *range(10, 100)) if currency.minor_units else ()
    units = [Decimal(value) for value in (*range(1, 1000), 1000, 10**6, 2 * 10**6)]
    amounts = [*units, *(1 + Decimal(cent) / 100 for cent in cents)]
    for amount in amounts:
        words |= dict.fromkeys(spoken.amount(Money(amount, currency)))
    return list(words)


def file_name(word: str) -> str:
    """Return the name of the word's recording, in plain letters: ``ultima-venta.wav``."""
    plain = unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode()
    return "-".join("".join(it if it.isalnum() else " " for it in plain).lower().split()) + ".wav"
