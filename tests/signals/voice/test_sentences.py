"""What is said, and the words that must be recorded for it."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import get_args

import pytest

from kiosk.base.money import CURRENCIES, Money
from kiosk.sale.words import Screen
from kiosk.signals.voice.sentences import LANGUAGES, file_name, sentence, vocabulary, written
from kiosk.signals.voice.settings import Said, VoiceSettings

SCREENS = [Screen(word) for word in get_args(Said)] + [Screen.SCAN_ME]
PAID = {"es": "pagado", "pt": "pago", "en": "paid"}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_ends_with_the_amount(language: str, screen: Screen) -> None:
    amount = Money.of("1234.50", "ARS")
    for last in (False, True):
        *phrases, of_amount = sentence(language, screen, amount, last=last)
        assert phrases
        assert of_amount[-len(LANGUAGES[language].amount(amount)) :] == LANGUAGES[language].amount(
            amount
        )


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_only_a_payment_has_the_word_paid(language: str, screen: Screen) -> None:
    """In a noisy shop people hear one word: nothing else may sound like a payment."""
    words = written(sentence(language, screen, Money.of("2", "BRL"))).lower()
    paid = PAID[language] in words.replace(",", "").split()
    assert paid == (screen is Screen.PAID)
    assert "cancelad" not in words or language == "pt", "in Chile, cancelado means paid"


def test_as_people_hear_it() -> None:
    reais, pesos = Money.of("1234.50", "BRL"), Money.of("1234.50", "ARS")
    assert written(sentence("es", Screen.PAID, pesos)) == (
        "Pagado, mil doscientos treinta y cuatro pesos con cincuenta"
    )
    assert written(sentence("pt", Screen.PAID, reais, last=True)) == (
        "Última venda, pago, mil duzentos e trinta e quatro reais e cinquenta centavos"
    )
    assert written(sentence("es", Screen.SCAN_ME, Money.of("1500", "CLP"))) == (
        "Escanee, total mil quinientos pesos"
    )


@pytest.mark.parametrize("code", CURRENCIES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_recorded_words_are_enough_for_every_amount(language: str, code: str) -> None:
    rng, currency = Random(), CURRENCIES[code]
    words = vocabulary(language, currency)
    assert len(words) <= 70
    assert len({file_name(word) for word in words}) == len(words), "two words, one file"
    for _ in range(1000):
        digits = rng.randint(1, 10 ** rng.randint(1, 9 + currency.minor_units) - 1)
        amount = Money(Decimal(digits).scaleb(-currency.minor_units), currency)
        for phrase in sentence(language, rng.choice(SCREENS), amount, last=rng.random() < 0.5):
            assert set(phrase) <= set(words)


def test_names_of_files_are_plain() -> None:
    assert file_name("última venta") == "ultima-venta.wav"
    assert file_name("veintiún") == "veintiun.wav"
    assert file_name("não foi possível cobrar") == "nao-foi-possivel-cobrar.wav"
    assert file_name("attention, cashier") == "attention-cashier.wav"


def test_what_is_said_unasked_is_a_setting() -> None:
    assert Screen.SCAN_ME not in VoiceSettings().screens
    assert VoiceSettings(says=("paid",), scan_me=True).screens == {Screen.PAID, Screen.SCAN_ME}
    assert VoiceSettings(says=()).screens == set()
