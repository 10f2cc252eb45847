"""``kiosk setup --units``, as a technician runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import app
from tests.config.counter import COUNTER

DROP_IN = "etc/systemd/system/kiosk.service.d/50-devices.conf"


class System:
    """A root folder to set up, with a configuration in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "kiosk.yaml"
        self.config.write_text(COUNTER)

    def setup(self, *words: str, code: int = 0) -> tuple[str, str]:
        command = ["setup", "--config", str(self.config), "--root", str(self.root), *words]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == code, result.output + repr(result.exception)
        return result.stdout, result.stderr

    @property
    def files(self) -> dict[str, str]:
        """The files in the root besides the configuration."""
        found = (path for path in self.root.rglob("*") if path.is_file() and path != self.config)
        return {str(path.relative_to(self.root)): path.read_text() for path in found}


@pytest.fixture
def system(tmp_path: Path) -> System:
    return System(tmp_path)


def test_it_writes_the_drop_ins_and_names_the_next_step(system: System) -> None:
    said, hint = system.setup("--units")
    assert set(system.files) == {
        DROP_IN,
        "etc/systemd/system/kiosk-failed.service.d/50-devices.conf",
        "etc/systemd/system/kiosk-devices.service.d/50-devices.conf",
        "etc/modules-load.d/kiosk.conf",
    }
    assert set(said.splitlines()) == {f"{system.root / name}: written" for name in system.files}
    assert "systemctl daemon-reload" in hint
    assert "DeviceAllow=char-ttyUSB rw" in system.files[DROP_IN]


def test_a_second_run_changes_nothing_and_says_nothing_to_programs(system: System) -> None:
    system.setup("--units")
    before = {path: path.stat().st_mtime_ns for path in system.root.rglob("*")}
    said, hint = system.setup("--units")
    assert (said, hint) == ("", "nothing to change: the service has access to all its devices\n")
    assert {path: path.stat().st_mtime_ns for path in system.root.rglob("*")} == before


def test_a_device_that_is_not_used_any_more_is_not_granted_any_more(system: System) -> None:
    system.setup("--units")
    system.config.write_text(COUNTER.replace("ttyUSB0", "ttyACM0"))
    said, _ = system.setup("--units")
    assert len(said.splitlines()) == 4
    assert "ttyUSB" not in "".join(system.files.values())


def test_drop_ins_of_the_technician_are_left_alone(system: System) -> None:
    own = system.root / "etc/systemd/system/kiosk.service.d/override.conf"
    own.parent.mkdir(parents=True)
    own.write_text("[Service]\nMemoryMax=256M\n")
    system.setup("--units")
    assert own.read_text() == "[Service]\nMemoryMax=256M\n"


def test_a_dry_run_prints_the_files_and_writes_none(system: System) -> None:
    said, _ = system.setup("--units", "--dry-run")
    assert f"# {system.root / DROP_IN}\n# Written by" in said
    assert system.files == {}


def test_a_faulty_configuration_grants_nothing(system: System) -> None:
    system.config.write_text(COUNTER.replace("ARS", "ARG"))
    _, hint = system.setup("--units", code=2)
    assert "did you mean ARS?" in hint
    assert system.files == {}


def test_a_file_that_cannot_be_written_is_reported_with_what_to_do(system: System) -> None:
    (system.root / "etc").write_text("")
    _, hint = system.setup("--units", code=1)
    folder = (system.root / DROP_IN).parent
    assert hint.startswith(f"{folder}: it can't be written (Not a directory); run as root")
    assert "sudo kiosk setup --units" in hint


def test_a_configuration_in_a_home_folder_gives_a_warning(system: System) -> None:
    home = system.root / "home/pi"
    home.mkdir(parents=True)
    moved = system.config.rename(home / "kiosk.yaml")
    system.config.symlink_to(moved)
    _, hint = system.setup("--units")
    assert f"{system.config}: the service can't read {moved}; copy it to /etc/kiosk" in hint


def test_recorded_words_in_a_home_folder_give_a_warning(system: System) -> None:
    words = system.root / "home/pi/words"
    lines = system.config.read_text().splitlines()
    voice = f"signals: {{driver: gpio, voice: {{words: {words}}}}}"
    changed = (voice if line.startswith("signals:") else line for line in lines)
    system.config.write_text("\n".join(changed) + "\n")
    _, hint = system.setup("--units")
    assert f"{system.config}: the service can't read {words}; copy it to /etc/kiosk" in hint
