"""``kiosk orders`` and ``kiosk report``: days, outcomes, exports and differences."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from kiosk.base.money import Money
from kiosk.cli.comparison import compare
from kiosk.journal import SaleRecord
from kiosk.sale.effects import Receipt, RefundSeen, SaleSetAside
from kiosk.sale.events import OrderSeen
from kiosk.sale.words import Outcome, Payment, Sale
from tests.cli.back_office import DAY, NOON, ars, listed, made, paid_by_card, remember
from tests.cli.conftest import Shell
from tests.orders.live import Live, sdk


@pytest.fixture
def three_days(shell: Shell) -> Shell:
    shell.sold("k-1", "10.00", Outcome.PAID, NOON - DAY)
    shell.sold("k-2", "20.00", Outcome.CANCELED, NOON)
    shell.sold("k-3", "30.50", Outcome.PAID, NOON + 60)
    shell.sold("k-4", "40.00", None, NOON + DAY)
    return shell


def test_sales_are_listed_by_day_and_outcome(three_days: Shell) -> None:
    assert listed(three_days) == ["k-4", "k-3", "k-2", "k-1"]
    assert listed(three_days, "--day", "2026-09-21") == ["k-3", "k-2"]
    assert listed(three_days, "--outcome", "paid") == ["k-3", "k-1"]
    assert listed(three_days, "--outcome", "open") == ["k-4"]
    assert listed(three_days, "--outcome", "paid", "--newest", "1") == ["k-3"]
    assert "k-3" in three_days.run("orders", "list", "--day", "2026-09-21")


def test_an_unknown_outcome_is_refused(three_days: Shell) -> None:
    three_days.run("orders", "list", "--outcome", "payed", code=2)
    assert "choose from paid" in three_days.err


def test_an_export_for_a_spreadsheet(three_days: Shell) -> None:
    sheet = list(csv.DictReader(io.StringIO(three_days.run("orders", "export"))))
    assert [row["reference"] for row in sheet] == ["k-1", "k-2", "k-3", "k-4"]
    assert (sheet[2]["amount"], sheet[2]["currency"], sheet[2]["outcome"]) == (
        "30.50",
        "ARS",
        "paid",
    )
    assert sheet[3]["outcome"] == ""


def test_an_export_for_a_program_into_a_file(three_days: Shell) -> None:
    file = three_days.folder / "day.json"
    three_days.run("orders", "export", "--day", "2026-09-20", "--format", "json", "-o", str(file))
    assert [row["reference"] for row in json.loads(file.read_text())] == ["k-1"]
    three_days.run("orders", "export", "-o", str(three_days.folder / "no" / "x"), code=2)


def test_an_empty_export_has_its_header(shell: Shell) -> None:
    shell.sold("k-1", "10.00", Outcome.PAID, NOON)
    assert shell.run("orders", "export", "--day", "2020-01-01").startswith("reference,order_id,")


# --- the report ----------------------------------------------------------------------------------


def test_a_day_on_which_both_agree(shell: Shell, service: Live) -> None:
    paid = made(service, "k-1", "100.00", paid=True)
    canceled = made(service, "k-2", "20.00")
    sdk(service).order().cancel(canceled)
    shell.sold("k-1", "100.00", Outcome.PAID, NOON, paid)
    shell.sold("k-2", "20.00", Outcome.CANCELED, NOON, canceled)
    shell.sold("k-3", "30.00", Outcome.REFUSED, NOON)
    assert shell.run("report", "--day", "2026-09-21", "--json") == {
        "day": "2026-09-21",
        "sales": 3,
        "outcomes": {"paid": 1, "canceled": 1, "refused": 1},
        "methods": [
            {
                "method": "",
                "currency": "ARS",
                "paid": "100.00",
                "refunded": "0.00",
                "net": "100.00",
            }
        ],
        "taken": {"ARS": "100.00"},
        "set_aside": [],
        "decided": [],
        "refunds_underway": [],
        "differences": [],
        "not_compared": 0,
        "reason": "",
        "unreadable": [],
    }
    assert "taken      100.00 ARS" in shell.run("report")


def test_every_difference_is_named(shell: Shell, service: Live) -> None:
    """Journal and service disagree; the report must say so."""
    stories = {
        "k-paid": ("the journal says canceled, the service says paid", Outcome.CANCELED, True),
        "k-open": ("the journal says open, the service says paid", None, True),
        "k-alive": ("the order is still created", Outcome.PAID, False),
    }
    for reference, (_, outcome, is_paid) in stories.items():
        order_id = made(service, reference, "50.00", paid=is_paid)
        shell.sold(reference, "50.00", outcome, NOON, order_id)
    other = made(service, "k-other", "50.00", paid=True)
    shell.sold("k-mine", "50.00", Outcome.PAID, NOON, other)
    shell.sold("k-gone", "50.00", Outcome.PAID, NOON, "ORD" + "0" * 26)
    shell.sold("k-none", "50.00", Outcome.PAID, NOON)
    back = made(service, "k-back", "50.00", paid=True)
    payment = sdk(service).order().get(back)["response"]["transactions"]["payments"][0]["id"]
    sdk(service).order().refund(back, {"transactions": [{"id": payment, "amount": "1.00"}]})
    shell.sold("k-back", "50.00", Outcome.PAID, NOON, back)
    report = shell.run("report", "--json", code=1)
    found = {each["reference"]: each["what"] for each in report["differences"]}
    expected = {reference: what for reference, (what, *_) in stories.items()} | {
        "k-mine": "the order is not this sale's",
        "k-gone": "order_not_found",
        "k-none": "the journal has no order for this sale",
        "k-back": "a part of it was refunded; a refund is under way",
    }
    assert found.keys() == expected.keys()
    for reference, what in expected.items():
        assert what in found[reference]


def test_what_the_journal_knows_of_a_refund_is_no_difference(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    paid_by_card(shell, "k-1", order_id, paid="100.00")
    service.book.refund_elsewhere(order_id, service.now)
    service.now += 1
    (found,) = shell.run("report", "--json", code=1)["differences"]
    assert found["what"] == "the journal says paid, the service says refunded"
    remember(shell, RefundSeen("k-1", Receipt(refunded=ars("100.00")), "test"))
    assert shell.run("report", "--json")["differences"] == []


@pytest.mark.parametrize(
    ("news", "what"),
    [
        ({"paid": ars("40.00")}, "40.00 ARS was paid instead of 50.00 ARS"),
        ({"total": Money.of("50.00", "BRL")}, "50.00 BRL was paid instead of 50.00 ARS"),
        ({"payments": (Payment("1", "failed", None, None),)}, "each payment of the order failed"),
        ({"charged_back": True}, "the payer's bank takes the money back"),
        ({"status": "failed"}, "the order is still failed"),
        ({"reference": "k-2"}, "the order is not this sale's"),
        ({}, "the service says paid"),
    ],
)
def test_each_answer_about_a_sale_without_an_end_is_a_difference(
    news: dict[str, Any], what: str
) -> None:
    sale = Sale("k-1", ars("50.00"), "caja", "ORD1")
    record = SaleRecord(sale, None, "2026-09-21", None, None, set_aside_at="2026-09-21")
    seen = OrderSeen("ORD1", "k-1", "processed", ars("50.00"))
    difference = compare(record, replace(seen, **news))
    assert what in difference.what
    assert "set aside" in difference.what or "not this sale's" in difference.what
    assert difference.to_do
    assert not difference.paid_late


def test_each_sale_that_is_set_aside_has_one_advice(shell: Shell, service: Live) -> None:
    paid, silent = made(service, "k-1", "100.00", paid=True), made(service, "k-2", "20.00")
    for reference, order_id in (("k-1", paid), ("k-2", silent)):
        shell.sold(reference, "100.00" if order_id == paid else "20.00", None, NOON, order_id)
        remember(shell, SaleSetAside(reference, "test"))
    assert "k-1, 100.00 ARS, is set aside\n" in shell.run("report", code=1)
    assert "the kiosk settles it while it runs" in shell.err
    assert shell.err.count("settle k-2") == 1
    assert "is set aside; decide it: kiosk orders settle k-1" in shell.run("report", "--offline")


def test_another_paid_amount_is_a_difference(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    paid_by_card(shell, "k-1", order_id, paid="90.00")
    (found,) = shell.run("report", "--json", code=1)["differences"]
    assert found["what"] == "the journal says 90.00 ARS was paid, the service says 100.00 ARS"


def test_without_the_service_it_only_adds_up(shell: Shell) -> None:
    shell.sold("k-1", "100.00", Outcome.PAID, NOON, "ORD" + "0" * 26)
    shell.sold("k-2", "0.10", Outcome.PAID, NOON, "ORD" + "1" * 26)
    shell.sold("k-3", "7.00", Outcome.REFUNDED, NOON, "ORD" + "2" * 26)
    assert shell.run("report", "--offline", "--json")["taken"] == {"ARS": "100.10"}


def test_a_day_without_sales(shell: Shell) -> None:
    shell.sold("k-1", "1.00", Outcome.PAID, NOON)
    assert shell.run("report", "--day", "2020-01-01").startswith("2020-01-01: 0 sales")


@pytest.mark.parametrize("driver", ["dynamic_qr", "attended_qr"])
def test_an_older_driver_has_a_report_as_well(shell: Shell, driver: str) -> None:
    """The older API has no canceled orders, only expired ones; that is not a difference."""
    shell.configure(driver)
    shell.sold("k-1", "100.00", Outcome.CANCELED, NOON, f"k-1.{int(NOON) - 3600}")
    shell.sold("k-2", "100.00", Outcome.PAID, NOON, f"k-2.{int(NOON) - 3600}")
    report = shell.run("report", "--json", code=1)
    assert [each["reference"] for each in report["differences"]] == ["k-2"]
