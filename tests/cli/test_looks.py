"""``kiosk orders looks`` while no kiosk runs."""

from __future__ import annotations

from contextlib import closing

from kiosk.base.environment import Environment
from kiosk.journal import Journal
from kiosk.sale.effects import SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale
from tests.cli.back_office import ars
from tests.cli.conftest import Shell


def learned(shell: Shell, *paid_after: float) -> None:
    path = shell.folder / "journal.sqlite3"
    with closing(Journal.open(path, Environment().wall_clock)) as journal:
        for number, seconds in enumerate(paid_after):
            journal.remember(SaleOpened(Sale(f"k-{number}", ars("5.00"), "caja")), b"{}")
            ended = SaleEnded(f"k-{number}", Outcome.PAID, "paid", paid_after=seconds)
            journal.remember(ended)


def test_what_is_assumed_on_the_first_day(shell: Shell) -> None:
    learned(shell)
    said = shell.run("orders", "looks").splitlines()
    assert said[0] == "learned from: no payment yet, so the usual times of payers are assumed"
    assert said[1] == "looks at an order: 22 on average (orders.looks_per_sale)"
    assert said[2].startswith("first look: 7.")


def test_what_is_learned_and_how_it_is_forgotten(shell: Shell) -> None:
    learned(shell, *[40.0, 60.0, 80.0] * 20)
    said = shell.run("orders", "looks")
    assert "learned from: 60 payments, half of them within 60 s" in said
    fields = shell.run("orders", "looks", "--json")
    assert (fields["learned_from"], fields["median"], fields["looks_per_sale"]) == (60, 60.0, 22)
    after = shell.run("orders", "looks", "--reset", "--json")
    assert (after["learned_from"], after["median"]) == (0, None)
    assert after["first_look"] < fields["first_look"]
    assert set(after["gaps"]) == {"15", "30", "60", "120", "240"}


def test_the_budget_is_the_technicians(shell: Shell) -> None:
    learned(shell)
    usual = shell.run("orders", "looks", "--json")["gaps"]
    shell.configure(more="  looks_per_sale: 44\n")
    assert shell.run("orders", "looks", "--json")["gaps"]["30"] < usual["30"] * 0.6


def test_a_budget_out_of_reach_is_a_fault_of_the_configuration(shell: Shell) -> None:
    for budget in ("7", "121", "many", "-3", "12.5"):
        shell.configure(more=f"  looks_per_sale: {budget}\n")
        shell.run("orders", "looks", code=2)
        assert "orders.looks_per_sale" in shell.err


def test_without_a_journal(shell: Shell) -> None:
    shell.run("orders", "looks", code=1)
    assert "there is no journal" in shell.err
