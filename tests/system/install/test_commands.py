"""Every command on an installed system, with each example that we ship, and the token from systemd."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.config import load
from tests.cli.test_installed import COUNTRIES, WELL, commands
from tests.support.processes import eventually, free_port
from tests.system.rig import counter, nspawn
from tests.system.rig.counter import CHECKOUT, payment_service
from tests.system.rig.nspawn import Machine

pytestmark = pytest.mark.skipif(bool(nspawn.why_not()), reason=nspawn.why_not() or "")

# The relay runs on a server of the shop, so what it needs is not installed on a kiosk.
NO_RELAY = {"relay": ("--check", 2, "uvicorn is missing")}
HAS_VOICE = {"test voice": ("", 1, "the sound device")}


@pytest.fixture(scope="module")
def machine(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """One installed computer for all examples; they leave different files behind."""
    with counter.copied(installed, tmp_path_factory.mktemp("commands") / "root") as root:
        (root / "root/made").mkdir()
        (root / "etc/kiosk/prices.csv").write_text("code,title,price,unit\n7,Pan,10.00,kg\n")
        with Machine(root) as machine:
            yield machine


@pytest.mark.parametrize("country", COUNTRIES)
def test_each_command_with_each_example(country: str, machine: Machine, tmp_path: Path) -> None:
    example = CHECKOUT / f"config/examples/{country}.yaml"
    pos = load(example, {}).orders.external_pos_id
    port = free_port()
    text = example.read_text().replace(
        "driver: mercadopago", f"driver: mercadopago\n  base_url: http://127.0.0.1:{port}"
    )
    machine.run("sh", "-c", "rm -rf /var/lib/kiosk/* /root/made/*")
    (machine.root / "etc/kiosk/kiosk.yaml").write_text(text)
    expected = WELL | NO_RELAY | (HAS_VOICE if country == "brazil" else {})
    words = ("--country", COUNTRIES[country], "--pos", pos)
    with payment_service(tmp_path, port, *words):
        machine.run("systemctl", "restart", "kiosk")
        eventually(lambda: "panel" in machine.out("cat", "/run/kiosk/status.json"))
        for typed, (_, code, said) in zip(
            commands(example, Path("/root/made")), expected.values(), strict=True
        ):
            done = machine.run("kiosk", *typed, check=False)
            assert (done.returncode, said in done.stdout) == (code, True), (typed, done.stdout)
