"""The computer itself: its card, its power supply, its clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kiosk.base.language import _, mark
from kiosk.box import clock
from kiosk.box.finding import Finding, Page, bad, good, warn
from kiosk.box.power import power
from kiosk.box.storage import card_errors, mount_of
from kiosk.box.system import System

CARD, POWER, CLOCK = mark("card"), mark("power supply"), mark("clock")


def computer_findings(system: System) -> Iterator[Finding]:
    """Yield the findings about the computer."""
    yield _card(system)
    yield _power(system)
    yield _clock(system)


def _card(system: System) -> Finding:
    root = mount_of(Path("/"), system.root)
    errors = card_errors(system.root)
    if errors:
        said = ", ".join(f"{device}: {number}" for device, number in errors.items())
        meaning = _("the file system has errors ({errors}), and data may be lost", errors=said)
        return bad(CARD, meaning, _("save the journal, and replace the card"), Page.CODES)
    if root and root.read_only:
        meaning = _(
            "the root file system is read-only: either on purpose, or the kernel found an error"
        )
        return warn(CARD, meaning, _("look for errors: sudo dmesg | grep -i ext4"), Page.CODES)
    if root and root.in_memory:
        meaning = _("changes of this system are kept in memory until the next start only")
        return warn(CARD, meaning, _("run: sudo raspi-config nonint disable_overlayfs"), Page.CODES)
    return good(CARD, _("the kernel has counted no errors, and the root can be written"))


def _power(system: System) -> Finding:
    seen = power(system)
    fix = _("use the official power supply, and a short cable")
    quoted = _quoted(system)
    if seen.low_now:
        meaning = _("the voltage is too low now; the card and the panel may fail")
        return bad(POWER, meaning + quoted, fix, Page.CODES)
    if seen.low_since_start:
        meaning = _("the voltage was too low since the last start")
        return warn(POWER, meaning + quoted, fix, Page.CODES)
    if seen.hot_now:
        meaning = _("the processor is too hot, and slowed down")
        return warn(POWER, meaning + quoted, _("give the box holes, or a heat sink"), Page.CODES)
    if seen.low_now is None:
        return good(POWER, _("this computer does not measure it") + quoted)
    return good(POWER, _("the voltage was high enough") + quoted)


def _quoted(system: System) -> str:
    """Return what the firmware's own tool says: it is quoted, and decides nothing."""
    said = system.command(("vcgencmd", "get_throttled"))
    return _(" (vcgencmd says: {said})", said=said) if said else ""


def _clock(system: System) -> Finding:
    fix = _("run: sudo timedatectl set-ntp true")
    if clock.is_behind(system.now(), clock.written_at()):
        meaning = _("it shows a time before the kiosk was installed; no certificate is valid then")
        return bad(CLOCK, meaning, fix, Page.CODES)
    set_from_network = clock.was_set(system.root)
    if set_from_network is False:
        return warn(CLOCK, _("the network has not set it since the last start"), fix, Page.CODES)
    if set_from_network is None:
        return good(CLOCK, _("it shows a possible time; systemd-timesyncd does not run here"))
    return good(CLOCK, _("the network has set it"))
