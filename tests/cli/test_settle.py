"""``kiosk orders settle`` while no kiosk runs: who may decide what, and what the journal keeps."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.base.environment import Environment
from kiosk.config import load
from kiosk.journal import Journal, SaleRecord
from kiosk.sale.effects import SaleOpened, SaleSetAside
from kiosk.sale.words import Outcome, Sale
from tests.cli.back_office import NOON, ars, made, remember
from tests.cli.conftest import Shell
from tests.orders.live import Live

NOTE = "Ana saw the payer's receipt"


def settle(
    shell: Shell, *words: str, outcome: str = "paid", note: str = NOTE, code: int = 0
) -> str:
    command = ("orders", "settle", *words, "--as", outcome, "--note", note)
    return str(shell.run(*command, code=code))


def row_of(shell: Shell, reference: str = "k-1") -> SaleRecord:
    with closing(Journal.open_read_only(shell.folder / "journal.sqlite3")) as journal:
        record = journal.find(reference)
    assert record is not None
    return record


def decision(shell: Shell, reference: str = "k-1") -> str:
    """Return the last event of the sale, which must be the decision."""
    with closing(Journal.open_read_only(shell.folder / "journal.sqlite3")) as journal:
        _, event, detail = journal.events(reference)[-1]
    assert event == "SaleDecided"
    return detail


def set_aside(shell: Shell, order_id: str = "", reference: str = "k-1") -> None:
    shell.sold(reference, "100.00", None, NOON, order_id)
    remember(shell, SaleSetAside(reference, "the service did not say in time how it ended"))


def failed(shell: Shell, service: Live) -> str:
    """Set aside a sale whose order has a status that says no end."""
    order_id = made(service, "k-1", "100.00")
    service.book.fail(order_id, service.now)
    set_aside(shell, order_id)
    return order_id


@pytest.mark.parametrize("outcome", ["paid", "canceled", "expired", "refunded", "abandoned"])
def test_a_person_decides_what_the_service_does_not_say(
    shell: Shell, service: Live, outcome: str
) -> None:
    order_id = failed(shell, service)
    told = settle(shell, "k-1", outcome=outcome)
    assert told.startswith(f"k-1: {outcome}, as you decided; the service said: {order_id} failed/")
    record = row_of(shell)
    assert (record.outcome, record.note) == (Outcome(outcome), NOTE)
    assert decision(shell).startswith(
        f"{outcome}: {NOTE}; the service said: {order_id} failed/insufficient_amount, 100.00 ARS"
    )
    assert shell.run("orders", "list", "--json", "--outcome", "set-aside") == []


def test_it_is_decided_once(shell: Shell, service: Live) -> None:
    failed(shell, service)
    settle(shell, "k-1")
    settle(shell, "k-1", outcome="canceled", note="no", code=1)
    assert shell.err.startswith("k-1: this sale has ended already as paid")
    assert row_of(shell).note == NOTE


def test_a_payable_order_is_canceled_first(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00")
    set_aside(shell, order_id)
    settle(shell, "k-1", code=1)
    assert f"can still be paid; cancel it first: kiosk orders cancel {order_id}" in shell.err
    assert row_of(shell).outcome is None
    shell.run("orders", "cancel", order_id)
    settle(shell, "k-1", code=1)
    assert "write --as canceled" in shell.err
    settle(shell, "k-1", outcome="canceled")


@pytest.mark.parametrize("wrong", ["canceled", "expired", "refunded", "abandoned"])
def test_an_order_that_the_service_calls_paid_is_paid(
    shell: Shell, service: Live, wrong: str
) -> None:
    set_aside(shell, made(service, "k-1", "100.00", paid=True))
    settle(shell, "k-1", outcome=wrong, code=1)
    assert (
        f"did not end as {wrong}; wait for the kiosk to see this, or write --as paid" in shell.err
    )
    assert row_of(shell).outcome is None
    settle(shell, "k-1")


def test_without_an_answer_the_decision_counts_and_the_journal_says_so(
    shell: Shell, service: Live
) -> None:
    set_aside(shell, "ORD1")
    service.spoil({"do": "status", "status": 500})
    settle(shell, "k-1", outcome="abandoned")
    assert "; the service said: nothing (" in decision(shell)


# --- creates that were never answered ------------------------------------------------------------


def unanswered(shell: Shell, reference: str = "k-1") -> None:
    """Set aside a sale whose create was never answered."""
    sale = Sale(reference, ars("100.00"), "caja")
    with closing(Journal.open(shell.folder / "journal.sqlite3", lambda: NOON)) as journal:
        settings = load(shell.config, {"KIOSK_TOKEN": "X"})
        orders = settings.orders.open(
            expires_after=300, currency="ARS", environment=Environment(lambda: NOON)
        )
        journal.remember(SaleOpened(sale), orders.request(sale))
        journal.remember(SaleSetAside(reference, "no answer"))


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", "APP_USR-1")


@pytest.mark.usefixtures("token")
def test_the_order_is_asked_for_and_canceled_first(shell: Shell, service: Live) -> None:
    unanswered(shell)
    settle(shell, "k-1", code=1)
    assert "the sale did not end as paid" in shell.err
    (order,) = service.book.orders(service.now)
    assert order.status == "canceled"
    settle(shell, "k-1", outcome="canceled")
    assert f"the service said: {order.id} canceled/" in decision(shell)
    assert service.count() == 1, "under its own key"


@pytest.mark.usefixtures("token")
def test_a_create_that_is_not_answered_now_either(shell: Shell, service: Live) -> None:
    unanswered(shell)
    service.spoil({"do": "status", "status": 500})
    assert "the service said: nothing (" in settle(shell, "k-1", outcome="abandoned")


@pytest.mark.usefixtures("token")
def test_an_order_is_never_put_on_a_printed_code(shell: Shell, service: Live) -> None:
    shell.configure(more="  mode: static\n")
    unanswered(shell)
    assert settle(shell, "k-1", outcome="abandoned").endswith("the service said: nothing\n")
    assert service.count() == 0


# --- sales that are not to be decided here -------------------------------------------------------


def test_an_unknown_reference(shell: Shell) -> None:
    set_aside(shell)
    settle(shell, "other-7", code=1)
    assert "other-7: no sale in" in shell.err
    assert "kiosk orders list name the references" in shell.err
    settle(shell, "x" * 10_000, code=1)
    assert len(shell.err) < 400


def test_without_a_journal_there_is_nothing_to_decide(shell: Shell) -> None:
    settle(shell, "k-1", code=1)
    assert "there is no journal" in shell.err
    assert not (shell.folder / "journal.sqlite3").exists()


@pytest.mark.parametrize("outcome", [Outcome.PAID, Outcome.EXPIRED])
def test_a_sale_that_ended(shell: Shell, service: Live, outcome: Outcome) -> None:
    shell.sold("k-1", "100.00", outcome, NOON, "ORD1")
    settle(shell, "k-1", outcome="canceled", code=1)
    assert f"has ended already as {outcome}" in shell.err
    assert row_of(shell).outcome is outcome


def test_the_order_of_another_sale(shell: Shell, service: Live) -> None:
    order_id = made(service, "other-kiosk-1", "100.00", paid=True)
    set_aside(shell, order_id)
    settle(shell, "k-1", code=1)
    assert "this order belongs to another sale, other-kiosk-1" in shell.err
    assert row_of(shell).outcome is None


def test_an_order_that_the_account_does_not_have(shell: Shell) -> None:
    set_aside(shell, "ORD01JAZZ00000000000000000000")
    settle(shell, "k-1", code=1)
    assert "does not know the order" in shell.err
    settle(shell, "k-1", outcome="abandoned")
    assert row_of(shell).outcome is Outcome.ABANDONED


def test_a_sale_that_may_still_be_paid(shell: Shell, service: Live) -> None:
    """Its daemon was killed a moment ago, and the service is silent."""
    shell.sold("k-1", "100.00", None, time.time(), "ORD1")
    service.spoil({"do": "status", "status": 500})
    settle(shell, "k-1", code=1)
    assert "this sale is not set aside, and its order may still be paid until" in shell.err
    assert row_of(shell).outcome is None


def test_an_old_sale_that_no_kiosk_has_set_aside(shell: Shell, service: Live) -> None:
    shell.sold("k-1", "100.00", None, NOON, "ORD1")
    service.spoil({"do": "status", "status": 500})
    settle(shell, "k-1")


def test_a_young_sale_ends_as_the_service_says(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    shell.sold("k-1", "100.00", None, time.time(), order_id)
    settle(shell, "k-1")


# --- the words of a person -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "advice"),
    [
        ("", "it is empty; write who decided this, and why"),
        (" \t\n\u00a0", "it is empty"),
        ("x" * 501, "it has 501 characters; write 500 or fewer"),
        ("x" * 10_000, "it has 10000 characters"),
        ("Ana \x1b[2J", "it has control characters"),
        ("Ana\x00", "it has control characters"),
        ("Ana \u202e", "it has control characters"),
    ],
)
def test_a_note_that_is_not_kept(shell: Shell, note: str, advice: str) -> None:
    set_aside(shell)
    settle(shell, "k-1", note=note, code=2)
    assert advice in shell.err
    assert "\x1b" not in shell.err
    assert row_of(shell).outcome is None


def test_a_note_of_several_lines_becomes_one(shell: Shell) -> None:
    set_aside(shell)
    settle(shell, "k-1", note=" Ana:\n\tthe payer's\u00a0receipt ñ 🧾 " + "x" * 400)
    assert row_of(shell).note == "Ana: the payer's receipt ñ 🧾 " + "x" * 400


@pytest.mark.parametrize("outcome", ["refused", "qaid", "", "PAID "])
def test_an_outcome_that_nobody_can_decide(shell: Shell, outcome: str) -> None:
    set_aside(shell)
    settle(shell, "k-1", outcome=outcome, code=2)
    assert row_of(shell).outcome is None


# --- the access token ----------------------------------------------------------------------------


def empty(path: Path) -> None:
    path.write_text("")


def a_folder(path: Path) -> None:
    path.mkdir()


def missing(path: Path) -> None:
    assert not path.exists()


def for_everybody(path: Path) -> None:
    path.write_text("APP_USR-1")
    path.chmod(0o644)


@pytest.mark.parametrize("make", [empty, a_folder, missing, for_everybody])
@pytest.mark.parametrize("driver", ["mercadopago", "dynamic_qr", "attended_qr"])
def test_a_token_file_that_cannot_be_used(
    shell: Shell, driver: str, make: Callable[[Path], None]
) -> None:
    """The service may call the order payable, so nothing is decided."""
    set_aside(shell, "k-1.1790000300" if driver != "mercadopago" else "ORD1")
    token = shell.folder / "token"
    make(token)
    shell.configure(driver)
    text = shell.config.read_text()
    shell.config.write_text(text.replace("{env: KIOSK_TOKEN}", f"{{file: {token}}}"))
    settle(shell, "k-1", code=2)
    assert "orders.token" in shell.err
    assert row_of(shell).outcome is None


def test_a_token_that_the_service_refuses(shell: Shell) -> None:
    set_aside(shell, "ORD1")
    command = ("orders", "settle", "k-1", "--as", "paid", "--note", NOTE)
    shell.run(*command, token="BAD", code=1)
    assert "the order can't be looked at" in shell.err
    assert row_of(shell).outcome is None


# --- the older APIs ------------------------------------------------------------------------------


@pytest.mark.parametrize("driver", ["dynamic_qr", "attended_qr"])
def test_an_order_of_the_older_apis(shell: Shell, service: Live, driver: str) -> None:
    shell.configure(driver)
    set_aside(shell, f"k-1.{NOON:.0f}")
    service.now = NOON + 3600
    settle(shell, "k-1", code=1)
    assert "write --as expired" in shell.err
    service.spoil({"do": "status", "status": 500})
    settle(shell, "k-1")
    assert row_of(shell).outcome is Outcome.PAID


# --- rows that can't be read ---------------------------------------------------------------------


def damage(shell: Shell, column: str, value: str) -> None:
    with closing(sqlite3.connect(shell.folder / "journal.sqlite3")) as db, db:
        db.execute(f"UPDATE sales SET {column} = ?", (value,))


def problems(shell: Shell) -> tuple[str, ...]:
    with closing(Journal.open_read_only(shell.folder / "journal.sqlite3")) as journal:
        return journal.problems()


@pytest.mark.parametrize(
    ("column", "value"), [("amount", "5u5.00"), ("currency", "ARQ"), ("outcome", "qaid")]
)
def test_a_row_that_cannot_be_read_is_decided_by_its_reference(
    shell: Shell, service: Live, column: str, value: str
) -> None:
    set_aside(shell, made(service, "k-1", "100.00", paid=True))
    damage(shell, column, value)
    settle(shell, "k-1", outcome="canceled", code=1)
    assert "write --as paid" in shell.err
    assert len(problems(shell)) == 1
    settle(shell, "k-1")
    assert problems(shell) == ()
    settle(shell, "k-1", code=1)
    assert "has ended already as paid" in shell.err


def test_a_payable_order_of_a_row_that_cannot_be_read(shell: Shell, service: Live) -> None:
    set_aside(shell, made(service, "k-1", "100.00"))
    damage(shell, "amount", "5u5.00")
    settle(shell, "k-1", outcome="abandoned", code=1)
    assert "can still be paid" in shell.err


def test_an_ended_row_that_cannot_be_read_is_confirmed(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    shell.sold("k-1", "100.00", Outcome.PAID, NOON, order_id)
    damage(shell, "amount", "5u5.00")
    settle(shell, "k-1", outcome="canceled", code=1)
    assert "has ended already as paid" in shell.err
    settle(shell, "k-1")
    assert problems(shell) == ()


def test_a_row_that_cannot_be_read_is_shown(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    set_aside(shell, order_id)
    damage(shell, "amount", "5u5.00")
    shown = shell.run("orders", "show", "k-1")
    assert "problem: sale k-1: its amount 5u5.00 can't be read in the journal; find out" in shown
    assert "service: processed/accredited, 100.00 ARS" in shown
    assert "SaleSetAside" in shown
    settle(shell, "k-1")
    about = shell.run("orders", "show", "k-1", "--json")
    assert (about["order_id"], about["outcome"], about["note"]) == (order_id, "paid", NOTE)
    assert about["problem"] == "its amount 5u5.00 can't be read"


def test_a_row_that_cannot_be_read_is_refunded_by_its_order(shell: Shell, service: Live) -> None:
    order_id = made(service, "k-1", "100.00", paid=True)
    set_aside(shell, order_id)
    damage(shell, "amount", "5u5.00")
    for verb in ("refund", "cancel"):
        shell.run("orders", verb, "k-1", code=1)
        assert shell.err == (
            "sale k-1: its amount 5u5.00 can't be read in the journal; give the id of its order in "
            f"place of the reference: {order_id}\n"
        )
    assert "refunded" in shell.run("orders", "refund", order_id)


def test_the_report_names_what_no_sum_has(shell: Shell, service: Live) -> None:
    set_aside(shell, made(service, "k-1", "100.00", paid=True))
    damage(shell, "amount", "5u5.00")
    shell.run("report", code=1)
    assert "kiosk orders settle k-1" in shell.err
    settle(shell, "k-1")
    assert (
        f"k-1: a person decided paid: {NOTE}; it is in no sum, because its amount 5u5.00 "
        "can't be read in the journal"
    ) in shell.run("report")
    (unread,) = shell.run("report", "--json")["unreadable"]
    assert (unread["reference"], unread["outcome"]) == ("k-1", "paid")


def test_an_order_id_that_cannot_be_read_is_not_asked_for(shell: Shell, service: Live) -> None:
    set_aside(shell, made(service, "k-1", "100.00"))
    with closing(sqlite3.connect(shell.folder / "journal.sqlite3")) as db, db:
        db.execute("UPDATE sales SET order_id = CAST(x'FFFE' AS TEXT)")
    told = settle(shell, "k-1", outcome="expired")
    assert told == "k-1: expired, as you decided; the service said: nothing\n"


# --- the journal's lock --------------------------------------------------------------------------


def test_a_kiosk_that_has_the_journal_and_does_not_answer(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_aside(shell)
    monkeypatch.setattr("kiosk.cli.daemon_commands.TRIED_FOR", 0.1)
    with closing(Journal.open(shell.folder / "journal.sqlite3", time.time)):
        settle(shell, "k-1", code=1)
    assert "another kiosk is running with this journal" in shell.err
    assert "no kiosk answers there; run the command again" in shell.err
    settle(shell, "k-1")
