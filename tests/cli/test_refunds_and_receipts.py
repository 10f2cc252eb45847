"""``kiosk orders``: what was paid and refunded, who is set aside, and what may be refunded."""

from __future__ import annotations

import csv
import io
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli.sale_records import as_cell
from kiosk.journal import Journal
from kiosk.sale.effects import Receipt, RefundDecided, RefundSeen, SaleEnded, SaleSetAside
from kiosk.sale.words import Outcome
from kiosk.simulator.service.options import ServiceOptions
from tests.cli.back_office import NOON, ars, listed, made, paid_by_card, remember
from tests.cli.conftest import Shell
from tests.orders.live import Live, live


def test_a_part_is_refunded_once_however_often_it_is_asked_for(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    shell.sold("k-1", "100.00", Outcome.PAID, NOON, order_id)
    for _ in range(2):
        assert "partially_refunded" in shell.run("orders", "refund", "k-1", "--amount", "12.50")
    assert "partially_refunded" in shell.run(
        "orders", "refund", "k-1", "--amount", "12.50", "--number", "2"
    )
    (order,) = service.book.orders(service.now)
    assert [str(refund.amount) for refund in order.refunds] == ["12.50", "12.50"]
    assert "(refunded)" in shell.run("orders", "refund", "k-1")


def test_a_part_that_is_going_back_is_not_left_for_another_one(tmp_path: Path) -> None:
    with live(ServiceOptions(refund_takes=60)) as service:
        shell = Shell(tmp_path, service)
        order_id = made(service, "k-1", "100.00", paid=True)
        shell.sold("k-1", "100.00", Outcome.PAID, NOON, order_id)
        for _ in range(2):
            shell.run("orders", "refund", "k-1", "--amount", "60")
        for _ in range(2):
            shell.run("orders", "refund", "k-1", "--amount", "50", code=2)
            assert "50.00 ARS is more than is left of 100.00 ARS" in shell.err
            service.now += 61
        (order,) = service.book.orders(service.now)
        assert len(order.refunds) == 1


def test_what_is_refused_says_what_to_do(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00")
    shell.run("orders", "refund", order_id, code=1)
    assert "only a paid order can be refunded" in shell.err
    shell.run("orders", "refund", order_id, "--amount", "lots", code=2)
    assert "write it like 12.50" in shell.err


@pytest.mark.parametrize(
    ("amount", "advice"),
    [
        ("0", "write an amount above 0"),
        ("0.00", "write an amount above 0"),
        ("-5", "write an amount above 0"),
        ("90.01", "write 90.00 or less"),
        ("12.505", "too many decimals"),
        ("", "write it like 12.50"),
        ("NaN", "write it like 12.50"),
        ("1e1", "write it like 12.50"),
        ("٣", "write it like 12.50"),
        ("9" * 10_000, "write it like 12.50"),
    ],
)
def test_an_amount_that_cannot_be_refunded_is_never_sent(
    shell: Shell, service: Live, amount: str, advice: str
) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    paid_by_card(shell, "k-1", order_id)
    shell.run("orders", "refund", "k-1", "--amount", amount, code=2)
    assert advice in shell.err
    assert len(shell.err) < 200
    (order,) = service.book.orders(service.now)
    assert order.refunds == []


def test_without_a_journal_the_service_says_what_was_paid(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    shell.run("orders", "refund", order_id, "--amount", "100.01", code=2)
    assert "100.01 ARS is more than was paid; write 100.00 or less" in shell.err
    assert "refunded" in shell.run("orders", "refund", order_id, "--amount", "100.00")


def test_a_sale_that_was_paid_after_its_end_can_be_refunded(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    shell.sold("k-1", "100.00", None, NOON, order_id)
    remember(shell, SaleEnded("k-1", Outcome.EXPIRED, "test", Receipt(ars("0.00"))))
    assert "partially_refunded" in shell.run("orders", "refund", "k-1", "--amount", "60")


def test_the_refund_of_an_amount_that_was_held_is_under_way(tmp_path: Path) -> None:
    with live(ServiceOptions(refund_takes=60)) as service:
        shell = Shell(tmp_path, service)
        order_id = made(service, "k-1", "100.00", paid=True)
        shell.sold("k-1", "120.00", None, NOON, order_id)
        ended = SaleEnded("k-1", Outcome.ABANDONED, "less", Receipt(ars("100.00")), held=True)
        remember(shell, ended)
        shell.run("orders", "refund", "k-1")
        assert "net 100.00, a refund is under way" in shell.run("orders", "list")
        assert refunds(shell)[1], "the next start looks at it"
        shell.run("report", code=1)
        assert "a refund is under way; run the report again later" in shell.err
        assert "hand over the goods" not in shell.err


@pytest.mark.parametrize("part", [(), ("--amount", "12.50")])
def test_a_refund_that_takes_its_time_is_under_way(tmp_path: Path, part: tuple[str, ...]) -> None:
    with live(ServiceOptions(refund_takes=60)) as service:
        shell = Shell(tmp_path, service)
        order_id = made(service, "k-1", "100.00", paid=True)
        shell.sold("k-1", "100.00", Outcome.PAID, NOON, order_id)
        assert "the refund is under way" in shell.run("orders", "refund", "k-1", *part)
        assert "a refund is under way" in shell.run("orders", "show", "k-1")
        assert "a refund is under way" in shell.run("orders", "show", "k-1", "--json")["service"]
        report = shell.run("report", "--json", code=1)
        assert [each["what"] for each in report["differences"]] == ["a refund is under way"]
        assert report["refunds_underway"] == ["k-1"]
        assert "net 100.00, a refund is under way" in shell.run("orders", "list")
        assert "k-1, 100.00 ARS: a refund is under way" in shell.run("report", "--offline")
        (row,) = csv.DictReader(io.StringIO(shell.run("orders", "export")))
        assert row["refund_underway"] == "yes"
        service.now += 61
        shell.run("report", code=1)
        assert "refunded" in shell.err


def test_money_that_came_late_and_goes_back_is_a_refund_under_way(shell: Shell) -> None:
    shell.sold("k-1", "100.00", Outcome.EXPIRED, NOON)
    remember(shell, RefundDecided("k-1", "paid late"))
    assert shell.run("orders", "list").rstrip().endswith("-  a refund is under way")
    assert shell.run("orders", "list", "--json")[0]["refund_underway"] is True


# --- what the journal keeps of our own refunds ---------------------------------------------------


def refunds(shell: Shell, reference: str = "k-1") -> tuple[Any, bool, list[str]]:
    """Return the refunded amount, whether a refund is under way, and the refunds' events."""
    with closing(Journal.open_read_only(shell.folder / "journal.sqlite3")) as journal:
        record = journal.find(reference)
        events = [it for _, event, it in journal.events(reference) if event.startswith("Refund")]
    assert record is not None
    refunded = record.refunded.plain() if record.refunded else None
    return refunded, record.refund_underway, events


def sold_by_card(shell: Shell, service: Live) -> str:
    order_id = made(service, "k-1", "100.00", paid=True)
    paid_by_card(shell, "k-1", order_id, "100.00")
    return order_id


def refunded(shell: Shell, service: Live, *part: str) -> None:
    """Refund, and ask again when the service has finished it: its first answer never says so."""
    shell.run("orders", "refund", "k-1", *part)
    service.now += 1
    shell.run("orders", "refund", "k-1", *part)


def test_our_own_refund_is_in_the_journal(shell: Shell, service: Live) -> None:
    sold_by_card(shell, service)
    refunded(shell, service, "--amount", "12.50")
    assert refunds(shell)[:2] == ("12.50", False)
    refunded(shell, service, "--amount", "12.50", "--number", "2")
    assert refunds(shell)[0] == "25.00"
    refunded(shell, service)
    amount, underway, events = refunds(shell)
    assert (amount, underway) == ("100.00", False)
    assert events[0] == "orders refund of 12.50 ARS, number 1; asked for"
    assert events[-1].startswith("orders refund of all; the service said: refunded/")
    assert shell.run("orders", "list", "--json")[0]["outcome"] == "paid"
    shell.run("report")


def test_no_more_than_what_is_left_is_refunded(shell: Shell, service: Live) -> None:
    sold_by_card(shell, service)
    refunded(shell, service, "--amount", "60")
    shell.run("orders", "refund", "k-1", "--amount", "40.01", code=2)
    assert "is more than is left of 100.00 ARS, because 60.00 ARS was refunded" in shell.err
    assert "write 40.00 or less" in shell.err
    shell.run("orders", "refund", "k-1", "--amount", "60", "--number", "2", code=2)
    refunded(shell, service, "--amount", "40")
    assert refunds(shell)[0] == "100.00"
    (order,) = service.book.orders(service.now)
    assert [str(refund.amount) for refund in order.refunds] == ["60.00", "40.00"]


def test_a_refund_without_an_answer_is_under_way_until_it_is_known(
    shell: Shell, service: Live
) -> None:
    sold_by_card(shell, service)
    service.spoil({"do": "drop_reply", "call": "refund", "times": 1})
    shell.run("orders", "refund", "k-1", code=1)
    assert "run the command again: nothing is refunded twice" in shell.err
    assert refunds(shell)[:2] == (None, True)
    shell.run("orders", "refund", "k-1")
    assert refunds(shell)[:2] == ("100.00", False)
    (order,) = service.book.orders(service.now)
    assert len(order.refunds) == 1


def test_a_refund_that_is_refused_is_not_under_way(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00")
    shell.sold("k-1", "100.00", Outcome.PAID, NOON, order_id)
    for amount in ((), ("--amount", "12.50")):
        shell.run("orders", "refund", "k-1", *amount, code=1)
        refunded, underway, events = refunds(shell)
        assert (refunded, underway) == (None, False)
        assert "; refused: the service refused" in events[-1]


@pytest.mark.parametrize("rule", [{"call": "get"}, {}])
def test_nothing_is_asked_for_without_an_answer_about_the_order(
    shell: Shell, service: Live, rule: dict[str, Any]
) -> None:
    sold_by_card(shell, service)
    service.spoil({"do": "status", "status": 500} | rule)
    shell.run("orders", "refund", "k-1", code=1)
    assert refunds(shell) == (None, False, [])


def test_without_the_journal_nothing_is_refunded(
    shell: Shell, service: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another kiosk has it, and does not answer."""
    sold_by_card(shell, service)
    monkeypatch.setattr("kiosk.cli.daemon_commands.TRIED_FOR", 0.1)
    with closing(Journal.open(shell.folder / "journal.sqlite3", lambda: NOON)):
        shell.run("orders", "refund", "k-1", code=1)
    assert "another kiosk is running with this journal" in shell.err
    (order,) = service.book.orders(service.now)
    assert order.refunds == []


# --- what was paid -------------------------------------------------------------------------------


def test_the_number_on_a_receipt_finds_the_sale(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    paid_by_card(shell, "k-1", order_id)
    for word in ("k-1", order_id, "1234567"):
        assert "reference: k-1\n" in shell.run("orders", "show", word)
    shell.run("orders", "show", "7654321", code=1)
    assert "no sale in" in shell.err
    assert "operation number" in shell.err


@pytest.mark.parametrize("word", ["7K2 Q9F", "7K2Q9F", "7k2-q9f"])
def test_the_code_on_the_panel_finds_the_sale(word: str, shell: Shell, service: Live) -> None:
    shell.sold("caja-1-8F7K2Q9F", "100.00", None, NOON, made(service, "caja-1-8F7K2Q9F", "100.00"))
    shell.sold("caja-1-8F7K2Q9F0", "50.00", None, NOON)
    shown = shell.run("orders", "show", word)
    assert "reference: caja-1-8F7K2Q9F\n" in shown
    assert "code: 7K2 Q9F\n" in shown


def test_a_code_of_several_sales_asks_for_the_reference(shell: Shell, service: Live) -> None:
    for reference in ("caja-1-AA7K2Q9F", "caja-1-BB7K2Q-9F"):
        shell.sold(reference, "100.00", None, NOON, made(service, reference, "100.00"))
    for verb in ("show", "cancel", "refund"):
        shell.run("orders", verb, "7K2 Q9F", code=1)
        assert "several sales have this code; give the reference" in shell.err
        assert "caja-1-BB7K2Q-9F, caja-1-AA7K2Q9F" in shell.err


@pytest.mark.parametrize("word", ["7K2 Q9", "%%%%%%", "______", "ñandú7", "7K2 Q9F0"])
def test_what_is_not_a_code_finds_no_sale(word: str, shell: Shell, service: Live) -> None:
    shell.sold("caja-1-8F7K2Q9F", "100.00", None, NOON, made(service, "caja-1-8F7K2Q9F", "100.00"))
    shell.run("orders", "show", word, code=1)
    assert "no sale in" in shell.err


def test_what_was_paid_and_refunded_is_named_everywhere(shell: Shell) -> None:
    paid_by_card(shell, "k-1")
    remember(shell, RefundSeen("k-1", Receipt(refunded=ars("20.00")), "test"))
    fields = {
        "state": "paid",
        "payment_method": "credit_card",
        "payment_id": "1234567",
        "paid_amount": "90.00",
        "refunded_amount": "20.00",
        "net_amount": "70.00",
    }
    (sale,) = shell.run("orders", "list", "--json")
    assert sale.items() >= fields.items()
    assert shell.run("orders", "show", "k-1", "--json").items() >= fields.items()
    (row,) = csv.DictReader(io.StringIO(shell.run("orders", "export")))
    assert row.items() >= fields.items()
    assert "credit_card: paid 90.00, refunded 20.00, net 70.00" in shell.run("orders", "list")
    assert "net_amount: 70.00\n" in shell.run("orders", "show", "k-1")
    report = shell.run("report", "--offline")
    assert "credit_card: paid 90.00, refunded 20.00, net 70.00 ARS" in report
    assert "taken      70.00 ARS" in report


def test_a_sale_of_an_earlier_version_counts_with_its_own_amount(shell: Shell) -> None:
    shell.sold("k-1", "100.00", Outcome.PAID, NOON)
    shell.sold("k-2", "30.00", Outcome.REFUNDED, NOON)
    shell.sold("k-3", "20.00", Outcome.EXPIRED, NOON)
    sales = shell.run("orders", "list", "--json")
    money = [(it["paid_amount"], it["refunded_amount"], it["net_amount"]) for it in sales]
    assert money == [(None, None, None), ("30.00", "30.00", "0.00"), ("100.00", None, "100.00")]


def test_a_sale_that_is_set_aside_is_called_so(shell: Shell) -> None:
    shell.sold("k-1", "100.00", None, NOON)
    shell.sold("k-2", "20.00", None, NOON)
    remember(shell, SaleSetAside("k-1", "the service calls the order failed"))
    assert listed(shell, "--outcome", "set-aside") == ["k-1"]
    assert listed(shell, "--outcome", "open") == ["k-2"]
    assert "  set aside  " in shell.run("orders", "list")
    shown = shell.run("orders", "show", "k-1", "--json")
    assert (shown["outcome"], shown["state"]) == (None, "set aside")
    assert shown["set_aside_at"].startswith("2026-09-21T")
    (row, _) = csv.DictReader(io.StringIO(shell.run("orders", "export")))
    assert (row["outcome"], row["state"]) == ("", "set aside")
    assert shell.run("report", "--offline", "--json")["outcomes"] == {"open": 1, "set aside": 1}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "＝", "＠"])
def test_no_cell_of_an_export_is_a_formula(start: str) -> None:
    formula = f"{start}HYPERLINK(1)"
    assert as_cell("note", formula) == f"'{formula}"
    assert as_cell("payment_id", "1234567-8") == "1234567-8"
    assert as_cell("net_amount", "-20.00") == "-20.00"
    assert as_cell("note", None) == as_cell("refund_underway", False) == ""
    assert as_cell("refund_underway", True) == "yes"


def test_a_decision_with_a_formula_is_exported_as_a_text(shell: Shell) -> None:
    shell.sold("k-1", "100.00", None, NOON)
    journal = Journal.open(shell.folder / "journal.sqlite3", lambda: NOON)
    journal.decide("k-1", Outcome.PAID, "=1+1\x1b[2J")
    journal.close()
    (row,) = csv.DictReader(io.StringIO(shell.run("orders", "export")))
    assert row["note"].startswith("'=1+1")
    report = shell.run("report", "--offline")
    assert "  k-1, 100.00 ARS: a person decided paid: =1+1?[2J\n" in report
    assert shell.run("report", "--offline", "--json")["decided"] == ["k-1"]
    assert "\x1b" not in shell.run("orders", "export") + shell.run("orders", "show", "k-1")
