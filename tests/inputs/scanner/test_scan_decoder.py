"""The pure parts of a scanner together: key events and times in, events of the sale out."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.money import CURRENCIES, Money, NumberFormat
from kiosk.inputs.codes.catalogue import Product
from kiosk.inputs.codes.check_digits import check_digit
from kiosk.inputs.codes.labels import LabelPattern, LabelValue
from kiosk.inputs.codes.meaning import CodeReader
from kiosk.inputs.codes.own_codes import SignedAmount, sign
from kiosk.inputs.common.counters import MANY
from kiosk.inputs.scanner.code_framer import CodeFramer, Suffix
from kiosk.inputs.scanner.key_decoder import EV_SYN, KeyDecoder, KeyEvent
from kiosk.inputs.scanner.scan_decoder import (
    STALE_AFTER,
    ScanDecoder,
    ScanOptions,
    SignedAmountRead,
)
from kiosk.sale.events import (
    AmountRead,
    CancelPressed,
    ClearPressed,
    Event,
    ItemScanned,
    PayPressed,
    ReadingBegan,
    ReadingRejected,
    RemovePressed,
)
from kiosk.sale.words import Item
from tests.inputs.scanner.keyboard import CTRL, DROPPED, REPORT, SHIFT, Raw, tap, typed
from tests.support.examples import examples

YERBA = Product("7790001001054", "Yerba", Money.of("4250.00", "ARS"))
MATE = Product("7790001001061", "Mate", Money.of("9000.00", "ARS"))
PRODUCTS = {product.code: product for product in (YERBA, MATE)}
KEY = b"a secret of sixteen bytes"
BEGAN = ReadingBegan("scanner")
CLEAN = ScanOptions()


def scanner(suffix: Suffix = "enter", options: ScanOptions = CLEAN, **more: Any) -> ScanDecoder:
    facts: dict[str, Any] = {"find": PRODUCTS.get, "control": True, "key": KEY}
    codes = CodeReader(CURRENCIES["ARS"], **(facts | more))
    return ScanDecoder("scanner", CodeFramer(suffix=suffix), codes.read, options)


def scanned(product: Product, quantity: int = 1) -> ItemScanned:
    return ItemScanned(Item(product.title, product.price, quantity, product.code), "scanner")


def rejected(reason: str) -> ReadingRejected:
    return ReadingRejected(reason, "scanner")


def heard(decoder: ScanDecoder, *codes: str, at: float = 0.0, every: float = 1.0) -> list[Any]:
    events: list[Any] = []
    for number, code in enumerate(codes):
        events += decoder.feed(code + "\r", at + number * every)
    return [event for event in events if event != BEGAN]


def test_an_item() -> None:
    assert scanner().feed("7790001001054\r", 0.0) == [BEGAN, scanned(YERBA)]


def test_the_same_item_twice_on_purpose_and_once_read_twice() -> None:
    decoder = scanner()
    assert heard(decoder, YERBA.code, YERBA.code, every=0.25) == [scanned(YERBA)]
    assert heard(decoder, YERBA.code, at=0.5) == [scanned(YERBA)]
    assert (decoder.counts.accepted, decoder.counts.repeated) == (2, 1)


def test_another_item_in_between_makes_it_new() -> None:
    codes = (YERBA.code, MATE.code, YERBA.code)
    assert heard(scanner(), *codes, every=0.1) == [scanned(YERBA), scanned(MATE), scanned(YERBA)]


def test_an_amount_is_the_same_for_longer_until_its_sale_ends() -> None:
    decoder = scanner(plain=NumberFormat(decimal=","))
    amount = AmountRead(Money.of("12.50", "ARS"), "scanner")
    assert heard(decoder, "12,50", "12,50", "12,50", every=1.0) == [amount]
    assert heard(decoder, "12,50", at=4.0) == [amount]
    decoder.sale_ended()
    assert heard(decoder, "12,50", at=4.5) == [amount]


@pytest.mark.parametrize(
    ("code", "event"),
    [
        ("KQPAY", PayPressed("scanner")),
        ("KQCANCEL", CancelPressed("scanner")),
        ("KQREMOVE", RemovePressed("scanner")),
        ("KQCLEAR", ClearPressed("scanner")),
    ],
)
def test_control_codes(code: str, event: Event) -> None:
    assert heard(scanner(), code) == [event]


def test_a_quantity_counts_for_the_next_item_only() -> None:
    assert heard(scanner(), "KQQTY05", YERBA.code, MATE.code) == [scanned(YERBA, 5), scanned(MATE)]


def test_a_rejected_code_does_not_use_the_quantity_up() -> None:
    events = heard(scanner(), "KQQTY05", "7790001001055", YERBA.code)
    assert events == [rejected("the check digit is wrong; scan it again"), scanned(YERBA, 5)]


def test_a_quantity_is_forgotten() -> None:
    assert heard(scanner(), "KQQTY05", YERBA.code, every=31.0) == [scanned(YERBA)]
    assert heard(scanner(), "KQQTY05", "KQCLEAR", YERBA.code)[-1] == scanned(YERBA)


def test_a_signed_amount_is_passed_on_to_be_marked_as_used() -> None:
    money = Money.of("12.50", "ARS")
    assert heard(scanner(), sign(money, "A0001", KEY)) == [
        SignedAmountRead(SignedAmount(money, "A0001"), "scanner")
    ]


def test_what_a_scanner_adds_to_each_code_is_taken_off() -> None:
    options = ScanOptions(prefix="\x02", gs_character="|")
    assert heard(scanner(options=options), "\x02" + YERBA.code) == [scanned(YERBA)]
    gs1 = "]C10107790001001054|10LOTE"
    assert heard(scanner(options=options, find=lambda _: YERBA), gs1) == [scanned(YERBA)]


def test_a_code_that_had_to_wait_too_long_is_rejected() -> None:
    decoder = scanner()
    events = decoder.feed(YERBA.code + "\r", 0.0, now=STALE_AFTER + 1)
    assert events == [BEGAN, rejected("a code arrived too late; scan it again")]
    assert heard(decoder, YERBA.code, at=STALE_AFTER + 2) == [scanned(YERBA)]


def test_unplugged_in_the_middle_of_a_code() -> None:
    decoder = scanner("none")
    decoder.feed("779000", 0.0)
    assert decoder.unplugged(0.01) == [
        rejected("a code was cut off after 6 characters; scan it again")
    ]


def test_noise_is_reported_once_and_good_codes_still_pass(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    decoder = scanner()
    noise = [f"noise-{number}" for number in range(100)]
    events = heard(decoder, *noise, every=0.5)
    assert len(events) == MANY - 1
    assert heard(decoder, YERBA.code, at=60.0) == [scanned(YERBA)]
    assert decoder.counts.rejected == 100
    assert len([message for message in caplog.messages if "20 readings rejected" in message]) == 1
    assert len(heard(decoder, "noise", at=300.0)) == 1
    assert "scanner: few readings are rejected now; the kiosk shows them again" in caplog.messages


def test_the_log_holds_no_card_number(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    (refusal,) = heard(scanner(), "4509953566233704")
    assert "450995356623" not in caplog.text + refusal.reason


def as_keys(events: list[Raw], at: float = 0.0, step: float = 0.002) -> list[KeyEvent]:
    """Give each report its time, like a scanner that types 500 keys a second."""
    timed = []
    for event in events:
        timed.append(KeyEvent(at, *event))
        at += step if event[:2] == (EV_SYN, 0) else 0
    return timed


def decoded(decoder: ScanDecoder, keys: KeyDecoder, events: list[KeyEvent]) -> list[Any]:
    results = []
    for event in events:
        if text := keys.feed(event):
            results += decoder.feed(text, event.at)
    return [result for result in results if result != BEGAN]


@pytest.mark.slow
def test_ten_thousand_scans_at_twenty_a_second() -> None:
    """No code is lost, doubled or joined, although they arrive 50 ms apart."""
    numbers = [f"{(n * 7919) % 10**9:012}" for n in range(10_000)]
    codes = [body + check_digit(body) for body in numbers]
    decoder = scanner(find=lambda code: Product(code, "Thing", YERBA.price))
    keys = KeyDecoder("us")
    read: list[str] = []
    for number, code in enumerate(codes):
        for result in decoded(decoder, keys, as_keys(typed(code), number / 20, 0.0015)):
            assert isinstance(result, ItemScanned)
            read.append(result.item.code)
    assert read == codes


RECORDING = [*typed(YERBA.code), *typed("7790001001055"), *typed(MATE.code), *typed("KQPAY")]
SAID = [scanned(YERBA), rejected("the check digit is wrong; scan it again"), scanned(MATE),
        PayPressed("scanner")]  # fmt: skip


def test_lost_events_anywhere_never_make_another_code() -> None:
    """The kernel's buffer overflows at each place, and the next 1, 20 or 60 events are lost."""
    whole = {event.item.code for event in SAID if isinstance(event, ItemScanned)}
    for size in (1, 20, 60):
        for place in range(0, len(RECORDING), 3):
            kept = [*RECORDING[:place], DROPPED, REPORT, *RECORDING[place + size :]]
            results = decoded(scanner(), KeyDecoder("us"), as_keys(kept))
            assert {r.item.code for r in results if isinstance(r, ItemScanned)} <= whole
            assert rejected("some keys of a code were lost; scan it again") in results


