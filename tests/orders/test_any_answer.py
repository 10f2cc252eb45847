"""Whatever a service answers: a driver fails in its own way, and no unknown word means paid."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import anyio
import httpx
import pytest
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.base.errors import CallError, OutcomeUnknown
from kiosk.base.money import Money
from kiosk.orders import Orders
from kiosk.orders.answers.order_answer import order_seen
from kiosk.sale.events import OrderSeen
from kiosk.sale.verdict import Standing, judge
from kiosk.sale.words import Outcome, Sale
from tests.orders.sellers import FLOWS, OLDER_FLOWS, Shop
from tests.orders.support import ORDER_ID
from tests.support.examples import examples, sampled

T = TypeVar("T")

every_flow = pytest.mark.parametrize("flow", sampled(FLOWS, 2))
Answer = tuple[int, dict[str, str], bytes]

REFERENCE = "k1-0001"
ASKED = Money.of("1234.50", "ARS")
PAID_WORDS = {"processed", "paid", "partially_reverted"}

# --- what a service may say ----------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        "created",
        "processed",
        "Processed",
        "paid",
        "approved",
        "accredited",
        "closed",
        "opened",
        "expired",
        "canceled",
        "failed",
        "refunded",
        "reverted",
        "partially_refunded",
        "in_review",
        "charged_back",
        "processing",
        "rejected",
        "in_process",
        "",
        "\x00",
        "�",
        "🤷",
    ]
)
AMOUNTS = st.sampled_from(
    ["1234.50", 1234.5, 1234, "0", "-1", "1e3", "1e999", "NaN", 10**40, "1.234,50", "٣", True]
)
LEAVES: st.SearchStrategy[Any] = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
ODD = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(st.text(max_size=3), LEAVES)
IDS = st.sampled_from(["PAY-1", 160458130233, "1", "", "../x", "\n", "9" * 400])
CURRENCIES = st.sampled_from(["ARS", "BRL", "CLP", "USD", "ars", ""])


def node(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return objects with any of the fields; each value may be anything."""
    return st.fixed_dictionaries({}, optional={name: it | ODD for name, it in fields.items()})


