"""The service on this computer: its permissions, whether it runs, its watchdog, its updates."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from kiosk.base.language import _, mark, ngettext
from kiosk.base.version import kiosk_version
from kiosk.box.finding import Finding, Page, bad, good, only_root, warn
from kiosk.box.hardware_watchdog import hardware_watchdog
from kiosk.box.storage import existing
from kiosk.box.system import System
from kiosk.cli.examination.running_kiosk import failed_parts, status_of
from kiosk.config import Config
from kiosk.service.units import drop_ins

GRANTS, SERVICE = mark("permissions"), mark("kiosk service")
WATCHDOG, UPDATE = mark("watchdog"), mark("update")
_UNIT = "kiosk.service"
_UNITS = ("/usr/local/lib/systemd/system", "/etc/systemd/system")


def service_findings(system: System, config: Config | None) -> Iterator[Finding]:
    """Yield the findings about the installed service."""
    installed = any(system.has(f"{folder}/{_UNIT}") for folder in _UNITS)
    if config:
        yield _grants(system, config, installed=installed)
        yield _service(system, config, installed=installed)
    yield _watchdog(system)
    yield _update(system, installed=installed)


def _grants(system: System, config: Config, *, installed: bool) -> Finding:
    """Compare what the units grant, and the groups, with what this configuration needs."""
    if not installed:
        return warn(GRANTS, _("the service is not installed here"), _("run: sudo scripts/install"),
                    Page.MOUNTING)  # fmt: skip
    needs = config.permissions()
    stale = [place for place, text in drop_ins(needs).items() if system.read(place) != text.strip()]
    if stale:
        meaning = _("the service has no access to all of its devices ({file})", file=stale[0])
        return bad(GRANTS, meaning, _("run: sudo kiosk setup --units"), Page.MOUNTING)
    groups = {line.partition(":")[0] for line in system.read("/etc/group").splitlines()}
    if missing := sorted(needs.groups - groups):
        meaning = _("this system has no group {groups}", groups=", ".join(missing))
        fix = _("run: sudo groupadd --system {group}", group=missing[0])
        return bad(GRANTS, meaning, fix, Page.MOUNTING)
    return good(GRANTS, _("the service has access to all of its devices"))


def _service(system: System, config: Config, *, installed: bool) -> Finding:
    seen = status_of(config, system)
    if seen is None and not os.access(existing(config.service.status_file), os.R_OK | os.X_OK):
        return only_root(SERVICE)
    if seen is None and not installed:
        meaning = _("no kiosk runs with this configuration")
        return warn(SERVICE, meaning, _("run: sudo scripts/install"), Page.MOUNTING)
    said = system.command(("systemctl", "is-active", "kiosk")) if installed else ""
    quoted = _(" (systemctl says: {said})", said=said) if said else ""
    finding = _state(seen)
    return replace(finding, meaning=f"{finding.meaning}{quoted}")


def _state(seen: Mapping[str, Any] | None) -> Finding:
    """Return what the running kiosk says of itself."""
    if seen is None:
        fix = _("run: sudo systemctl restart kiosk, and look: journalctl -u kiosk")
        return bad(SERVICE, _("no kiosk runs with this configuration"), fix, Page.SYMPTOMS)
    fix = _("run: kiosk status")
    if seen.get("state") == "out_of_service":
        parts = ", ".join(_(part) for part in failed_parts(seen))
        meaning = _("it runs, but is out of service: {parts}", parts=parts)
        return bad(SERVICE, meaning, fix, Page.CODES)
    if problems := seen.get("problems"):
        said = ngettext(
            "it sells, with {number} problem", "it sells, with {number} problems", len(problems)
        )
        return warn(SERVICE, said, fix, Page.SYMPTOMS)
    return good(SERVICE, _("it runs and can sell"))


def _watchdog(system: System) -> Finding:
    seen = hardware_watchdog(system)
    if not seen.exists:
        return warn(WATCHDOG, _("this computer has no hardware watchdog"),
                    _("nothing to do, unless it is a Raspberry Pi"), Page.MOUNTING)  # fmt: skip
    said = system.command(("systemctl", "show", "--property=RuntimeWatchdogUSec", "--value"))
    quoted = _(" (systemctl says: {said})", said=said) if said else ""
    if seen.is_fed:
        return good(WATCHDOG, _("the hardware restarts this computer if it hangs") + quoted)
    if seen.is_wanted and seen.is_fed is None:
        return good(WATCHDOG, _("systemd is told to use the hardware watchdog") + quoted)
    meaning = _("nothing restarts this computer if it hangs") + quoted
    if seen.is_wanted:
        return warn(WATCHDOG, meaning, _("restart this computer: sudo reboot"), Page.MOUNTING)
    if seen.set_in:
        fix = _("write RuntimeWatchdogSec=10s to {file}, and restart", file=seen.set_in)
        return warn(WATCHDOG, meaning, fix, Page.MOUNTING)
    return warn(WATCHDOG, meaning, _("run: sudo scripts/install, and restart"), Page.MOUNTING)


def _update(system: System, *, installed: bool) -> Finding:
    ours = kiosk_version()
    if not installed:
        return good(UPDATE, _("version {version}, which is not installed here", version=ours))
    if refused := system.read("/opt/kiosk/refused"):
        meaning = _("version {version}; a newer one was refused: {why}", version=ours,
                    why=refused.splitlines()[0])  # fmt: skip
        return warn(
            UPDATE, meaning, _("run: journalctl -u kiosk-update -u kiosk-trial"), Page.SYMPTOMS
        )
    if system.has("/opt/kiosk/trial"):
        return good(UPDATE, _("version {version} is being tried", version=ours))
    return good(UPDATE, _("version {version}", version=ours))