@given(st.lists(st.integers(0, len(RECORDING)), max_size=4), st.floats(0.2, 0.5))
@settings(max_examples=examples(60))
def test_pauses_anywhere_never_make_another_code(places: list[int], pause: float) -> None:
    events, late = [], 0.0
    for number, event in enumerate(as_keys(RECORDING)):
        late += pause * places.count(number)
        events.append(KeyEvent(event.at + late, event.type, event.code, event.value))
    for result in decoded(scanner(), KeyDecoder("us"), events):
        assert isinstance(result, ReadingRejected) or result in SAID


def label(price: int) -> str:
    body = f"20{42:05}{price:05}"
    return body + check_digit(body)


@given(st.text("0123456789]CEe01\x1d\r\n\t -|KQ", max_size=200))
@settings(max_examples=examples(200))
def test_noise_is_never_money_that_no_code_states(noise: str) -> None:
    decoder = scanner(
        labels=(LabelPattern("20.....{NNNDD}", LabelValue.PRICE),), find=lambda _: None
    )
    assert not any(isinstance(event, AmountRead) for event in decoder.feed(noise, 0.0))
    decoder.feed("\r", 0.0)
    assert heard(decoder, label(1250), at=100.0)[-1].item.price == Money.of("12.50", "ARS")


def test_a_recording_cut_anywhere_says_the_same() -> None:
    recording = f"{YERBA.code}\r\n7790001001055\rKQPAY\n"
    for cut in range(1, len(recording)):
        decoder = scanner()
        events = decoder.feed(recording[:cut], 0.0) + decoder.feed(recording[cut:], 0.05)
        assert events == [BEGAN, SAID[0], SAID[1], SAID[3]], cut


@pytest.mark.parametrize("number", ["1d", "0031", "zz", "0d", "", "f1"])
def test_a_control_sequence_never_leaves_half_a_code_that_is_an_amount(number: str) -> None:
    """Ctrl+Shift+U, a number and Enter, in the middle of a code of digits."""
    for cut in range(1, 13):
        decoder = scanner(plain=NumberFormat())
        sequence = tap(CTRL, SHIFT, 22) + typed(number)
        keys = typed(YERBA.code[:cut], end=()) + sequence + typed(YERBA.code[cut:])
        events = decoded(decoder, KeyDecoder("us"), as_keys(keys, 0.0, 0.0015))
        events += decoder.feed("", 10.0)
        assert any(isinstance(event, ReadingRejected) for event in events), cut
        assert not any(isinstance(event, AmountRead | ItemScanned) for event in events), cut
