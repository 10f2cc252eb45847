"""Amounts and results in Spanish, as in Latin America.

The rules of the numbers: Nueva gramática de la lengua española (RAE), chapter 21. "Cancelado" is
never said: in Chile and other countries it means paid. Only one sentence has the word "pagado".
"""

from __future__ import annotations

from kiosk.sale.words import Screen
from kiosk.signals.voice.spoken_language import (
    CENTAVO,
    CURRENCIES,
    Noun,
    SpokenLanguage,
    Words,
    words_of,
)

_CURRENCIES = {**CURRENCIES, "BRL": (Noun("real", "reales"), CENTAVO)}

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
_BEFORE_NOUN = {"uno": "un", "veintiuno": "veintiún"}


def counted(value: int, noun: Noun) -> Words:
    """Return ``veintiún pesos``, ``un millón de pesos``."""
    link = ("de",) if value and value % 1_000_000 == 0 else ()
    return (*_number(value), *link, noun.one if value == 1 else noun.many)


def _cents(value: int, cent: Noun) -> Words:
    """Return the cents after whole units: ``cincuenta``, but ``cinco centavos``.

    "Con cinco" may be heard as "con cincuenta".
    """
    return counted(value, cent) if value < 10 else tuple(_below_thousand(value))


def _number(value: int) -> list[str]:
    """Return the number as it is before a noun."""
    if not value:
        return [_SMALL[0]]
    millions, rest = divmod(value, 1_000_000)
    thousands, units = divmod(rest, 1000)
    words = []
    if millions:
        words += [*_number(millions), "millón" if millions == 1 else "millones"]
    if thousands:
        words += [*(_before_noun(thousands) if thousands > 1 else []), "mil"]
    if units:
        words += _before_noun(units)
    return words


def _before_noun(value: int) -> list[str]:
    """Return 1 to 999, as it is before a noun or "mil"."""
    *words, last = _below_thousand(value)
    return [*words, _BEFORE_NOUN.get(last, last)]


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
    counted=counted,
    link="con",
    cents=_cents,
)
