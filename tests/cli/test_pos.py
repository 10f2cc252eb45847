"""``kiosk pos``: a technician creates and lists points of sale."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Shell


def test_the_list_marks_ours_and_explains_those_that_were_made_in_the_app(shell: Shell) -> None:
    listed = shell.run("pos", "list").splitlines()
    assert listed[0].startswith("* COUNTER1")
    assert "Made in the app" in listed[1]
    assert "has no external id: it was created in the app" in shell.err
    assert "kiosk pos create" in shell.err
    assert [pos["external_id"] for pos in shell.run("pos", "list", "--json")] == ["COUNTER1", ""]


def test_a_point_of_sale_is_created_shown_and_can_sell(shell: Shell) -> None:
    made = shell.run("pos", "create", "CAJA2", "--name", "Caja 2", "--json")
    assert (made["external_id"], made["fixed_amount"]) == ("CAJA2", "yes")
    assert made["qr_code"].startswith("000201")
    assert "orders.external_pos_id: CAJA2" in shell.err
    assert "external_id: CAJA2" in shell.run("pos", "show", "CAJA2")
    text = shell.config.read_text()
    shell.config.write_text(text.replace("COUNTER1", "CAJA2"))
    assert "[x] order created (dynamic)" in shell.run("doctor", "--api")


def test_a_store_is_created_and_a_point_of_sale_in_it(shell: Shell) -> None:
    place = ("--street", "Calle", "--number", "1", "--city", "Palermo", "--state", "CABA")
    where = ("--latitude", "-34.6", "--longitude", "-58.4")
    shell.run("pos", "stores", "create", "SUC1", *place, *where)
    (store,) = shell.run("pos", "stores", "list", "--json")
    assert store["external_id"] == "SUC1"
    made = shell.run("pos", "create", "CAJA2", "--store", "SUC1", "--json")
    assert made["store_id"] == store["id"]
    shell.run("pos", "create", "CAJA3", "--store", "SUC9", code=2)
    assert "does not have the store SUC9" in shell.err


def test_where_the_first_generation_is_gone_the_second_is_used(shell: Shell) -> None:
    gone = {"do": "status", "status": 404, "code": "not_found", "shape": "legacy"}
    shell.service.spoil({**gone, "call": "account", "nth": 1})
    assert shell.run("pos", "list").startswith("* COUNTER1")
    shell.service.faults.clear()
    shell.service.spoil({**gone, "call": "account", "nth": 1})
    made = shell.run("pos", "create", "CAJA2", "--json")
    assert made["qr_code"].startswith("000201")


@pytest.mark.parametrize(
    ("external_id", "code", "said"),
    [
        ("CAJA-2", 2, "letters and digits"),
        ("A" * 40, 2, "at most 39"),
        ("COUNTER1", 1, "this external id is already used; choose another one"),
    ],
)
def test_an_invalid_or_used_external_id_is_refused_with_what_to_do(
    shell: Shell, external_id: str, code: int, said: str
) -> None:
    shell.run("pos", "create", external_id, code=code)
    assert said in shell.err


def test_a_point_of_sale_that_is_unknown_or_has_no_external_id(shell: Shell) -> None:
    shell.run("pos", "show", "ELSEWHERE", code=1)
    assert "kiosk pos list" in shell.err
    shell.run("pos", "show", "99", code=1)
    assert "orders can't use it" in shell.err


def test_a_bad_token_names_where_it_is(shell: Shell) -> None:
    shell.run("pos", "list", token="BAD", code=1)
    assert "orders.token (env KIOSK_TOKEN)" in shell.err


def test_points_of_sale_are_managed_with_an_older_driver_as_well(shell: Shell) -> None:
    shell.configure("dynamic_qr")
    assert shell.run("pos", "list").startswith("* COUNTER1")
