"""The day's report looks at every sale again, and asks again as the daemon does."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest
import trio.testing

from kiosk.base.money import Money
from kiosk.cli.comparison import Comparison, compare, compare_all
from kiosk.cli.patience import PATIENCE
from kiosk.journal import Journal, SaleRecord
from kiosk.sale.effects import RefundSeen, SaleSetAside
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome, Payment, Sale
from tests.cli.back_office import NOON, ars, made, paid_by_card, remember
from tests.cli.conftest import Shell
from tests.orders.live import Live, sdk
from tests.orders.sellers import FLOWS, OLDER_FLOWS, Shop

anyio_test = pytest.mark.anyio
every_flow = pytest.mark.parametrize("flow", FLOWS)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    """A clock that jumps: two minutes take no time."""
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


def record(sale: Sale, outcome: Outcome | None, **more: Any) -> SaleRecord:
    return SaleRecord(sale, outcome, "2026-09-21T14:00:00Z", None, None, **more)


class Trouble(httpx.AsyncBaseTransport):
    """Answers the first requests with trouble, and passes the others on."""

    def __init__(self, shop: Shop, *troubles: httpx.Response | Exception) -> None:
        self._shop, self._troubles = shop, list(troubles)
        self.times: list[float] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.times.append(anyio.current_time())
        if not self._troubles:
            return await self._shop.serve(request)
        trouble = self._troubles.pop(0) if len(self._troubles) > 1 else self._troubles[0]
        if isinstance(trouble, Exception):
            raise trouble
        if trouble.status_code == 200:
            self._troubles.clear()
            return await self._shop.serve(request)
        return trouble


def page(status: int, **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, content=b'{"message": "later"}', headers=names)


GOOD = page(200)


async def compared(
    flow: str, *troubles: httpx.Response | Exception, sales: int = 1
) -> tuple[Comparison, list[float], list[str]]:
    """Compare sales that were paid with a service that has trouble first."""
    shop = Shop(flow)
    records: list[SaleRecord] = []
    for number in range(sales):
        sale, _ = await shop.sell(shop.sale(reference=f"k1-{number:04}"), key=f"key-{number}")
        shop.pay()
        records.append(record(sale, Outcome.PAID))
    way = Trouble(shop, *troubles)
    orders = shop.open_through(way)
    notes: list[str] = []
    found = await compare_all(orders, records, notes.append)
    return found, [at - way.times[0] for at in way.times], notes


@anyio_test
@every_flow
@pytest.mark.parametrize(
    ("trouble", "pause"),
    [
        (page(500), 3.2),
        (page(503, retry_after="20"), 20),
        (page(503, retry_after="3600"), 30),
        (page(429, retry_after="45"), 45),
        (page(429, retry_after="3600"), 60),
        (httpx.ReadError("reset"), 3.2),
        (httpx.ConnectError("refused"), 3.2),
    ],
)
async def test_a_call_that_fails_is_made_again_after_the_daemons_pause(
    flow: str, trouble: httpx.Response | Exception, pause: float
) -> None:
    found, times, (note,) = await compared(flow, trouble, GOOD)
    assert found == Comparison()
    assert times[1] == pytest.approx(pause, rel=0.11)
    assert f"the next try is in {times[1]:.0f} s" in note


@anyio_test
@every_flow
async def test_a_service_that_stays_silent_ends_the_comparison_after_two_minutes(flow: str) -> None:
    found, times, _ = await compared(flow, httpx.ConnectError("refused"), sales=8)
    assert PATIENCE - 20 < times[-1] <= PATIENCE
    assert [each.reference for each in found.differences] == ["k1-0000", "k1-0001"]
    assert found.not_compared == 6
    assert "refused" in found.reason
    assert not found.is_well


@anyio_test
@every_flow
async def test_a_refused_token_ends_the_comparison_at_once(flow: str) -> None:
    found, times, notes = await compared(flow, page(401), sales=3)
    assert (found.not_compared, notes) == (3, [])
    assert times == [0]
    assert "orders.token" in found.reason


@anyio_test
async def test_one_order_that_cannot_be_fetched_does_not_hide_the_others() -> None:
    shop = Shop("orders-dynamic")
    gone = record(Sale("k1-0000", ars("5"), "caja", "ORD" + "0" * 26), Outcome.PAID)
    sale, _ = await shop.sell()
    found = await compare_all(shop.orders, [gone, record(sale, Outcome.PAID)], print)
    missing, payable = found.differences
    assert "order_not_found" in missing.what
    assert "the journal says paid, but the order is still created" in payable.what
    assert payable.to_do == "cancel it before somebody pays it: kiosk orders cancel k1-0001"


@anyio_test
@every_flow
@pytest.mark.parametrize("ended", [Outcome.CANCELED, Outcome.EXPIRED, Outcome.ABANDONED])
async def test_money_that_came_after_the_end_is_found(flow: str, ended: Outcome) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.pay()
    found = await compare_all(shop.orders, [record(sale, ended)], print)
    (late,) = found.differences
    assert late.paid_late
    assert late.what == f"the journal says {ended}, the service says paid"
    assert "kiosk orders refund k1-0001" in late.to_do


@anyio_test
@pytest.mark.parametrize("flow", OLDER_FLOWS)
async def test_an_older_order_that_nobody_paid_has_no_difference(flow: str) -> None:
    shop = Shop(flow)
    sale, _ = await shop.sell()
    shop.now += 400
    for ended in (Outcome.CANCELED, Outcome.EXPIRED):
        assert (await compare_all(shop.orders, [record(sale, ended)], print)).is_well


SALE = Sale("k-1", ars("50.00"), "caja", "ORD1")
PAID = OrderSeen("ORD1", "k-1", "processed", ars("50.00"), paid=ars("50.00"))


@pytest.mark.parametrize(
    ("ended", "news", "what"),
    [
        (Outcome.EXPIRED, {"paid": ars("20.00")}, "but 20.00 ARS was paid instead of 50.00 ARS"),
        (
            Outcome.CANCELED,
            {"paid": Money.of("50.00", "BRL")},
            "but 50.00 BRL was paid instead of 50.00 ARS",
        ),
    ],
)
def test_money_of_any_kind_after_the_end_is_said_loudly(
    ended: Outcome, news: dict[str, Any], what: str
) -> None:
    late = compare(record(SALE, ended), replace(PAID, **news))
    assert late.paid_late
    assert what in late.what


@pytest.mark.parametrize("ended", Outcome)
def test_what_was_given_back_and_written_down_is_no_difference(ended: Outcome) -> None:
    seen = replace(PAID, status="refunded", refunded=ars("50.00"))
    known = record(SALE, ended, paid=ars("50.00"), refunded=ars("50.00"))
    assert not compare(known, seen).what
    if ended is not Outcome.REFUNDED:
        assert compare(record(SALE, ended), seen).what


@pytest.mark.parametrize(
    ("decided", "news", "what"),
    [
        (Outcome.CANCELED, {"status": "failed"}, ""),
        (Outcome.PAID, {"status": "failed"}, ""),
        (Outcome.PAID, {"paid": ars("20.00")}, ""),  # the person took the rest in cash
        (Outcome.CANCELED, {"paid": ars("20.00")}, "20.00 ARS was paid instead of 50.00 ARS"),
        (Outcome.CANCELED, {}, "the journal says canceled, the service says paid"),
        (Outcome.CANCELED, {"status": "created"}, "the order is still created"),
        (Outcome.PAID, {"status": "expired"}, "the journal says paid, the service says expired"),
        (Outcome.PAID, {"charged_back": True}, "the payer's bank takes the money back"),
    ],
)
def test_what_a_person_decided_is_a_difference_only_if_the_service_says_more_by_now(
    decided: Outcome, news: dict[str, Any], what: str
) -> None:
    known = record(SALE, decided, note="Ana: asked the payer")
    difference = compare(known, replace(PAID, **news))
    assert what in difference.what
    assert bool(what) == bool(difference.what)


@anyio_test
async def test_a_decided_sale_may_have_no_order_at_the_service() -> None:
    gone = Sale("k1-0000", ars("5"), "caja", "ORD" + "0" * 26)
    none = Sale("k1-0001", ars("5"), "caja")
    decided = [record(sale, Outcome.CANCELED, note="Ana") for sale in (gone, none)]
    assert (await compare_all(Shop("orders-dynamic").orders, decided, print)).is_well


@pytest.mark.parametrize("ended", Outcome)
def test_a_chargeback_is_told_with_what_to_do(ended: Outcome) -> None:
    difference = compare(record(SALE, ended), replace(PAID, charged_back=True))
    assert "the payer's bank takes the money back" in difference.what
    assert difference.to_do == "answer the claim in the account at Mercado Pago"


def test_an_order_whose_payments_failed_is_not_paid() -> None:
    failed = replace(PAID, payments=(Payment("1", "failed", None, None),), paid=None)
    difference = compare(record(SALE, Outcome.EXPIRED), failed)
    assert "each payment of the order failed" in difference.what
    assert not difference.paid_late


# --- on the command line -------------------------------------------------------------------------


def test_a_sale_that_was_paid_after_its_end_is_the_first_line_and_the_command_fails(
    shell: Shell, service: Live
) -> None:
    alive = made(service, "k-1", "15.00")
    shell.sold("k-1", "15.00", Outcome.CANCELED, NOON, alive)
    late = made(service, "k-2", "50.00", paid=True)
    shell.sold("k-2", "50.00", Outcome.EXPIRED, NOON, late)
    shell.run("report", code=1)
    first, second = shell.err.splitlines()[-2:]
    assert first == (
        f"PAID AFTER ITS END: k-2  {late}: the journal says expired, the service says paid; "
        "hand over the goods, or give the money back: kiosk orders refund k-2; "
        "sale.late_payment was not applied, because the kiosk is not running"
    )
    assert second.startswith("k-1")
    refunded = sdk(service).order().refund(late)
    assert refunded["status"] == 201
    service.now += 10
    shell.run("report", code=1)
    assert "PAID AFTER" not in shell.err


def test_the_kiosk_does_not_look_at_what_a_person_decided(shell: Shell, service: Live) -> None:
    """It would tell the register paid, and the journal would go on saying canceled."""
    late = made(service, "k-1", "50.00", paid=True)
    shell.sold("k-1", "50.00", None, NOON, late)
    with closing(Journal.open(shell.folder / "journal.sqlite3", lambda: NOON)) as journal:
        assert journal.decide("k-1", Outcome.CANCELED, "Ana: asked the payer")
    shell.run("report", code=1)
    (line,) = shell.err.splitlines()
    assert line.endswith("or give the money back: kiosk orders refund k-1")


def test_sales_that_are_set_aside_are_named_with_what_to_do(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "15.00")
    service.book.fail(order_id, service.now)
    shell.sold("k-1", "15.00", None, NOON, order_id)
    shell.sold("k-2", "20.00", None, NOON)
    for reference in ("k-1", "k-2"):
        remember(shell, SaleSetAside(reference, "no end"))
    decide = "decide it: kiosk orders settle k-1 --as OUTCOME --note TEXT"
    assert f"k-1, 15.00 ARS, is set aside; {decide}\n" in shell.run("report", "--offline")
    report = shell.run("report", "--json", code=1)
    assert report["set_aside"] == ["k-1", "k-2"]
    first, second = report["differences"]
    assert first["what"] == "the journal says set aside, but the order is still failed"
    assert first["to_do"] == decide
    assert second["what"] == "the journal has no order for this sale, which is set aside"


def test_a_refund_that_is_in_the_journal_is_no_difference(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    paid_by_card(shell, "k-1", order_id, "100.00")
    shell.run("orders", "refund", "k-1", "--amount", "20.00")
    service.now += 10
    (found,) = shell.run("report", "--json", code=1)["differences"]
    assert found["what"] == "a part of it was refunded (20.00 ARS); the journal says nothing"
    receipt = compare_receipt("20.00")
    remember(shell, RefundSeen("k-1", receipt, "test"))
    assert shell.run("report", "--json")["differences"] == []


def compare_receipt(refunded: str) -> Any:
    return replace(PAID, paid=ars("100.00"), refunded=ars(refunded)).receipt


def test_what_the_journal_knows_is_shown_when_the_service_is_silent(shell: Shell) -> None:
    paid_by_card(shell, "k-1", "ORD" + "1" * 26)
    shell.service.spoil({"do": "status", "status": 503, "shape": "html"})
    shown = shell.run("orders", "show", "k-1", code=1)
    assert "reference: k-1\n" in shown
    assert "net_amount: 90.00\n" in shown
    assert "service: -\n" in shown
    assert "503" in shell.err
    assert shell.run("orders", "show", "1234567", "--json", code=1)["service"] is None


def test_without_a_token_the_journal_is_shown_and_the_fault_is_named(shell: Shell) -> None:
    paid_by_card(shell, "k-1", "ORD" + "1" * 26)
    shell.config.write_text(shell.config.read_text().replace("{env: KIOSK_TOKEN}", "{file: /no}"))
    shown = shell.run("orders", "show", "k-1", code=2)
    assert "net_amount: 90.00\n" in shown
    assert "orders.token (file /no): can't read /no: No such file" in shell.err


@pytest.mark.parametrize(
    "word", ["", " ", "k-2", "%", "\x1b[2J", "x" * 10_000, "' OR 1=1 --", "\udcff", "k-1\udcff"]
)
def test_a_word_that_finds_nothing_says_so_in_one_short_line(shell: Shell, word: str) -> None:
    paid_by_card(shell, "k-1")
    shell.run("orders", "show", word, code=1)
    (line,) = shell.err.splitlines()
    assert "no sale in" in line
    assert line.isprintable()
    assert len(line) < 300


def test_bytes_that_are_not_text_are_no_order_id(shell: Shell) -> None:
    for command in ("cancel", "refund"):
        shell.run("orders", command, "ORD\udcff", code=1)
        assert "404 order_not_found" in shell.err or "400 invalid_path_param" in shell.err


@pytest.mark.parametrize(
    "command", [("orders", "list"), ("orders", "export"), ("report", "--offline")]
)
def test_a_row_that_cannot_be_read_is_named_and_the_others_are_shown(
    shell: Shell, command: tuple[str, ...]
) -> None:
    shell.sold("k-1", "100.00", Outcome.PAID, NOON)
    shell.sold("k-2", "20.00", Outcome.PAID, NOON)
    journal = sqlite3.connect(shell.folder / "journal.sqlite3")
    with journal:
        journal.execute("UPDATE sales SET amount = '1x0.00' WHERE reference = 'k-1'")
    journal.close()
    code = 1 if command[0] == "report" else 0
    assert "20.00" in shell.run(*command, code=code)
    assert "k-1" in shell.err
    assert "1x0.00" in shell.err
