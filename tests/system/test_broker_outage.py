"""The broker is away for the length of 100 sales. A client that is not ours hears each of them once.

The daemon runs on, and connects again when its pause is over, which may take minutes.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from kiosk.simulator.service.options import ServiceOptions
from tests.e2e.quick_cashier import QuickCashier, add_command_input
from tests.e2e.rig import Counter, Register, fake_api
from tests.fleet.mosquitto import PASSWORD, needs_mosquitto, running_broker
from tests.support.processes import eventually

SALES = 100
SOME_PAUSES = 900.0  # seconds; the longest pause of the link is 300


@needs_mosquitto
def test_each_of_100_sales_without_a_broker_is_heard_once_afterwards(tmp_path: Path) -> None:
    (tmp_path / "broker").mkdir()
    with ExitStack() as stack:
        api = stack.enter_context(fake_api(ServiceOptions(pay_after=0.0)))
        register = Register(tmp_path / "register")
        stack.callback(register.unplug)
        counter = Counter(tmp_path, api.url, register.path)
        add_command_input(counter)
        broker = stack.enter_context(running_broker(tmp_path / "broker"))
        counter.config.write_text(counter.config.read_text() + broker.section)
        viewer = stack.enter_context(broker.viewer(kept_for=3600))
        with counter.running(BROKER_PASSWORD=PASSWORD):
            viewer.hears("counter-1/state", state="idle")
            broker.stop()
            counter.says("the counter sells on without it")
            with QuickCashier(counter) as cashier:
                for number in range(SALES):
                    cashier.sell(number)
            assert viewer.messages("counter-1/sale") == []
            broker.start()
            eventually(lambda: len(viewer.messages("counter-1/sale")) >= SALES, SOME_PAUSES)
        # The last message of a kiosk: all that it had to tell has come before it.
        viewer.hears("counter-1/state", reason="stopped")
        heard = viewer.messages("counter-1/sale")
        assert [each["reference"] for each in heard] == [it["reference"] for it in counter.sales()]
        assert len(heard) == SALES
        assert {each["outcome"] for each in heard} == {"paid"}
        assert counter.log.read_text().count("the broker is connected") == 2
