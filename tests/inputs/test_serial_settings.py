"""The settings of a serial line: what is valid, and the messages for what is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from kiosk.base.money import Money
from kiosk.inputs.serial_line import SerialLineSettings
from kiosk.sale.effects import Reply
from kiosk.sale.words import Outcome, Unknown
from tests.inputs.conftest import line_settings

PAID = "PAID {amount} {reference}\r\n"
FAILED = "FAIL {outcome} {reference}\r\n"


def result(outcome: Outcome) -> Reply:
    return Reply("till", "counter-1-7", Money.of("1234.56", "ARS"), outcome)


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Outcome.PAID, "PAID 1234.56 counter-1-7\r\n"),
        (Outcome.EXPIRED, "FAIL expired counter-1-7\r\n"),
        (Outcome.REFUNDED, "FAIL refunded counter-1-7\r\n"),
        (Outcome.ABANDONED, "FAIL abandoned counter-1-7\r\n"),
    ],
)
def test_the_register_is_told_in_its_own_words(outcome: Outcome, text: str) -> None:
    settings = line_settings(reply={"paid": PAID, "failed": FAILED})
    assert settings.reply.text_for(result(outcome)) == text


def test_the_register_is_told_what_was_really_paid() -> None:
    reply = line_settings(reply={"paid": "{amount} {paid}", "failed": "{outcome} {paid}"}).reply
    tip = replace(result(Outcome.PAID), paid=Money.of("1300.00", "ARS"))
    assert reply.text_for(tip) == "1234.56 1300.00"
    assert reply.text_for(result(Outcome.PAID)) == "1234.56 1234.56"
    assert reply.text_for(result(Outcome.EXPIRED)) == "expired 0.00"


def test_the_register_is_told_that_the_end_is_unknown() -> None:
    settings = line_settings(reply={"paid": PAID, "failed": FAILED})
    unknown = replace(result(Outcome.PAID), outcome=Unknown.UNKNOWN)
    assert settings.reply.text_for(unknown) == "FAIL unknown counter-1-7\r\n"


def test_a_late_result_is_sent_only_if_it_names_its_sale() -> None:
    """The register may be at another sale, and would take the text for the result of that one."""
    late = replace(result(Outcome.PAID), late=True)
    settings = line_settings(reply={"paid": PAID, "failed": "NO\r\n"})
    assert settings.reply.text_for(late) == "PAID 1234.56 counter-1-7\r\n"
    assert settings.reply.text_for(replace(late, outcome=Outcome.EXPIRED)) == ""
    assert settings.reply.text_for(result(Outcome.EXPIRED)) == "NO\r\n"


def test_a_brace_of_the_register_s_own() -> None:
    settings = line_settings(reply={"paid": "{{{reference}}}\n"})
    assert settings.reply.text_for(result(Outcome.PAID)) == "{counter-1-7}\n"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"amount": "TOTAL (?P<amount>.+"}, "not a valid regular expression"),
        ({"amount": "TOTAL (.+)"}, r"write \(\?P<amount>"),
        ({"amount": r"(?P<amount>([0-9]+)+)"}, "would take too long"),
        ({"reply": {"paid": "{amuont}"}}, "{amuont} is not a valid placeholder"),
        ({"reply": {"paid": "{amount:>9}"}}, "not a valid placeholder"),
        ({"reply": {"paid": "{amount!r}"}}, "not a valid placeholder"),
        ({"reply": {"paid": "{}"}}, "not a valid placeholder"),
        ({"reply": {"paid": "{amount.__class__}"}}, "not a valid placeholder"),
        ({"reply": {"failed": "FAIL {"}}, "to send a brace, write it twice"),
        ({"reply": {"failed": "FAIL\\r\\n"}}, "double quotes"),
        ({"reply": {"paid": "PAGÓ"}}, "ascii does not have the character 'Ó'"),
        ({"min": "10", "max": "5"}, "min 10 is above max 5"),
        ({"port": "ttyUSB0"}, "port"),
        ({"bytes": "9"}, "bytes"),
        ({"parity": "E"}, "'even'"),
        ({"number": {"decimal": ";"}}, "decimal"),
    ],
)
def test_an_invalid_setting_is_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        line_settings(**fields)


def test_the_number_format_is_never_guessed() -> None:
    with pytest.raises(ValidationError, match=r"number\n.*required"):
        SerialLineSettings.model_validate({"driver": "serial_line", "port": "/dev/ttyUSB0"})


def test_the_settings_read_text_as_yaml_gives_it() -> None:
    settings = line_settings(baud="2400", bytes="7", parity="even", stop="2", gap="800 ms")
    assert settings.mode == "2400 7E2"
    assert settings.gap == 0.8


def test_every_key_has_its_sentence_for_the_manual() -> None:
    fields = SerialLineSettings.model_fields
    assert [key for key, field in fields.items() if not field.description] == []
