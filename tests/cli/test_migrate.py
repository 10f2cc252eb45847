"""``kiosk migrate``: realistic configurations of the older drivers are converted and can sell."""

from __future__ import annotations

import os
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from kiosk.base.errors import ConfigError
from kiosk.base.money import Money
from kiosk.cli.verbs import app
from kiosk.config import load
from kiosk.config.migration import ALWAYS, REMOVED, migrate
from kiosk.config.parsing import parse_settings
from kiosk.config.sections import Config
from kiosk.journal import Journal
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.sale.effects import SaleOpened
from kiosk.sale.words import Sale
from kiosk.simulator.sample_sales import run_sample_sales
from tests.support.examples import sampled

FOLDER = Path(__file__).with_name("configurations")
OLDER = sorted(FOLDER.glob("*.yaml"))
older = pytest.mark.parametrize("file", sampled(OLDER, 2), ids=lambda file: file.stem)


def run(*words: str, code: int = 0) -> tuple[str, str]:
    result = CliRunner().invoke(app, list(words), env={"KIOSK_TOKEN": "X"})
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.stdout, result.stderr


def config_of(text: str) -> Config:
    settings = parse_settings(text, Config).settings
    assert settings is not None
    return settings


@older
def test_the_new_file_is_accepted_by_kiosk_check(file: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    run("migrate", str(file), "-o", str(new))
    out, _ = run("check", str(new))
    fine, summary = out.splitlines()
    assert fine == f"{new}: fine"
    assert summary.startswith("ready to sell")
    assert isinstance(load(new, os.environ).orders, MercadoPagoSettings)


@older
def test_sample_sales_end_in_the_same_way_on_the_simulator(file: Path) -> None:
    old, new = config_of(file.read_text()), config_of(migrate(file.read_text()).text)
    endings = []
    for config in (old, new):
        sale, shop = config.sale, config.kiosk
        endings.append(
            anyio.run(run_sample_sales, config.orders, sale.expires_after, shop.currency)
        )
    before, after = endings
    assert after == {
        "the payer pays": "paid",
        "nobody pays": "expired",
        "the cashier cancels": "canceled",
        "the payer gets the money back": "refunded",
    }
    if getattr(old.orders, "mode", "") == "dynamic":
        assert before == after | {"the cashier cancels": "expired"}
    else:
        assert before == after


@older
def test_the_command_proves_it(file: Path) -> None:
    _, said = run("migrate", str(file), "--check")
    assert "the payer pays: paid" in said
    assert "the payer gets the money back: refunded" in said


@older
def test_every_comment_and_all_else_stays(file: Path) -> None:
    old, new = file.read_text(), migrate(file.read_text()).text
    comments = [line.partition("#")[2] for line in old.splitlines() if "#" in line]
    assert comments
    for comment in comments:
        assert comment in new
    before, after = config_of(old), config_of(new)
    for section in ("kiosk", "inputs", "display", "signals", "journal", "service"):
        assert getattr(before, section) == getattr(after, section)


@older
def test_what_has_a_place_keeps_its_value_and_what_has_none_becomes_a_comment(file: Path) -> None:
    text = file.read_text()
    old, migrated = config_of(text).orders, migrate(text)
    new = config_of(migrated.text).orders
    for name in ("base_url", "token", "external_pos_id", "sponsor_id", "cash_out"):
        assert getattr(old, name) == getattr(new, name)
    said = "\n".join(migrated.changes)
    for name in REMOVED:
        if f"  {name}:" in text and name != "title":
            assert f"# not in the Orders API: {name}:" in migrated.text
            assert f"orders.{name}: removed;" in said
    assert set(ALWAYS) <= set(migrated.changes)


def test_the_list_of_changes_covers_all_tables_of_the_guide() -> None:
    said = "\n".join(ALWAYS)
    for word in (
        "X-Idempotency-Key",
        "expiration_time",
        "ORD and 26",
        "opened is created",
        "closed with paid is processed",
        "closed with reverted is refunded",
        "topic is Order",
        "401, no longer 400",
        "refunds",
    ):
        assert word in said


def test_items_move_to_their_new_names() -> None:
    text = (FOLDER / "hybrid.yaml").read_text()
    migrated = migrate(text)
    orders = config_of(migrated.text).orders
    assert isinstance(orders, MercadoPagoSettings)
    items = orders.items
    assert items is not None
    assert getattr(items[0], "external_code", None) == "7791234567898"
    assert "orders.items[0].sku_number: becomes external_code" in migrated.changes
    assert any(line.startswith("orders.items[0].category: removed;") for line in migrated.changes)


def test_a_title_without_a_description_becomes_one() -> None:
    text = (FOLDER / "hybrid.yaml").read_text()
    orders = config_of(migrate(text).text).orders
    assert orders.model_dump()["description"] == "Almacén Doña Rosa"


def test_an_order_behind_a_printed_code_is_valid_for_ten_minutes_at_most() -> None:
    migrated = migrate((FOLDER / "hybrid.yaml").read_text())
    assert config_of(migrated.text).sale.expires_after == 600
    assert any(line.startswith("sale.expires_after: 10 min") for line in migrated.changes)


def test_a_file_on_one_line_is_unfolded() -> None:
    text = (FOLDER / "attended-folded.yaml").read_text()
    migrated = migrate(text)
    assert "\n  # not in the Orders API: user_id: 446566691\n" in migrated.text
    assert "\n    - title: Compra\n" in migrated.text


def test_what_has_to_be_done_by_hand_is_named(tmp_path: Path) -> None:
    file = tmp_path / "half.yaml"
    text = (FOLDER / "hybrid.yaml").read_text()
    file.write_text(text.replace("quantity: 1", "quantity: 1.5"))
    _, said = run("migrate", str(file), code=1)
    assert "orders.items[1].quantity: '1.5' is not a whole number" in said


def test_there_is_nothing_to_migrate_in_a_new_or_a_broken_file(tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(migrate((FOLDER / "attended.yaml").read_text()).text)
    _, said = run("migrate", str(file), code=2)
    assert "already uses the Orders API" in said
    file.write_text("orders: {driver: dynamic_qr}")
    with pytest.raises(ConfigError, match=r"user_id: is missing"):
        migrate(file.read_text())
    run("migrate", str(tmp_path / "none.yaml"), code=2)


def test_a_sale_that_is_not_settled_gives_a_warning(tmp_path: Path) -> None:
    """The new driver can't fetch its order."""
    path = tmp_path / "journal.sqlite3"
    journal = Journal.open(path, lambda: 0.0)
    journal.remember(SaleOpened(Sale("k-1", Money.of("1.00", "ARS"), "caja")), b"{}")
    journal.close()
    file = tmp_path / "old.yaml"
    file.write_text((FOLDER / "hybrid.yaml").read_text() + f"journal: {{path: {path}}}\n")
    _, said = run("migrate", str(file))
    assert "holds a sale that is not settled" in said


def test_the_old_file_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "old.yaml"
    file.write_text((FOLDER / "attended.yaml").read_text())
    _, said = run("migrate", str(file), "-o", str(file), code=2)
    assert "choose another" in said
    assert "attended_qr" in file.read_text()
