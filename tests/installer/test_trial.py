"""The test of a new release: when it begins, and how it ends, with power cuts at each of its steps."""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import count
from pathlib import Path

import pytest

from tests.installer.releaser import INSTALLER
from tests.system.rig import steps

# systemd of a computer on which everything starts, and the paths of a counter in a folder.
_STAND_INS = """
opt='ROOT/opt' releases='ROOT/opt/releases' trial='ROOT/opt/trial' refused='ROOT/opt/refused'
own_units='ROOT/units'
systemctl() { case $1 in show) echo the same run ;; esac; }
journalctl() { echo its log; }
systemd-sysusers() { :; }
systemd_runs() { false; }
"""
# Counts the steps that are left, and kills the last one.
_CUT = steps.hook("""
  [ -s 'ROOT/left' ] || return 0
  local left
  read -r left <'ROOT/left' && echo $((left - 1)) >'ROOT/left'
  [ "$left" != 1 ] || kill -9 $$ $BASHPID
""")


class Trial:
    """A counter with an old release, which works, and a new one that is to be tested."""

    def __init__(self, root: Path, state: str) -> None:
        self.root, self.opt = root, root / "opt"
        shutil.copytree(INSTALLER, root / "installer")
        self.has("old", "idle")
        self.has("new", state)
        self.point("current", "old")
        (root / "units").mkdir()
        shutil.copy(self.opt / "current/share/systemd/kiosk.service", root / "units")
        self.begin()
        paths = root / "installer/paths.sh"
        text = paths.read_text() + _STAND_INS + _CUT
        paths.write_text(text.replace("ROOT", str(root)))

    def has(self, name: str, state: str) -> None:
        release = self.opt / "releases" / name
        for folder in ("bin", "share/systemd"):
            (release / folder).mkdir(parents=True)
        (release / "share/systemd/kiosk.service").write_text(f"# {name}\n")
        kiosk = release / "bin/kiosk"
        kiosk.write_text(f'#!/bin/sh\necho \'{{"state": "{state}"}}\'\n')
        kiosk.chmod(0o755)

    def point(self, link: str, name: str) -> None:
        (self.opt / link).unlink(missing_ok=True)
        (self.opt / link).symlink_to(f"releases/{name}")

    def begin(self, was: str = "idle") -> None:
        (self.opt / "trial").write_text(f"new=new\nold=old\nwas={was}\n")

    def runs(self, recovery: str = "0") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "installer/trial"],
            env=os.environ
            | {
                "KIOSK_PATIENCE": "1",
                "KIOSK_TRIAL_SECONDS": "0",
                "KIOSK_RECOVERY_SECONDS": recovery,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def is_cut_at(self, number: int) -> bool:
        """Run it until the power goes before this step; return whether it got that far."""
        left = self.root / "left"
        left.write_text(f"{number}\n")
        self.runs()
        cut = int(left.read_text()) <= 0
        left.unlink()
        return cut

    def outcome(self) -> tuple[str, str, set[str]]:
        """Return the release, whose unit is in its place, and which other files there are."""
        files = {path.name for path in self.opt.iterdir()} - {"releases", "current"}
        unit = (self.root / "units/kiosk.service").read_text()
        return (self.opt / "current").readlink().name, unit, files


@pytest.mark.slow
@pytest.mark.parametrize(
    ("state", "each", "outcome"),
    [
        ("idle", 1, ("new", "# new\n", {"previous"})),
        ("starting", 5, ("old", "# old\n", {"refused"})),
    ],
)
def test_a_power_cut_at_any_of_its_steps_changes_nothing_of_its_result(
    tmp_path: Path, state: str, each: int, outcome: tuple[str, str, set[str]]
) -> None:
    for number in count(1, each):
        trial = Trial(tmp_path / f"{number}", state)
        cut = trial.is_cut_at(number)
        if not cut:
            break
        if (trial.opt / "trial").exists():  # as kiosk-trial.service looks at boot
            trial.runs()
        assert trial.outcome() == outcome, number
    assert number > 8
    assert trial.outcome() == outcome


@pytest.mark.parametrize("status", ['{"state": "paying"}', '{"state": "idle", "basket": true}'])
def test_a_sale_that_does_not_end_postpones_the_test_and_refuses_nothing(
    tmp_path: Path, status: str
) -> None:
    trial = Trial(tmp_path / "here", "idle")
    # It ends with an error, as kiosk status does while an input is lost.
    (trial.opt / "releases/old/bin/kiosk").write_text(f"#!/bin/sh\necho '{status}'; exit 1\n")
    trial.begin(was="paying")
    done = trial.runs()
    assert done.returncode == 1
    assert done.stdout == "<4>release new was not tested: a sale was open for 1 seconds\n"
    assert trial.outcome() == ("old", "# old\n", set())
    said = subprocess.run(
        [
            "bash",
            "-euc",
            f". '{trial.root}/installer/paths.sh'; . '{INSTALLER}/trial.sh'; why_not new",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "so the new release was not tested; try again later" in said


def test_a_sale_that_begins_while_the_new_units_are_written_is_waited_for(tmp_path: Path) -> None:
    trial = Trial(tmp_path / "here", "idle")
    sale, restarted = trial.root / "sale", trial.root / "restarted"
    (trial.opt / "releases/new/bin/kiosk").write_text(f"""#!/bin/sh
case $1:$(cat '{sale}' 2>/dev/null) in
setup:*) echo open >'{sale}' ;;
status:open) echo '{{"state": "paying"}}' && echo ended >'{sale}' ;;
status:*) echo '{{"state": "idle"}}' ;;
esac
""")
    with (trial.root / "installer/paths.sh").open("a") as paths:
        paths.write(f"""
systemctl() {{
  case $1 in
  show) echo the same run ;;
  restart) cp '{sale}' '{restarted}' ;;
  esac
}}
""")
    assert trial.runs().returncode == 0
    assert restarted.read_text() == "ended\n"


@pytest.mark.parametrize(
    ("was", "state", "stays"),
    [
        ("idle", "idle", True),
        ("idle", "out_of_service", False),
        ("out_of_service", "out_of_service", True),  # the network is down, for instance
        ("", "out_of_service", False),
        ("out_of_service", "starting", False),
    ],
)
def test_a_release_that_is_out_of_service_stays_only_if_the_old_one_was_too(
    tmp_path: Path, was: str, state: str, stays: bool
) -> None:
    trial = Trial(tmp_path / "here", state)
    trial.begin(was=was)
    assert (trial.runs().returncode == 0) is stays
    assert trial.outcome()[0] == ("new" if stays else "old")


def test_a_release_that_recovers_from_a_failure_of_the_network_stays(tmp_path: Path) -> None:
    trial = Trial(tmp_path / "here", "out_of_service")
    kiosk = trial.opt / "releases/new/bin/kiosk"
    kiosk.write_text(
        kiosk.read_text() + f"sed -i s/out_of_service/idle/ '{kiosk}'\n"  # once it was asked
    )
    assert trial.runs(recovery="60").returncode == 0
    assert trial.outcome()[0] == "new"
