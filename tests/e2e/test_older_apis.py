"""The older drivers over real HTTP: bodies without a length, answers 204, deletions."""

from __future__ import annotations

import pytest

from tests.e2e.rig import Api, Counter, Register
from tests.support.processes import eventually

OLDER = {
    "dynamic_qr": "driver: dynamic_qr\n  user_id: 446566691\n  mode: hybrid",
    "attended_qr": "driver: attended_qr\n  user_id: 446566691",
    "attended_qr 2": "driver: attended_qr\n  user_id: 446566691\n  external_store_id: STORE1",
}


@pytest.mark.parametrize("driver", OLDER)
def test_one_sale_is_replaced_and_the_next_one_paid(
    api: Api, register: Register, counter: Counter, driver: str
) -> None:
    counter.change("  mode: dynamic\n", "")
    counter.change("driver: mercadopago", OLDER[driver])
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL $ 1.234,50\r\n")
        counter.becomes("paying")
        (first,) = api.orders()
        if driver == "dynamic_qr":
            shown = first["type_response"]["qr_data"]
            assert eventually(counter.qr) == shown
        register.send(b"TOTAL $ 20,00\r\n")
        assert register.hears().startswith(b"FAIL canceled counter-1-")
        counter.becomes("paying")
        second, first = api.orders()
        assert (first["status"], second["status"]) == ("canceled", "created")
        api.pay(second["id"])
        assert register.hears().startswith(b"PAID 20.00 counter-1-")
    assert [sale["outcome"] for sale in counter.sales()] == ["canceled", "paid"]
