"""What comes after a sale at the strict service: late payments, refunds, decisions of people."""

from __future__ import annotations

from functools import partial
from math import inf
from pathlib import Path
from typing import Any

from tests.e2e.oddities import becomes, first, held, pays, says, second_payment_succeeds, sets
from tests.e2e.rig import TOKEN
from tests.e2e.strict_counter import StrictCounter, side_by_side, stopped_counter, strict_counter
from tests.e2e.strict_orders import StrictOrdersService
from tests.e2e.strict_service import error
from tests.support.processes import eventually

TOO_YOUNG = says(error(422, "unprocessable_entity"))


def found_late(counter: StrictCounter, number: int) -> dict[str, Any]:
    """Return the row of a canceled sale when its later look has found the payment."""
    row = counter.row(number)
    return row if row["outcome"] != "canceled" or row["refund_at"] else {}


def pays_after_the_order_was_replaced(folder: Path, policy: str) -> None:
    service = StrictOrdersService(token=TOKEN)
    late = ("on_new_amount: replace", f"late_payment: {policy}")
    with strict_counter(folder / policy, service, late) as counter:
        order = counter.payable(counter.key("50,00"))
        following = counter.key("20,00")
        counter.hears("FAIL canceled", 1)
        assert order.status == "canceled"
        service.pay(counter.payable(following))
        counter.hears("PAID 20.00", following)
        service.pay(order)  # the payer had the pay screen open
        row = eventually(lambda: found_late(counter, 1))
        counter.counter.says("(late: ")
        if policy == "refund":
            (refund,) = eventually(lambda: order.tree["transactions"].get("refunds"))
            assert refund["amount"] == "50.00"
        else:
            assert (row["outcome"], row["paid_amount"]) == ("paid", "50.00")
        if policy == "accept":
            counter.hears("PAID 50.00", 1)
        assert not service.violations


def set_aside_and_found_paid_at_the_next_start(folder: Path) -> None:
    service = StrictOrdersService({"look": sets(status="in_review")}, token=TOKEN)
    with stopped_counter(folder, service) as counter:
        with counter.selling():
            assert counter.sells(pays())["outcome"] is None
            counter.hears("FAIL unknown", 1)
            eventually(lambda: counter.row(1)["told_at"])
        service.scripts = []
        with counter.counter.running():
            counter.hears("PAID 50.00", 1)
            assert counter.row(1)["outcome"] == "paid"
            eventually(lambda: not counter.counter.status()["set_aside"])


def a_create_without_an_answer_is_found_out_at_the_next_start(folder: Path) -> None:
    service = StrictOrdersService({"create": held}, token=TOKEN)
    with stopped_counter(folder, service) as counter:
        with counter.selling():
            counter.key("50,00")
            counter.hears("FAIL unknown", 1)
            assert counter.row(1)["outcome"] is None
            counter.sells_next()
        service.scripts = []
        with counter.counter.running():
            row = eventually(lambda: counter.row(1) if counter.row(1)["outcome"] else {})
    order = service.order()
    assert row["outcome"] == order.status in ("canceled", "expired")
    assert service.calls("create") == 2
    assert not service.violations  # the same key and the same bytes, and one order


def a_refund_that_comes_too_early_and_is_finished_later(folder: Path) -> None:
    service = StrictOrdersService({"refund": first(TOO_YOUNG, 2)}, token=TOKEN)
    with strict_counter(folder, service) as counter:
        row = counter.sells(second_payment_succeeds)
        reference, order = row["reference"], service.order()
        for amount in ("0", "-5", "50.01", "1e3"):
            code, text = counter.command("orders", "refund", reference, "--amount", amount)
            assert (code, "--amount: " in text) == (2, True), text
        assert not service.calls("refund")
        code, text = counter.command("orders", "refund", reference, "--amount", "10.00")
        assert (code, "the refund is under way" in text) == (0, True), text
        (refund,) = order.tree["transactions"]["refunds"]
        assert (refund["amount"], service.calls("refund")) == ("10.00", 3)
        for words in (("orders", "show", row["payment_id"]), ("orders", "list"), ("report",)):
            assert "a refund is under way" in counter.command(*words)[1]
        with service.lock:
            refund["status"] = "processed"
            order.tree["status_detail"] = "partially_refunded"
        code, text = counter.command("orders", "show", reference)
        assert "service: processed/partially_refunded" in text
        assert not service.violations  # it named the payment that was approved


def people_decide_about_a_sale_that_was_set_aside(folder: Path) -> None:
    service = StrictOrdersService(token=TOKEN)
    with strict_counter(folder, service) as counter:
        reference = counter.sells(becomes("failed", "insufficient_amount"))["reference"]

        def settle(note: str, outcome: str = "canceled", sale: str = reference) -> tuple[int, str]:
            return counter.command("orders", "settle", sale, "--as", outcome, "--note", note)

        code, text = counter.command("status")
        assert (code, f"kiosk orders settle {reference}" in text) == (0, True), text
        assert [settle(note)[0] for note in ("", "n" * 10_000, "note\x1b[2J")] == [2, 2, 2]
        assert settle("asked", "unknown")[0] == 2
        assert settle("asked", sale="counter-1-NOBODY-1")[0] == 1
        service.order().expires_at = inf
        service.order().become("created")
        code, text = settle("asked")
        assert (code, "can still be paid" in text) == (1, True), text
        service.order().become("expired")
        code, text = settle("asked", "paid")
        assert (code, "expired" in text) == (1, True), text
        service.order().become("failed")
        assert settle("asked María, nobody paid")[0] == 0
        row = counter.row(1)
        assert (row["outcome"], row["note"]) == ("canceled", "asked María, nobody paid")
        assert settle("again", "paid")[0] == 1
        eventually(lambda: not counter.counter.status()["set_aside"])
        assert reference not in counter.command("status")[1]
        counter.hears("FAIL unknown", 1)
        counter.sells_next()


def a_total_that_waited_too_long_is_declined(folder: Path) -> None:
    service = StrictOrdersService({"cancel": says(error(500, "internal_error"))}, token=TOKEN)
    with strict_counter(folder, service) as counter:
        counter.payable(counter.key("50,00"))
        waiting = counter.key("30,00")  # its order can't be canceled, so this waits for its end
        counter.hears("FAIL expired", 1)
        counter.hears("FAIL abandoned", waiting)
        counter.counter.plays("rejected_input")
        counter.counter.says("the amount is too old; send it again")
        assert len(service.orders) == 1
        counter.sells_next()


POLICIES = ("accept", "hold", "refund")
STORIES = (
    set_aside_and_found_paid_at_the_next_start,
    a_create_without_an_answer_is_found_out_at_the_next_start,
    a_refund_that_comes_too_early_and_is_finished_later,
    people_decide_about_a_sale_that_was_set_aside,
    a_total_that_waited_too_long_is_declined,
)


def test_what_comes_after_a_sale(tmp_path: Path) -> None:
    stories = {story.__name__: story for story in STORIES}
    plays = {name: partial(story, tmp_path / name) for name, story in stories.items()}
    late = {it: partial(pays_after_the_order_was_replaced, tmp_path, it) for it in POLICIES}
    side_by_side({**plays, **late})
