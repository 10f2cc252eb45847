"""Each driver says what it needs of the system, and the drop-ins grant that and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.base.permissions import NOTHING, Permissions, files, i2c, keyboard, serial
from kiosk.config import load
from kiosk.config.settings_models import Model
from kiosk.inputs.common.connections import SerialInputSettings
from kiosk.service.units import drop_ins
from kiosk.signals.fake import FakeSignalsSettings
from kiosk.signals.gpio import GpioSignalsSettings
from kiosk.signals.voice.settings import VoiceSettings
from tests.config.counter import COUNTER, SHIPPED
from tests.systemd.every_driver import models, settings
from tests.systemd.unit_file import UNITS, UnitFile

KIOSK = "etc/systemd/system/kiosk.service.d/50-devices.conf"
MODULES = "etc/modules-load.d/kiosk.conf"

# What brings a class of devices: the kernel itself, what it boots with, or a module to be loaded.
IN_THE_KERNEL = {"gpiochip", "fb", "ttyAMA", "ttyS"}
BY_ITS_OWN_SETUP = {"ttyGS"}  # whoever makes a gadget of the Pi has its driver loaded
BRINGS = {
    "i2c": "i2c-dev",
    "spi": "spidev",
    "input": "evdev",
    "ttyACM": "cdc_acm",
    "ttyUSB": "usbserial",
    "rfcomm": "rfcomm",
    "alsa": "snd",
}


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_driver_says_what_it_needs_in_its_own_file(model: Model) -> None:
    """Inputs on a serial port share theirs."""
    shared = getattr(model, "permissions", None) is SerialInputSettings.permissions
    assert shared or "permissions" in vars(model), f"{model.__module__}: write permissions()"


def test_every_driver_is_tried_here() -> None:
    assert {type(each) for each in settings()} == set(models())


@pytest.mark.parametrize("driver", settings(), ids=lambda it: type(it).__name__)
def test_a_driver_of_a_device_names_a_class_and_a_group(driver: object) -> None:
    permissions = driver.permissions()  # type: ignore[attr-defined]
    assert (permissions == NOTHING) == (type(driver).__name__ == "MqttSettings")  # no device
    assert bool(permissions.devices) == bool(permissions.groups)
    assert not permissions.nodes or permissions.devices


@pytest.mark.parametrize("driver", settings(), ids=lambda it: type(it).__name__)
def test_what_brings_a_class_is_loaded_before_the_unit_starts(driver: object) -> None:
    """DeviceAllow= is resolved at the start: a class that comes later stays forbidden."""
    permissions = driver.permissions()  # type: ignore[attr-defined]
    modular = permissions.devices - IN_THE_KERNEL - BY_ITS_OWN_SETUP
    assert permissions.modules == {BRINGS[name] for name in modular}
    loaded = drop_ins(permissions)[MODULES].splitlines()
    assert {line for line in loaded if not line.startswith("#")} == permissions.modules


@pytest.mark.parametrize(
    ("port", "classes"),
    [
        ("/dev/ttyUSB0", {"ttyUSB"}),
        ("/dev/ttyACM3", {"ttyACM"}),
        ("/dev/ttyAMA0", {"ttyAMA"}),
        ("/dev/ttyS0", {"ttyS"}),
        ("/dev/serial0", {"ttyAMA", "ttyS"}),
        ("/dev/serial/by-id/usb-FTDI_FT232R-if00-port0", {"ttyACM", "ttyUSB"}),
        ("/dev/till", {"ttyACM", "ttyUSB", "ttyAMA", "ttyS"}),
    ],
)
def test_a_port_is_granted_by_the_class_that_its_name_may_mean(
    port: str, classes: set[str]
) -> None:
    assert serial(port).devices == classes
    assert serial(port).nodes == {port}


def test_a_name_with_a_star_is_not_waited_for() -> None:
    assert keyboard("/dev/input/by-id/*-event-kbd").nodes == frozenset()


def test_two_devices_together_need_what_either_needs() -> None:
    both = i2c(1) | serial("/dev/ttyUSB0")
    assert both == serial("/dev/ttyUSB0") | i2c(1)
    assert both.devices == {"i2c", "ttyUSB"}
    assert both.groups == {"i2c", "dialout"}
    assert both | NOTHING == both


def granted(permissions: Permissions, folder: Path) -> UnitFile:
    path = folder / "drop-in.conf"
    path.write_text(drop_ins(permissions)[KIOSK])
    return UnitFile.read(path)


def test_the_drop_in_grants_what_is_needed_and_no_more(tmp_path: Path) -> None:
    drop_in = granted(i2c(1) | serial("/dev/ttyACM0"), tmp_path)
    assert drop_in.settings == (
        ("Service", "DeviceAllow", "char-i2c rw"),
        ("Service", "DeviceAllow", "char-ttyACM rw"),
        ("Service", "SupplementaryGroups", "dialout i2c"),
    )


def test_a_journal_on_a_partition_of_its_own_is_waited_for_and_may_be_written(
    tmp_path: Path,
) -> None:
    drop_in = granted(files(Path("/data/kiosk/journal.sqlite3")), tmp_path)
    assert drop_in.settings == (
        ("Unit", "RequiresMountsFor", "/data/kiosk"),
        ("Service", "ReadWritePaths", "-/data/kiosk"),
    )


def test_files_in_the_kiosks_own_folders_need_nothing(tmp_path: Path) -> None:
    ours = files(Path("/var/lib/kiosk/journal.sqlite3"), Path("/run/kiosk/status.json"), None)
    assert granted(ours, tmp_path).settings == ()


def test_a_printer_on_the_network_may_listen_on_its_port(tmp_path: Path) -> None:
    assert UnitFile.read(UNITS / "kiosk.service").one("SocketBindDeny") == "any"
    drop_in = granted(Permissions(listens=frozenset({9101})), tmp_path)
    assert drop_in.settings == (("Service", "SocketBindAllow", "tcp:9101"),)


def test_a_voice_gets_the_sound_card_and_may_give_way_to_the_sale(tmp_path: Path) -> None:
    drop_in = granted(VoiceSettings().permissions(), tmp_path)
    assert drop_in.settings == (
        ("Service", "DeviceAllow", "char-alsa rw"),
        ("Service", "SupplementaryGroups", "audio"),
        ("Service", "SystemCallFilter", "setpriority"),
    )
    recorded = VoiceSettings(words=Path("/srv/words")).permissions()
    assert ("Service", "SystemCallFilter", "setpriority") not in granted(
        recorded, tmp_path
    ).settings


def test_without_a_voice_there_is_no_sound_card() -> None:
    silent = (
        GpioSignalsSettings().permissions()
        | FakeSignalsSettings(voice=VoiceSettings()).permissions()
    )
    assert not silent.devices & {"alsa"}
    assert not silent.calls


def test_odd_folders_come_through_systemds_syntax(tmp_path: Path) -> None:
    drop_in = granted(files(Path('/srv/50% "off" \\ sale/j')), tmp_path)
    assert drop_in.one("ReadWritePaths") == '"-/srv/50%% \\"off\\" \\\\ sale"'


def test_the_whole_configuration_is_asked(tmp_path: Path) -> None:

    file = tmp_path / "kiosk.yaml"
    file.write_text(COUNTER + "journal: {path: /data/journal.sqlite3}\n")
    assert load(file, {}).permissions().devices == {"ttyUSB"}
    assert Path("/data") in load(file, {}).permissions().folders
    argentina = load(SHIPPED / "examples/argentina.yaml", {}).permissions()
    assert argentina.devices == {"ttyUSB", "gpiochip", "i2c"}
