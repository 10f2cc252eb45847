"""systemctl reload: it takes effect between two sales, however long a sale takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.processes import eventually, free_port
from tests.system.rig import counter, nspawn
from tests.system.rig.nspawn import Machine

pytestmark = pytest.mark.skipif(bool(nspawn.why_not()), reason=nspawn.why_not() or "")

PAID_AFTER = 20  # seconds
# A sale outlasts what systemd grants a reload that does not ask for more.
_IMPATIENT = "[Service]\nTimeoutStartSec=5\n"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A counter whose payers pay after 20 seconds."""
    folder, port = tmp_path_factory.mktemp("reload"), free_port()
    root = counter.unpack(folder / "root", port=port)
    with (
        counter.payment_service(folder, port, "--pay-after", str(PAID_AFTER)),
        Machine(root) as machine,
    ):
        counter.install_first(machine)
        counter.sell(machine, "1000.00")
        yield machine


def change(machine: Machine, old: str, new: str) -> None:
    file = machine.root / "etc/kiosk/kiosk.yaml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))


def shown(machine: Machine, what: str) -> str:
    return machine.out("systemctl", "show", "-P", what, "kiosk")


def test_a_reload_in_mid_sale_lasts_until_the_sale_has_ended(machine: Machine) -> None:
    drop_in = machine.root / "etc/systemd/system/kiosk.service.d/impatient.conf"
    drop_in.write_text(_IMPATIENT)
    machine.run("systemctl", "daemon-reload")
    process = shown(machine, "MainPID")
    payer = machine.start("kiosk", "sale", "1001.00")
    eventually(lambda: machine.out("kiosk", "status").startswith("paying"))
    change(machine, "counter-1", "counter-2")
    technician = machine.start("systemctl", "reload", "kiosk")
    eventually(lambda: "waits until the counter is idle" in shown(machine, "StatusText"))
    assert shown(machine, "ActiveState") == "reloading"
    said, _ = payer.communicate(timeout=300)
    assert said.startswith("paid 1001.00"), said
    assert technician.poll() is None, "it is not taken over while the result is shown"
    told, _ = technician.communicate(timeout=300)
    assert technician.returncode == 0, told
    assert (shown(machine, "ActiveState"), shown(machine, "MainPID")) == ("active", process)
    counter.sell(machine, "1002.00")
    assert "counter-2-" in machine.out("kiosk", "orders", "list")


def test_a_reload_of_a_file_with_faults_fails_and_the_counter_sells_on(machine: Machine) -> None:
    process = shown(machine, "MainPID")
    change(machine, "ARS", "ARG")
    done = machine.run("systemctl", "reload", "kiosk", check=False)
    assert done.returncode != 0
    assert "did you mean ARS?" in machine.out("journalctl", "-u", "kiosk", "-o", "cat")
    assert (shown(machine, "ActiveState"), shown(machine, "MainPID")) == ("active", process)
    assert machine.out("kiosk", "sale", "1003.00").startswith("paid 1003.00")
