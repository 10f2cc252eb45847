"""Amounts and results in Portuguese, as in Brazil.

The rules of "e" between the words: Cunha and Cintra, Nova gramática do português contemporâneo,
chapter 9. Only one sentence has the word "pago".
"""

from __future__ import annotations

from kiosk.sale.words import Screen
from kiosk.signals.voice.spoken_language import (
    CURRENCIES,
    Noun,
    SpokenLanguage,
    Words,
    groups_of_three,
    words_of,
)

_PHRASES: dict[Screen, Words] = {
    Screen.SCAN_ME: ("escaneie",),
    Screen.PAID: ("pago",),
    Screen.CANCELED: ("venda cancelada",),
    Screen.EXPIRED: ("tempo esgotado",),
    Screen.REFUSED: ("não foi possível cobrar",),
    Screen.REFUNDED: ("dinheiro devolvido",),
    Screen.HELD: ("atenção no caixa",),
    Screen.CHECKING: ("verificando", "não pague de novo"),
}

_SMALL = words_of(
    "zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze "
    "dezesseis dezessete dezoito dezenove"
)
_TENS = words_of("- - vinte trinta quarenta cinquenta sessenta setenta oitenta noventa")
_HUNDREDS = words_of(
    "- cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"
)
_SCALES = (("", ""), ("mil", "mil"), ("milhão", "milhões"), ("bilhão", "bilhões"))


def counted(value: int, noun: Noun) -> Words:
    """Return ``vinte e um reais``, ``um milhão de reais``."""
    link = ("de",) if value and value % 1_000_000 == 0 else ()
    return (*_number(value), *link, noun.one if value == 1 else noun.many)


def _number(value: int) -> list[str]:
    """Return the number as it is before a noun.

    "E" comes before the last group of three digits if that is up to 100 or whole hundreds.
    """
    if not value:
        return [_SMALL[0]]
    words: list[str] = []
    groups = groups_of_three(value)
    last = next(place for place, group in enumerate(groups) if group)
    for place, group in reversed(list(enumerate(groups))):
        if not group:
            continue
        if words and place == last and (group < 100 or group % 100 == 0):
            words.append("e")
        words += _with_scale(group, place)
    return words


def _with_scale(group: int, place: int) -> list[str]:
    """Return ``duzentos mil``, ``um milhão``; one thousand is ``mil``."""
    one, many = _SCALES[place]
    if place == 1 and group == 1:
        return [one]
    scale = [one if group == 1 else many] if place else []
    return [*_below_thousand(group), *scale]


def _below_thousand(value: int) -> list[str]:
    """Return 1 to 999 with "e" between all its words."""
    if value == 100:
        return ["cem"]
    hundreds, rest = divmod(value, 100)
    words = [_HUNDREDS[hundreds]] if hundreds else []
    if 0 < rest < 20:
        words.append(_SMALL[rest])
    elif rest:
        tens, units = divmod(rest, 10)
        words += [_TENS[tens], *([_SMALL[units]] if units else [])]
    return " e ".join(words).split()


PORTUGUESE = SpokenLanguage(
    espeak="pt-br",
    currencies=CURRENCIES,
    phrases=_PHRASES,
    total="total",
    last="última venda",
    counted=counted,
    link="e",
    cents=counted,
)