def several(it: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(it | ODD, max_size=3) | it


METHOD = node(type=WORDS, id=WORDS)
PAYMENT = node(
    id=IDS,
    status=WORDS,
    amount=AMOUNTS,
    paid_amount=AMOUNTS,
    refunded_amount=AMOUNTS,
    reference_id=IDS,
    reference=node(id=IDS),
    payment_method=METHOD,
    currency_id=CURRENCIES,
    transaction_amount=AMOUNTS,
    amount_refunded=AMOUNTS,
    payment_type_id=WORDS,
)
REFUND = node(id=IDS, status=WORDS, amount=AMOUNTS, currency=CURRENCIES)
TRANSACTIONS = node(payments=several(PAYMENT), refunds=several(REFUND), chargebacks=several(REFUND))
DISCOUNTS = node(payment_methods=several(node(type=WORDS, new_total_amount=AMOUNTS)))


def order(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return orders of ours; each of their fields may be missing, or anything."""
    return node(
        status=WORDS,
        status_detail=WORDS,
        total_amount=AMOUNTS,
        total_paid_amount=AMOUNTS,
        currency=CURRENCIES,
        transactions=TRANSACTIONS,
        discounts=DISCOUNTS,
        chargebacks=several(REFUND),
        type_response=node(qr_data=st.text(max_size=9)),
        **more,
    ).map(lambda tree: {"id": ORDER_ID, "external_reference": REFERENCE, **tree})


MERCHANT_ORDER = node(
    status=WORDS,
    order_status=WORDS,
    total_amount=AMOUNTS,
    paid_amount=AMOUNTS,
    refunded_amount=AMOUNTS,
    payments=several(PAYMENT),
).map(lambda tree: {"id": 1, "external_reference": REFERENCE, **tree})
SEARCH = st.fixed_dictionaries({"elements": several(MERCHANT_ORDER)})

ERRORS = node(
    code=WORDS, error=WORDS, message=WORDS, details=several(ODD), causes=several(ODD), errors=ODD
)
TREES = order() | SEARCH | ERRORS | ODD
BODIES = TREES.map(lambda tree: json.dumps(tree).encode()) | st.binary(max_size=30)
HEADERS = st.dictionaries(
    st.sampled_from(["retry-after", "date", "content-encoding", "x-request-id"]),
    st.sampled_from(["0", "9" * 400, "gzip", "Mon, 01 Jan 0001 00:00:00 GMT", "é", "", "-1"]),
)
STATUSES = st.sampled_from([200, 201, 202, 204, 302, 400, 401, 403, 404, 407, 409, 422, 429, 503])
ANSWERS: st.SearchStrategy[Sequence[Answer]] = st.lists(
    st.tuples(STATUSES, HEADERS, BODIES), min_size=1, max_size=4
)


CALLS = 6


class Liar(httpx.AsyncBaseTransport):
    """Gives its answers one after another, and the last one for ever."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._answers = list(answers)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        status, headers, body = answer
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        return httpx.Response(status, headers=raw, content=body)


def sale_of(flow: str) -> Sale:
    order_id = f"{REFERENCE}.1790000300" if flow in OLDER_FLOWS else ORDER_ID
    return Sale(REFERENCE, ASKED, "register", order_id)


def calls(orders: Orders, sale: Sale) -> Sequence[Callable[[], Awaitable[OrderSeen | None]]]:
    return (
        lambda: orders.create("key", orders.request(sale)),
        lambda: orders.fetch(sale.order_id),
        lambda: orders.cancel(sale.order_id),
        lambda: orders.refund(sale.order_id, "key"),
        lambda: orders.refund(sale.order_id, "key", Money.of("10.00", "ARS")),
        orders.probe,
    )


def run(answer: Callable[..., Awaitable[T]], *words: Any) -> T:
    """Run it with a clock that jumps: no pause takes any time."""
    clock = trio.testing.MockClock(autojump_threshold=0)
    return anyio.run(answer, *words, backend="trio", backend_options={"clock": clock})


async def asked(shop: Shop, sale: Sale, answers: Sequence[Answer]) -> list[OrderSeen]:
    """Make every call; return what was told. A failure must be the driver's own."""
    told: list[OrderSeen] = []
    for at in range(CALLS):
        orders = shop.open_through(Liar(answers))
        error: CallError | None = None
        try:
            seen = await calls(orders, sale)[at]()
        except CallError as failed:
            error = failed
        else:
            told += [seen] if seen else []
        assert str(error).isprintable()
        assert len(str(error)) < 1000
    return told


@every_flow
@settings(max_examples=examples(40))
@given(ANSWERS)
def test_every_call_ends_with_an_order_or_with_an_error_of_ours(
    flow: str, answers: Sequence[Answer]
) -> None:
    sale = sale_of(flow)
    words = {word for _, _, body in answers for word in PAID_WORDS if word.encode() in body}
    for seen in run(asked, Shop(flow), sale, answers):
        standing = judge(sale, seen)
        assert standing is not Outcome.PAID or words
        assert all(text.isprintable() for text in (seen.status, seen.reference, seen.order_id))


def older(tree: Any) -> OrderSeen:
    """Return what an older driver tells of this answer."""
    orders = Shop("older-dynamic").open_through(Liar([(200, {}, json.dumps(tree).encode())]))
    return run(orders.fetch, sale_of("older-dynamic").order_id)


def newer(tree: Any) -> OrderSeen:
    return order_seen(json.dumps(tree).encode(), ASKED.currency)


@settings(max_examples=examples(200))
@given(order(), WORDS.filter(lambda word: word != "processed") | st.text(max_size=20))
def test_no_other_word_than_processed_means_paid(tree: dict[str, Any], status: str) -> None:
    sale = sale_of("orders-dynamic")
    seen = newer({**tree, "status": status})
    if status != "processed":
        assert judge(sale, seen) is not Outcome.PAID


@settings(max_examples=examples(200))
@given(order())
def test_paid_is_what_was_asked_or_more_or_offered_and_never_what_failed(
    tree: dict[str, Any],
) -> None:
    seen = newer({**tree, "status": "processed"})
    if judge(sale_of("orders-dynamic"), seen) is Outcome.PAID:
        told = seen.paid_amount or seen.total
        assert told is not None
        assert told.currency == ASKED.currency
        assert told.amount >= ASKED.amount or told in seen.offered
        assert not seen.payments or not all(payment.failed for payment in seen.payments)


@settings(max_examples=examples(100))
@given(MERCHANT_ORDER, st.tuples(WORDS, WORDS))
def test_no_other_words_than_closed_and_paid_mean_paid_in_the_older_apis(
    tree: dict[str, Any], words: tuple[str, str]
) -> None:
    status, order_status = words
    element = {**tree, "status": status, "order_status": order_status}
    seen = older({"elements": [element]})
    if words not in {("closed", "paid"), ("closed", "partially_reverted")}:
        assert judge(sale_of("older-dynamic"), seen) is not Outcome.PAID


# --- pages in place of answers -------------------------------------------------------------------

PORTAL = b"<!DOCTYPE html><html><title>Welcome to our hotel</title><body>Log in</body></html>"


async def made_no_order(flow: str, answer: Answer) -> list[str]:
    """Make every call, and a refund; return what was said of the answer."""
    shop, sale = Shop(flow), sale_of(flow)
    said: list[str] = []
    for at in range(CALLS):
        orders = shop.open_through(Liar([answer]))
        with pytest.raises(CallError) as caught:
            await calls(orders, sale)[at]()
        if "until it expires" not in str(caught.value):  # said without any call
            assert isinstance(caught.value, OutcomeUnknown)
            said.append(str(caught.value))
    return said


@every_flow
@pytest.mark.parametrize("page", sampled([PORTAL, b"Blocked by policy", b"\xef\xbb\xbf <html>"], 3))
def test_a_page_is_never_the_answer_of_the_service(flow: str, page: bytes) -> None:
    for status in (200, 201, 403, 404, 407):
        for said in run(made_no_order, flow, (status, {}, page)):
            assert f"the answer {status} is not from the payment service" in said
            assert "check the network" in said
            assert "hotel" in said or page != PORTAL


@every_flow
def test_a_no_of_the_service_itself_is_about_the_token(flow: str) -> None:
    shop, sale = Shop(flow), sale_of(flow)
    orders = shop.open_through(Liar([(403, {}, b'{"error": "forbidden", "message": "no"}')]))
    with pytest.raises(CallError, match="the service refused: 403 forbidden"):
        run(orders.fetch, sale.order_id)


@pytest.mark.parametrize("flow", OLDER_FLOWS)
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (PORTAL, "is not from the payment service"),
        (b"[]", "the service's answer has no refund"),
        (b'{"id": 1, "status": "rejected"}', "the refund of payment 7 is rejected"),
        (b'{"id": 1, "status": "approved"}', "refunded"),
        (b'{"id": 1}', "refunded"),
        (b'{"id": 1, "status": "in_process"}', "under way"),
        (b'{"id": 1, "status": "of the future"}', "under way"),
    ],
)
def test_an_older_refund_is_done_only_if_the_service_says_so(
    flow: str, answer: bytes, told: str
) -> None:
    payment = {"id": 7, "status": "approved", "transaction_amount": 1234.5, "currency_id": "ARS"}
    element = {"external_reference": REFERENCE, "status": "closed", "order_status": "paid"}
    search = {"elements": [{**element, "total_amount": 1234.5, "payments": [payment]}]}
    orders = Shop(flow).open_through(
        Liar([(200, {}, json.dumps(search).encode()), (201, {}, answer)])
    )
    try:
        seen = run(orders.refund, sale_of(flow).order_id, "key")
        said = "under way" if seen.refund_underway else seen.status
    except CallError as error:
        said = str(error)
    assert told in said


def test_a_standing_is_told_for_an_order_of_which_nothing_is_known() -> None:
    seen = newer({"id": ORDER_ID})
    assert judge(sale_of("orders-dynamic"), seen) is Standing.UNDECIDED
