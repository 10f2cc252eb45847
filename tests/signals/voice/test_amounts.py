"""Amounts in words, read back by grammars that are written in another way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.base.money import CURRENCIES, Money
from kiosk.signals.voice.sentences import LANGUAGES
from tests.signals.voice import grammars

Grammar = Callable[[str, tuple[str, str], tuple[str, str]], Decimal]
GRAMMARS: dict[str, Grammar] = {
    "es": grammars.spanish_amount,
    "pt": grammars.portuguese_amount,
    "en": grammars.english_amount,
}
LARGEST = 99_999_999_999  # cents: 999,999,999.99

SPANISH = {
    "0.01": "un centavo",
    "0.02": "dos centavos",
    "0.21": "veintiún centavos",
    "0.50": "cincuenta centavos",
    "1.00": "un peso",
    "1.01": "un peso con un centavo",
    "1.05": "un peso con cinco centavos",
    "1.10": "un peso con diez",
    "1.21": "un peso con veintiuno",
    "1.31": "un peso con treinta y uno",
    "16.00": "dieciséis pesos",
    "21.00": "veintiún pesos",
    "22.00": "veintidós pesos",
    "31.00": "treinta y un pesos",
    "100.00": "cien pesos",
    "101.00": "ciento un pesos",
    "500.00": "quinientos pesos",
    "700.00": "setecientos pesos",
    "900.00": "novecientos pesos",
    "1000.00": "mil pesos",
    "1001.00": "mil un pesos",
    "1234.50": "mil doscientos treinta y cuatro pesos con cincuenta",
    "2000.00": "dos mil pesos",
    "21000.00": "veintiún mil pesos",
    "21021.00": "veintiún mil veintiún pesos",
    "31000.00": "treinta y un mil pesos",
    "100000.00": "cien mil pesos",
    "101000.00": "ciento un mil pesos",
    "1000000.00": "un millón de pesos",
    "1000001.00": "un millón un pesos",
    "1000000.50": "un millón de pesos con cincuenta",
    "1001000.00": "un millón mil pesos",
    "2000000.00": "dos millones de pesos",
    "21000000.00": "veintiún millones de pesos",
    "100000000.00": "cien millones de pesos",
    "1000000000.00": "mil millones de pesos",
}
PORTUGUESE = {
    "0.01": "um centavo",
    "0.50": "cinquenta centavos",
    "1.00": "um real",
    "1.01": "um real e um centavo",
    "2.02": "dois reais e dois centavos",
    "14.00": "quatorze reais",
    "16.00": "dezesseis reais",
    "21.00": "vinte e um reais",
    "100.00": "cem reais",
    "101.00": "cento e um reais",
    "999.00": "novecentos e noventa e nove reais",
    "1000.00": "mil reais",
    "1001.00": "mil e um reais",
    "1100.00": "mil e cem reais",
    "1101.00": "mil cento e um reais",
    "1200.00": "mil e duzentos reais",
    "1234.50": "mil duzentos e trinta e quatro reais e cinquenta centavos",
    "2021.00": "dois mil e vinte e um reais",
    "100000.00": "cem mil reais",
    "1000000.00": "um milhão de reais",
    "1000000.01": "um milhão de reais e um centavo",
    "1000001.00": "um milhão e um reais",
    "1001000.00": "um milhão e mil reais",
    "1200000.00": "um milhão e duzentos mil reais",
    "1200500.00": "um milhão duzentos mil e quinhentos reais",
    "1234000.00": "um milhão duzentos e trinta e quatro mil reais",
    "2000000.00": "dois milhões de reais",
    "1000000000.00": "um bilhão de reais",
    "2000000000.00": "dois bilhões de reais",
}


def said(language: str, money: Money) -> str:
    return " ".join(LANGUAGES[language].amount(money))


def heard(language: str, money: Money) -> Decimal:
    """Return the amount that a listener understands."""
    noun, cent = LANGUAGES[language].currencies[money.currency.code]
    return GRAMMARS[language](said(language, money), (noun.one, noun.many), (cent.one, cent.many))


@pytest.mark.parametrize(("amount", "words"), SPANISH.items())
def test_spanish_as_a_cashier_says_it(amount: str, words: str) -> None:
    assert said("es", Money.of(amount, "ARS")) == words


@pytest.mark.parametrize(("amount", "words"), PORTUGUESE.items())
def test_portuguese_as_a_cashier_says_it(amount: str, words: str) -> None:
    assert said("pt", Money.of(amount, "BRL")) == words


def test_other_currencies_and_languages() -> None:
    assert said("es", Money.of("1", "CLP")) == "un peso"
    assert said("es", Money.of("1500.07", "UYU")) == "mil quinientos pesos con siete centésimos"
    assert said("es", Money.of("21", "BRL")) == "veintiún reales"
    assert said("pt", Money.of("1.50", "ARS")) == "um peso e cinquenta centavos"
    assert said("en", Money.of("1234.50", "ARS")) == (
        "one thousand two hundred thirty four pesos and fifty centavos"
    )


@pytest.mark.parametrize("code", CURRENCIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_can_say_each_currency(language: str, code: str) -> None:
    assert heard(language, Money.of("1", code)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_three_digits(language: str) -> None:
    for value in range(1, 1000):
        assert heard(language, Money.of(str(value), "BRL")) == value


@pytest.mark.parametrize("language", LANGUAGES)
def test_random_amounts_of_every_size(language: str) -> None:
    """A thousand each time, and as many of few digits as of many."""
    rng = Random()
    for _ in range(1000):
        cents = rng.randint(1, 10 ** rng.randint(1, 11) - 1)
        money = Money(Decimal(cents) / 100, CURRENCIES["ARS"])
        assert heard(language, money) == money.amount, (money, said(language, money))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_largest_amount(language: str) -> None:
    money = Money(Decimal(LARGEST) / 100, CURRENCIES["BRL"])
    assert heard(language, money) == money.amount


@given(cents=st.integers(1, LARGEST), language=st.sampled_from(sorted(LANGUAGES)))
def test_any_amount_is_understood(cents: int, language: str) -> None:
    money = Money(Decimal(cents) / 100, CURRENCIES["BRL"])
    assert heard(language, money) == money.amount


@pytest.mark.parametrize(
    "wrong",
    ["un mil pesos", "veintiuno mil pesos", "cien uno pesos", "un millón pesos", "mil de pesos"],
)
def test_the_grammar_refuses_what_is_wrong(wrong: str) -> None:
    with pytest.raises((KeyError, AssertionError)):
        grammars.spanish_amount(wrong, ("peso", "pesos"), ("centavo", "centavos"))


@pytest.mark.parametrize(
    "wrong",
    ["um mil reais", "mil duzentos reais", "mil e duzentos e um reais", "um milhão reais"],
)
def test_the_portuguese_grammar_refuses_what_is_wrong(wrong: str) -> None:
    with pytest.raises((KeyError, AssertionError)):
        grammars.portuguese_amount(wrong, ("real", "reais"), ("centavo", "centavos"))
