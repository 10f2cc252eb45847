"""When nothing starts: five failed starts, a message on the panel, another start, and so on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.base.money import Money
from kiosk.sale.effects import Show
from kiosk.sale.words import Screen
from tests.support.glass import is_on
from tests.support.processes import eventually
from tests.system.rig import counter, nspawn
from tests.system.rig.nspawn import Machine

pytestmark = pytest.mark.skipif(bool(nspawn.why_not()), reason=nspawn.why_not() or "")

START = Show(Screen.OUT_OF_SERVICE, reason="start")
NETWORK = Show(Screen.OUT_OF_SERVICE, reason="network")  # there is no payment service here
CHECKING = Show(Screen.CHECKING, amount=Money.of("12.50", "ARS"), reference="counter-1-XYZ-7")
# Three minutes are seconds here, by a drop-in as a technician writes one.
SOONER = "[Timer]\nOnActiveSec=\nOnActiveSec=15s\n"
OPEN_SALE = """
from contextlib import closing
from pathlib import Path
from kiosk.journal import Journal
from kiosk.base.money import Money
from kiosk.sale.effects import SaleOpened
from kiosk.sale.words import Sale
with closing(Journal.open(Path("/var/lib/kiosk/journal.sqlite3"), lambda: 0.0)) as journal:
    sale = Sale("counter-1-XYZ-7", Money.of("12.50", "ARS"), "command")
    journal.remember(SaleOpened(sale), b"{}")
"""


class Counter:
    """An installed kiosk that a test breaks, and what people at the counter see."""

    def __init__(self, root: Path, machine: Machine) -> None:
        self.root, self.machine = root, machine
        self.config = root / "etc/kiosk/kiosk.yaml"
        self.state = root / "var/lib/kiosk"

    @property
    def release(self) -> Path:
        return self.root / "opt/kiosk/releases" / counter.release(self.root)

    @property
    def package(self) -> Path:
        (package,) = self.release.glob("lib/python3.*/site-packages/kiosk")
        return package

    def is_active(self, unit: str) -> bool:
        return self.machine.out("systemctl", "is-active", unit) == "active"

    def systemctl(self, *words: str, good: bool = True) -> str:
        done = self.machine.run("systemctl", *words, check=False)
        assert (done.returncode == 0) is good, done.stdout
        return done.stdout

    def log(self, unit: str = "kiosk") -> str:
        return self.machine.out(
            "journalctl", "--unit", unit, "--boot", "--output=cat", "--no-pager"
        )

    def shows(self, show: Show) -> bool:
        return is_on(self.state / "frames", show)

    def signals(self) -> list[str]:
        lines = map(json.loads, (self.state / "signals.jsonl").read_text().splitlines())
        return [line["signal"] for line in lines if "signal" in line]

    def starts_badly(self) -> None:
        """Have it started, and wait until it is given up for now."""
        self.systemctl("stop", "kiosk")
        self.systemctl("reset-failed", "kiosk")  # the start at boot was a good one
        self.systemctl("start", "kiosk", good=False)
        eventually(lambda: self.is_active("kiosk-failed"), within=300)

    def is_tried_sooner(self) -> None:
        drop_in = self.root / "etc/systemd/system/kiosk-again.timer.d/sooner.conf"
        drop_in.parent.mkdir()
        drop_in.write_text(SOONER)
        self.systemctl("daemon-reload")

    def recovers(self) -> None:
        """Wait for the next start, which systemd does by itself."""
        eventually(lambda: self.is_active("kiosk"), within=300)
        eventually(lambda: self.shows(NETWORK), within=300)
        assert not self.is_active("kiosk-failed")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A system with the kiosk, switched off."""
    root = counter.unpack(tmp_path_factory.mktemp("installed") / "root")
    with Machine(root, network=False) as machine:
        counter.install_first(machine)
        machine.run("systemctl", "stop", "kiosk")
    return root


@pytest.fixture
def kiosk(installed: Path, tmp_path: Path) -> Iterator[Counter]:
    with counter.copied(installed, tmp_path / "root") as root, Machine(root, network=False) as it:
        seen = Counter(root, it)
        eventually(lambda: seen.is_active("kiosk"), within=300)
        yield seen


def test_five_bad_starts_by_a_broken_configuration_lead_to_a_sign_and_to_the_next_try(
    kiosk: Counter,
) -> None:
    kiosk.is_tried_sooner()
    good = kiosk.config.read_text()
    # Another point of sale: so the kiosk must not sell on by the last configuration that sold.
    moved = re.sub(r"external_pos_id: \S+", "external_pos_id: ELSEWHERE", good)
    kiosk.config.write_text(moved.replace("ARS", "ARG"))
    (kiosk.state / "kiosk.yaml.good").write_text(good)
    kiosk.starts_badly()
    eventually(lambda: kiosk.shows(START))
    assert kiosk.signals()[-1] == "out_of_service"
    assert kiosk.log().count("did you mean ARS?") >= 5
    assert "did you mean ARS?" in kiosk.log("kiosk-failed")
    given_up = "Start request repeated too quickly"
    eventually(lambda: kiosk.log().count(given_up) == 3, within=600)  # and so on, for ever
    kiosk.config.write_text(good)
    kiosk.recovers()


def test_broken_code_of_the_daemon_leads_to_the_sign_too(kiosk: Counter) -> None:
    (kiosk.package / "app.py").write_text("no python at all\n")
    kiosk.starts_badly()
    eventually(lambda: kiosk.shows(START))
    assert "SyntaxError" in kiosk.log()


