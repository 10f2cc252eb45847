"""A key names one request: repeated it changes nothing, and with another request it is refused."""

from __future__ import annotations

import pytest

from tests.simulator.counter import DAY, ORDER, Counter, codes, order, read


def test_a_repeated_create_brings_the_first_answer_to_the_byte_and_no_second_order() -> None:
    counter = Counter()
    first = counter.create(key="one")
    counter.pay(read(first)["id"])
    counter.now += 60
    again = counter.create(key="one")
    assert (again.status, again.body) == (201, first.body)
    assert len(counter.book.orders(counter.now)) == 1


def test_the_bytes_count_not_their_meaning() -> None:
    counter = Counter()
    counter.create(ORDER, key="one")
    backwards = dict(reversed(ORDER.items()))
    answer = counter.create(backwards, key="one")
    assert (answer.status, codes(answer)) == (409, ["idempotency_key_already_used"])


def test_a_create_with_another_key_makes_a_second_order() -> None:
    counter = Counter()
    assert counter.created(key="one") != counter.created(key="two")


def test_a_key_is_forgotten_after_a_day() -> None:
    counter = Counter()
    first = counter.created(key="one")
    counter.now += DAY - 1
    assert counter.created(key="one") == first
    counter.now += 1
    assert counter.created(order(description="Tea"), key="one") != first


def test_keys_belong_to_an_operation_and_a_token() -> None:
    counter = Counter()
    order_id = counter.created(key="one")
    assert counter.cancel(order_id, key="one").status == 200
    assert counter.created(key="one", token="APP_USR-2") != order_id


def test_a_refused_request_leaves_its_key_free() -> None:
    counter = Counter()
    assert counter.create(order(type="online"), key="one").status == 400
    assert counter.create(key="one").status == 201


def test_a_repeated_cancel_is_not_a_conflict() -> None:
    counter = Counter()
    order_id = counter.created()
    first, again = counter.cancel(order_id, key="c"), counter.cancel(order_id, key="c")
    assert (again.status, again.body) == (200, first.body)
    assert counter.cancel(order_id, key="d").status == 409


def test_a_cancel_of_another_order_under_the_same_key_is() -> None:
    counter = Counter()
    one, two = counter.created(), counter.created()
    counter.cancel(one, key="c")
    assert codes(counter.cancel(two, key="c")) == ["idempotency_key_already_used"]
    assert counter.seen(two)["status"] == "created"


def test_a_repeated_refund_gives_the_money_back_once() -> None:
    counter = Counter()
    order_id = counter.paid()
    first, again = counter.refund(order_id, key="r"), counter.refund(order_id, key="r")
    assert (again.status, again.body) == (201, first.body)
    assert len(counter.seen(order_id)["transactions"]["refunds"]) == 1


@pytest.mark.parametrize("length", [1, 36, 64, 128])
def test_a_key_may_be_as_long_as_the_longest_document_says(length: int) -> None:
    assert Counter().create(key="k" * length).status == 201
