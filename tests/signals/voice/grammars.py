"""Grammars of amounts in words: they read what the voice says back into a number.

They are written the other way round than the voice's own rules: as the words that a listener
accepts, from the smallest phrase to the largest. Whatever is not right in the language has no value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import product


def both(*tables: Mapping[str, int]) -> dict[str, int]:
    return {words: value for table in tables for words, value in table.items()}


def joined(left: Mapping[str, int], link: str, right: Mapping[str, int]) -> dict[str, int]:
    return {f"{a}{link}{b}": m + n for (a, m), (b, n) in product(left.items(), right.items())}


def numbered(text: str, first: int, step: int = 1) -> dict[str, int]:
    return {word: first + step * place for place, word in enumerate(text.split())}


# --- Spanish -------------------------------------------------------------------------------------


@cache
def spanish_below_thousand(one: str) -> dict[str, int]:
    """Return the phrases of 1 to 999 whose last word for one is un or uno."""
    accented = {"un": "veintiún"}.get(one, f"veinti{one}")
    digits = numbered("dos tres cuatro cinco seis siete ocho nueve", 2) | {one: 1}
    teens = numbered("diez once doce trece catorce quince", 10)
    late_teens = numbered("dieciséis diecisiete dieciocho diecinueve", 16)
    twenties = numbered(
        "veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve",
        22,
    ) | {"veinte": 20, accented: 21}
    tens = numbered("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10)
    below = both(digits, teens, late_teens, twenties, tens, joined(tens, " y ", digits))
    hundreds = numbered(
        "doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos "
        "novecientos",
        200,
        100,
    )
    over = joined(hundreds | {"ciento": 100}, " ", below)
    return both(below, hundreds, over, {"cien": 100})


def spanish_number(text: str) -> int:
    """Return the value of a number before its noun; raises KeyError if it is not right."""
    below_thousand = spanish_below_thousand("un")
    total = 0
    if found := re.fullmatch(r"(?:(.+) )?(millón|millones)(?: (.+))?", text):
        count, word, rest = found[1], found[2], found[3] or ""
        millions = spanish_number(count)
        assert (word == "millón") == (millions == 1), text
        total, text = millions * 1_000_000, rest
    if found := re.fullmatch(r"(?:(.+) )?mil(?: (.+))?", text):
        thousands = below_thousand[found[1]] if found[1] else 1
        assert thousands > 1 or not found[1], "un mil"
        total, text = total + thousands * 1000, found[2] or ""
    return total + (below_thousand[text] if text else 0)


def spanish_amount(text: str, noun: tuple[str, str], cents: tuple[str, str]) -> Decimal:
    """Return the amount that the words say; raises KeyError or AssertionError if they are wrong."""
    if found := re.fullmatch(rf"(.+) (?:{cents[0]}|{cents[1]})", text):
        whole, con, part = found[1].rpartition(" con ")
        value = spanish_number(part)
        assert (value == 1) == text.endswith(f" {cents[0]}"), text
        assert not con or value < 10, "cents from ten have no noun after a whole amount"
        before = spanish_whole(whole, noun) if con else Decimal()
        return before + Decimal(value) / 100
    whole, con, part = text.rpartition(" con ")
    if not con:
        return spanish_whole(text, noun)
    value = spanish_below_thousand("uno")[part]
    assert 10 <= value < 100, "cents below ten have a noun"
    return spanish_whole(whole, noun) + Decimal(value) / 100


def spanish_whole(text: str, noun: tuple[str, str]) -> Decimal:
    found = re.fullmatch(rf"(.+?)( de)? ({noun[0]}|{noun[1]})", text)
    assert found, text
    value = spanish_number(found[1])
    assert (value == 1) == (found[3] == noun[0]), text
    assert bool(found[2]) == (value % 1_000_000 == 0), text
    return Decimal(value)


# --- Portuguese ----------------------------------------------------------------------------------


@cache
def portuguese_below_thousand() -> dict[str, int]:
    digits = numbered("um dois três quatro cinco seis sete oito nove", 1)
    teens = numbered("dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove", 10)
    tens = numbered("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", 20, 10)
    below = both(digits, teens, tens, joined(tens, " e ", digits))
    hundreds = numbered(
        "duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos",
        200,
        100,
    )
    over = joined(hundreds | {"cento": 100}, " e ", below)
    return both(below, hundreds, over, {"cem": 100})


def portuguese_number(text: str) -> int:
    total, groups = 0, list[int]()
    links = list[str]()
    for word, scale in (("milhão|milhões", 1_000_000), ("mil", 1000)):
        if found := re.fullmatch(rf"(?:(.+?) )??({word})(?:( e)? (.+))?", text):
            if scale == 1000 and found[1] is None:
                value = 1
            else:
                value = portuguese_below_thousand()[found[1]]
                assert scale > 1000 or value > 1, "um mil"
            if scale > 1000:
                assert (found[2] == "milhão") == (value == 1), text
            total += value * scale
            groups.append(value)
            links.append(found[3] or "")
            text = found[4] or ""
    if text:
        value = portuguese_below_thousand()[text]
        total += value
        groups.append(value)
    for place, link in enumerate(links):
        follows = groups[place + 1 :]
        short = len(follows) == 1 and (follows[0] <= 100 or follows[0] % 100 == 0)
        assert bool(link) == short, f"the last e in {total}"
    return total


def portuguese_whole(text: str, noun: tuple[str, str]) -> Decimal:
    found = re.fullmatch(rf"(.+?)( de)? ({noun[0]}|{noun[1]})", text)
    assert found, text
    value = portuguese_number(found[1])
    assert (value == 1) == (found[3] == noun[0]), text
    assert bool(found[2]) == (value % 1_000_000 == 0), text
    return Decimal(value)


def portuguese_amount(text: str, noun: tuple[str, str], cents: tuple[str, str]) -> Decimal:
    found = re.fullmatch(rf"(?:(.+ (?:{noun[0]}|{noun[1]})) e )?(.+) ({cents[0]}|{cents[1]})", text)
    if not found:
        return portuguese_whole(text, noun)
    value = portuguese_below_thousand()[found[2]]
    assert 0 < value < 100
    assert (value == 1) == (found[3] == cents[0]), text
    return (portuguese_whole(found[1], noun) if found[1] else 0) + Decimal(value) / 100


# --- English -------------------------------------------------------------------------------------


@cache
def english_below_thousand() -> dict[str, int]:
    digits = numbered("one two three four five six seven eight nine", 1)
    teens = numbered(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10
    )
    tens = numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
    below = both(digits, teens, tens, joined(tens, " ", digits))
    hundreds = {f"{word} hundred": value * 100 for word, value in digits.items()}
    return both(below, hundreds, joined(hundreds, " ", below))


def english_amount(text: str, noun: tuple[str, str], cents: tuple[str, str]) -> Decimal:
    group = english_below_thousand()

    def number(words: str) -> int:
        found = re.fullmatch(r"(?:(.+) million)? ?(?:(.+) thousand)? ?(.*)", words)
        assert found, words
        return sum(
            group[part] * scale
            for part, scale in zip(found.groups(), (1_000_000, 1000, 1), strict=True)
            if part
        )

    def counted(words: str, of: tuple[str, str]) -> int:
        count, _, word = words.rpartition(" ")
        value = number(count)
        assert word == of[value != 1], words
        return value

    whole, _, part = text.rpartition(" and ")
    if part.endswith(cents):
        value = counted(part, cents)
        return Decimal(value) / 100 + (counted(whole, noun) if whole else 0)
    return Decimal(counted(text, noun))
