"""The tables of ``kiosk/orders/documents.md`` are true, and that of its README.

Each row names a test; beyond that, endpoints, fields and errors are held against the code itself.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.base.money import Money
from kiosk.orders.answers.advice import ORDERS_API
from kiosk.orders.attended_qr import AttendedQrSettings
from kiosk.orders.dynamic_qr import DynamicQrSettings
from kiosk.orders.http.exact_json import dumps
from kiosk.orders.mercadopago import MercadoPagoSettings
from kiosk.simulator.older.instore_service import InstoreService
from kiosk.simulator.older.merchant_order_service import MerchantOrders
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.orders_service import OrdersService
from kiosk.simulator.service.shop_service import ShopService
from tests.orders.answers import test_advice
from tests.orders.older import test_instore
from tests.orders.request import test_fields
from tests.simulator.counter import DISCOUNTS, ITEM, Counter, order

ROOT = Path(__file__).parents[2]
TABLES = (ROOT / "kiosk/orders/documents.md").read_text()
README = (ROOT / "kiosk/orders/README.md").read_text()
PASSED_OVER = "Nodes that were passed over"
PROOF = re.compile(r"`((?:tests/)?[\w/]+\.py)::(\w+)`")


def rows(title: str, text: str = TABLES) -> list[list[str]]:
    """Return the cells of the table under a heading."""
    section = text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(title: str, column: int = 0) -> list[str]:
    """Return the names in a column, without their quotes."""
    return [row[column].strip("`") for row in rows(title)]


def paths(tree: Any, path: str = "") -> Iterator[str]:
    """Yield the path of every leaf: ``items[].title``."""
    if isinstance(tree, dict) and path not in {"internal_metadata", "customization"}:
        for name, value in tree.items():
            yield from paths(value, f"{path}.{name}".lstrip("."))
    elif isinstance(tree, list):
        for value in tree:
            yield from paths(value, f"{path}[]")
    else:
        yield path


@cache
def functions_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_each_proof_is_where_it_is_said_to_be() -> None:
    for file, test in PROOF.findall(TABLES + README):
        where = ROOT / file if file.startswith("tests/") else ROOT / "tests/orders" / file
        assert test in functions_of(where), f"{file}::{test}"


def test_each_row_has_a_proof() -> None:
    tables = re.findall(r"^## (.+)$", TABLES, re.MULTILINE)
    assert len(tables) == 12
    for title in tables:
        assert rows(title)
        for row in rows(title):
            assert PROOF.search(row[-1]) or PROOF.search(row[-2]), f"{title}: {row}"


def test_each_endpoint_is_answered_by_the_simulator_and_none_is_left_out() -> None:
    services = (OrdersService, InstoreService, MerchantOrders, ShopService)
    answered = {route for service in services for route in service.routes}
    assert set(names("Endpoints")) <= answered
    only_looked_at = {
        "GET /merchant_orders",
        "GET /merchant_orders/{number}",
        "GET /v1/payments/{payment}",
        "GET /pos/{number}",
    }
    assert answered - set(names("Endpoints")) == only_looked_at


def test_each_field_of_a_request_is_built() -> None:
    settings = MercadoPagoSettings.model_validate(test_fields.EVERYTHING)
    item = {"title": "x", "external_categories": ["c"]}
    others = MercadoPagoSettings.model_validate(test_fields.LEAST | {"items": [item]})
    amount = Money.of("1234.50", "ARS")
    built = {
        path
        for each in (settings, others)
        for path in paths(json.loads(each.build("k1-1", amount, 300).to_bytes()))
    }
    assert set(names("Fields of a create request, Orders API")) == built


def test_each_field_of_an_older_request_is_built() -> None:
    amount = Money.of("1234.50", "ARS")
    dynamic = DynamicQrSettings.model_validate(test_instore.EVERYTHING)
    attended = AttendedQrSettings.model_validate(test_instore.EVERYTHING | {"cash_out": None})
    built = {
        path
        for each in (dynamic, attended)
        for path in paths(json.loads(dumps(each.body("k1-1", amount, 0))))
    }
    title = "Fields of a create request, older APIs, and their successors"
    in_path = {"{user_id}", "{external_pos_id}"}
    grown = {"internal_metadata", "customization"}
    said = set(names(title)) - in_path
    assert {
        path.partition(".")[0] if path.partition(".")[0] in grown else path for path in built
    } == said


def answers() -> Iterator[Any]:
    """Yield the simulator's answers to orders with everything, in each of their states."""
    counter = Counter(ServiceOptions(cash_out=True))
    integration = {"platform_id": "p", "integrator_id": "dev_1", "sponsor": {"id": "4"}}
    item = ITEM | {"external_code": "1"}
    full = order(
        items=[item],
        discounts=DISCOUNTS,
        marketplace_fee="1.00",
        integration_data=integration,
        total_amount="60.00",
        transactions={"payments": [{"amount": "50.00"}], "cash_outs": [{"amount": "10.00"}]},
    )
    order_id = counter.created(full, token="OAUTH")
    yield json.loads(counter.get(order_id).body)
    counter.pay(order_id)
    yield json.loads(counter.get(order_id).body)
    yield json.loads(counter.refund(order_id, token="OAUTH").body)
    yield json.loads(counter.get(order_id).body)
    category = ITEM | {"external_categories": [{"id": "c"}]}
    yield counter.seen(counter.created(order(items=[category])))


def test_each_field_of_an_answer_is_answered() -> None:
    answered = {path for answer in answers() for path in paths(answer)}
    assert set(names("Fields of answers, Orders API")) == answered


def test_each_node_that_was_passed_over_is_read_now_and_has_its_test() -> None:
    read = {row[0].strip("`") for row in rows("Fields of answers, Orders API") if row[1] != "-"}
    nodes = rows(PASSED_OVER, README)
    assert all(use and PROOF.fullmatch(test) for _, use, test in nodes)
    older = {node.partition(": ")[2].strip("`") for node, *_ in nodes if ": " in node}
    assert older == {"paid_amount", "refunded_amount", "payments[]"}
    newer = {node.strip("`") for node, *_ in nodes if ": " not in node}
    assert newer - {"chargebacks"} <= read
    assert {node.partition("[")[0].partition(".")[0] for node in newer} == {
        "total_paid_amount",
        "transactions",
        "discounts",
        "chargebacks",
    }


def test_each_error_is_one_of_the_clients_rows_and_the_other_way_round() -> None:
    said = {(int(row[0]), row[1].strip("`")) for row in rows("Errors, Orders API")}
    assert said == {(status, code) for status, code, _ in test_advice.ROWS}
    by_status = {"unauthorized": "401"}
    assert {by_status.get(code, code) for _, code in said} | {"403"} == ORDERS_API.keys()


def test_each_older_error_is_one_of_the_clients_rows() -> None:
    title = "Errors, older APIs, and their successors"
    said = {(int(row[0]), row[1].strip("`")) for row in rows(title)}
    heard = {(status, code) for status, code, _ in test_instore.ROWS}
    assert said <= heard
    assert {code for _, code in heard - said} == {"", "unauthorized"}