def test_where_the_release_cannot_even_show_the_sign_the_one_before_does(kiosk: Counter) -> None:
    other = kiosk.release.with_name("broken")
    kiosk.machine.run("cp", "-a", f"/opt/kiosk/releases/{kiosk.release.name}", "/opt/kiosk/broken")
    (kiosk.root / "opt/kiosk/broken").rename(other)
    kiosk.machine.run("ln", "-sfn", f"releases/{kiosk.release.name}", "/opt/kiosk/previous")
    (other / "bin/kiosk").write_text("#!/bin/false\n")
    kiosk.machine.run("ln", "-sfn", "releases/broken", "/opt/kiosk/current")
    kiosk.starts_badly()
    eventually(lambda: kiosk.shows(START))


def test_after_an_upgrade_of_python_the_log_says_what_to_do(kiosk: Counter) -> None:
    kiosk.is_tried_sooner()
    library, elsewhere = kiosk.release / "lib", kiosk.release / "lib-of-another-python"
    library.rename(elsewhere)
    kiosk.starts_badly()
    assert "does not fit the Python of this system" in kiosk.log()
    assert "/opt/kiosk/current/share/scripts/install" in kiosk.log()
    elsewhere.rename(library)
    kiosk.recovers()


def test_a_missing_token_is_named_and_once_it_is_there_a_restart_sells(kiosk: Counter) -> None:
    token = kiosk.root / "etc/kiosk/token"
    text = token.read_text()
    token.unlink()
    kiosk.starts_badly()
    eventually(lambda: kiosk.shows(START))
    assert (
        kiosk.log().count("orders.token: it is empty; put the access token into /etc/kiosk/token")
        == 5
    )
    token.write_text(text)
    kiosk.systemctl("restart", "kiosk")
    assert kiosk.is_active("kiosk")
    assert not kiosk.is_active("kiosk-failed")
    assert not kiosk.is_active("kiosk-again.timer")


def test_while_a_sale_is_open_the_sign_asks_not_to_pay_again(kiosk: Counter) -> None:
    kiosk.systemctl("stop", "kiosk")
    python = "/opt/kiosk/current/bin/python"
    kiosk.machine.run("runuser", "-u", "kiosk", "--", python, "-c", OPEN_SALE)
    (kiosk.state / "kiosk.yaml.good").write_text(kiosk.config.read_text())
    kiosk.config.write_text("")
    kiosk.starts_badly()
    eventually(lambda: kiosk.shows(CHECKING))
    assert kiosk.signals()[-1] == "checking"


def test_who_restarts_it_again_and_again_does_not_get_stuck(kiosk: Counter) -> None:
    tries = [kiosk.machine.run("systemctl", "restart", "kiosk", check=False) for _ in range(7)]
    refused = [done for done in tries if done.returncode]
    assert len(refused) <= 1, "the sixth may be one too many, the next one works"
    kiosk.systemctl("restart", "kiosk")
    assert kiosk.is_active("kiosk")
    assert not kiosk.is_active("kiosk-failed")


def test_who_stops_it_in_the_middle_of_a_start_has_stopped_it(kiosk: Counter) -> None:
    for _ in range(3):
        kiosk.systemctl("restart", "--no-block", "kiosk")
        eventually(
            lambda: kiosk.systemctl("show", "--property=SubState", "kiosk").startswith(
                "SubState=start"
            )
        )
        kiosk.systemctl("stop", "kiosk")
        assert kiosk.machine.out("systemctl", "is-active", "kiosk") == "inactive"
        assert kiosk.machine.out("systemctl", "is-active", "kiosk-failed") == "inactive"


def test_who_stops_the_safe_mode_too_has_peace(kiosk: Counter) -> None:
    kiosk.config.write_text("")
    kiosk.starts_badly()
    kiosk.systemctl("stop", "kiosk-failed", "kiosk")
    units = ("kiosk", "kiosk-failed", "kiosk-again.timer")
    states = kiosk.machine.out("systemctl", "is-active", *units).split()
    assert states == ["inactive"] * 3


def test_what_another_user_left_in_the_state_folder_keeps_nobody_from_selling(
    kiosk: Counter,
) -> None:
    kiosk.systemctl("stop", "kiosk")
    kiosk.machine.run("sh", "-c", "chown root:root /var/lib/kiosk/*; chmod 600 /var/lib/kiosk/*.*")
    kiosk.systemctl("start", "kiosk")
    eventually(lambda: kiosk.shows(NETWORK))
    owners = kiosk.machine.out("sh", "-c", "stat --format=%U /var/lib/kiosk/*")
    assert set(owners.split()) == {"kiosk"}


def test_a_technicians_own_drop_in_survives_and_counts(kiosk: Counter) -> None:
    own = kiosk.root / "etc/systemd/system/kiosk.service.d/override.conf"
    own.write_text("[Service]\nMemoryMax=256M\n")
    kiosk.machine.run("kiosk", "setup", "--units")
    kiosk.systemctl("daemon-reload")
    kiosk.systemctl("restart", "kiosk")
    assert own.read_text() == "[Service]\nMemoryMax=256M\n"
    shown = kiosk.systemctl("show", "--property=MemoryMax,ProtectSystem", "kiosk")
    assert shown.split() == ["MemoryMax=268435456", "ProtectSystem=strict"]
