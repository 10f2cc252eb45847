"""``kiosk orders`` and ``kiosk report``: days, outcomes, exports, refunds and differences."""

from __future__ import annotations

import csv
import io
import json

import pytest

from kiosk.sale.words import Outcome
from tests.cli.conftest import Shell
from tests.orders.live import Live, sdk
from tests.simulator.counter import order_of

NOON = 1_790_000_000.0  # 2026-09-21, 14:13:20 UTC
DAY = 86_400.0


def made(service: Live, reference: str, amount: str, *, paid: bool = False) -> str:
    body = order_of(amount, external_reference=reference)
    order_id = str(sdk(service).order().create(body)["response"]["id"])
    if paid:
        service.book.pay(order_id, service.now)
    return order_id


@pytest.fixture
def three_days(shell: Shell) -> Shell:
    shell.sold("k-1", "10.00", Outcome.PAID, NOON - DAY)
    shell.sold("k-2", "20.00", Outcome.CANCELED, NOON)
    shell.sold("k-3", "30.50", Outcome.PAID, NOON + 60)
    shell.sold("k-4", "40.00", None, NOON + DAY)
    return shell


def listed(shell: Shell, *options: str) -> list[str]:
    return [sale["reference"] for sale in shell.run("orders", "list", "--json", *options)]


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


def test_what_is_refused_says_what_to_do(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00")
    shell.run("orders", "refund", order_id, code=1)
    assert "only a paid order can be refunded" in shell.err
    shell.run("orders", "refund", order_id, "--amount", "lots", code=2)
    assert "write it like 12.50" in shell.err


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
        "taken": {"ARS": "100.00"},
        "differences": [],
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
        "k-back": "a part of it was refunded",
    }
    assert found.keys() == expected.keys()
    for reference, what in expected.items():
        assert what in found[reference]


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
