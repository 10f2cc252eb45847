"""The network forgets the connection to the service, without a signal, at a real counter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.forgetful_wire import router_before, sell
from tests.e2e.rig import Api, Counter, Register
from tests.support.dead_paths import needs_linux
from tests.support.forgetful_router import ForgetfulRouter
from tests.support.processes import eventually

pytestmark = needs_linux


SALES = 25  # the bench sells 500: tests/bench/forgetful_wire.py


@pytest.fixture
def router(api: Api) -> Iterator[ForgetfulRouter]:
    with router_before(api) as router:
        yield router


@pytest.mark.slow
def test_each_sale_over_a_wire_that_forgets_at_random_has_one_order(tmp_path: Path) -> None:
    sold = sell(tmp_path, SALES)
    assert len(sold.sales) == len(sold.orders) == SALES
    assert sold.wrong == 0
    assert sold.forgotten


def test_the_sale_goes_on_at_once_with_one_order_and_is_seen_paid(
    api: Api, register: Register, counter: Counter, router: ForgetfulRouter
) -> None:
    counter.change(counter.api, router.url)
    with counter.running():
        counter.becomes("idle")
        opened = router.opened
        router.forget_all()
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        assert len(api.requests("/v1/orders")) == len(api.orders()) == 1
        assert router.opened > opened
        opened = router.opened
        router.forget_all()
        api.pay(api.orders()[0]["id"])
        assert register.hears().startswith(b"PAID 20.00 ")
        # If a question was on its way, its answer still came. The next one is asked on a new connection.
        eventually(lambda: router.opened > opened)
        assert len(api.orders()) == 1
    assert "WARNING" not in counter.log.read_text()
