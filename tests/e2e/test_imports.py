"""What the daemon imports until it has sold: only the drivers of its configuration."""

from __future__ import annotations

from tests.e2e.rig import Api, Counter, Register, sells
from tests.support.imported import ASKED, imported, packages

NEVER = {
    "click",
    "gpiozero",
    "luma",
    "mqtt5",
    "prometheus_client",
    "pygments",
    "rich",
    "starlette",
    "trio",
    "typer",
    "uvicorn",
}


def test_a_daemon_that_has_sold_has_imported_no_other_driver_and_no_tool(
    api: Api, register: Register, counter: Counter
) -> None:
    with counter.running(**ASKED):
        sells(api, register, counter)
    modules = imported(counter.log.read_text())
    assert "kiosk.app" in modules
    assert packages(modules) & NEVER == set()
    drivers = {
        module
        for module in modules
        if module.count(".") == 2
        and module.startswith(
            ("kiosk.display.", "kiosk.inputs.", "kiosk.orders.", "kiosk.signals.")
        )
    }
    assert drivers >= {"kiosk.display.fake", "kiosk.inputs.serial_line", "kiosk.signals.fake"}
    others = {"lcd", "oled", "epaper", "inky", "button", "scanner_hid", "gpio", "dynamic_qr"}
    assert {module.rsplit(".")[-1] for module in drivers} & others == set()
    tools = (
        "kiosk.simulator",
        "kiosk.inputs.tools",
        "kiosk.inputs.scanner",
        "kiosk.config.reference",
    )
    assert not [module for module in modules if module.startswith(tools)]
    verbs = {module for module in modules if module.startswith("kiosk.cli.")}
    assert verbs == {"kiosk.cli.run"}
