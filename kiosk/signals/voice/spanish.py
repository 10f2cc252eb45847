"""Amounts and results in Spanish, as in Latin America.

The rules of the numbers: Nueva gramática de la lengua española (RAE), chapter 21. "Cancelado" is
never said: in Chile and other countries it means paid. Only one sentence has the word "pagado".
"""

from __future__ import annotations

from kiosk.base.money import Money
from kiosk.sale.words import Screen
from kiosk.signals.voice.spoken_language import (
    Noun,
    SpokenLanguage,
    Words,
    whole_and_cents,
    words_of,
)

_CENTAVO = Noun("centavo", "centavos")
_CURRENCIES = {
    "ARS": (Noun("peso", "pesos"), _CENTAVO),
    "BRL": (Noun("real", "reales"), _CENTAVO),
    "CLP": (Noun("peso", "pesos"), _CENTAVO),
    "UYU": (Noun("peso", "pesos"), Noun("centésimo", "centésimos")),
}

_PHRASES: dict[Screen, Words] = {
    Screen.SCAN_ME: ("escanee",),
    Screen.PAID: ("pagado",),
    Screen.CANCELED: ("venta anulada",),
    Screen.EXPIRED: ("se acabó el tiempo",),
    Screen.REFUSED: ("no se pudo cobrar",),
    Screen.REFUNDED: ("dinero devuelto",),
    Screen.HELD: ("atención en la caja",),
    Screen.CHECKING: ("verificando", "no pague de nuevo"),
}

_SMALL = words_of(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince "
    "dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro "
    "veinticinco veintiséis veintisiete veintiocho veintinueve"
)
_TENS = words_of("- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_HUNDREDS = words_of(
    "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
    "novecientos"
)
_BEFORE_MASCULINE = {"uno": "un", "veintiuno": "veintiún"}
_BEFORE_FEMININE = {"uno": "una", "veintiuno": "veintiuna"}


def amount(money: Money) -> Words:
    """Return ``mil pesos con cincuenta``; cents below ten are named: ``con cinco centavos``."""
    whole, cents = whole_and_cents(money)
    currency, cent = _CURRENCIES[money.currency.code]
    if not cents:
        return counted(whole, currency)
    if not whole:
        return counted(cents, cent)
    # "Con cinco" may be heard as "con cincuenta".
    said = counted(cents, cent) if cents < 10 else tuple(_below_thousand(cents))
    return (*counted(whole, currency), "con", *said)


def counted(value: int, noun: Noun) -> Words:
    """Return ``veintiún pesos``, ``un millón de pesos``, ``doscientas libras``."""
    link = ("de",) if value and value % 1_000_000 == 0 else ()
    return (*_number(value, noun.feminine), *link, noun.one if value == 1 else noun.many)


def _number(value: int, feminine: bool) -> list[str]:
    """Return the number as it is before a noun."""
    if not value:
        return [_SMALL[0]]
    millions, rest = divmod(value, 1_000_000)
    thousands, units = divmod(rest, 1000)
    words = []
    if millions:  # of any gender: the noun is "millón"
        words += [*_number(millions, False), "millón" if millions == 1 else "millones"]
    if thousands:
        # "Treinta y un mil" is right before nouns of both genders; the hundreds agree.
        before = _agreeing(thousands, feminine, _BEFORE_MASCULINE) if thousands > 1 else []
        words += [*before, "mil"]
    if units:
        words += _agreeing(units, feminine, _BEFORE_FEMININE if feminine else _BEFORE_MASCULINE)
    return words


def _agreeing(value: int, feminine: bool, ones: dict[str, str]) -> list[str]:
    """Return a number below a thousand that agrees with what it counts."""
    words = _below_thousand(value)
    if feminine and value >= 200:
        words[0] = words[0].removesuffix("os") + "as"
    return [*words[:-1], ones.get(words[-1], words[-1])]


def _below_thousand(value: int) -> list[str]:
    """Return 1 to 999, as it stands alone."""
    if value == 100:
        return ["cien"]
    hundreds, rest = divmod(value, 100)
    words = [_HUNDREDS[hundreds]] if hundreds else []
    if 0 < rest < 30:
        words.append(_SMALL[rest])
    elif rest:
        tens, units = divmod(rest, 10)
        words += [_TENS[tens], *(["y", _SMALL[units]] if units else [])]
    return words


SPANISH = SpokenLanguage(
    espeak="es-419",
    currencies=_CURRENCIES,
    phrases=_PHRASES,
    total="total",
    last="última venta",
    amount=amount,
    counted=counted,
)
