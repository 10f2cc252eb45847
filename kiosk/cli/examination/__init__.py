"""The examination of the whole box, for ``kiosk doctor`` and ``kiosk bundle``.

Nothing is changed, and no order is created. Every verdict comes from a check of ours; what a
foreign program says is quoted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from kiosk.base.errors import ConfigError
from kiosk.box.finding import Finding
from kiosk.box.system import System
from kiosk.cli.examination.account_findings import account_findings
from kiosk.cli.examination.computer_findings import computer_findings
from kiosk.cli.examination.counter_findings import counter_findings, unreadable_file
from kiosk.cli.examination.device_findings import device_findings
from kiosk.cli.examination.service_findings import service_findings
from kiosk.config.judgement import judge


def examine(
    file: Path,
    system: System | None = None,
    environ: Mapping[str, str] = os.environ,
    *,
    online: bool = True,
) -> list[Finding]:
    """Return the findings about the counter of a configuration, and about this computer.

    ``online=False`` leaves out what asks the network.
    """
    return list(_findings(file, system or System(), environ, online))


def _findings(
    file: Path, system: System, environ: Mapping[str, str], online: bool
) -> Iterator[Finding]:
    try:
        judgement = judge(file, environ, system.root)
    except ConfigError as error:
        yield unreadable_file(file, error)
        yield from computer_findings(system)
        yield from service_findings(system, None)
        return
    config = judgement.checked.config
    yield from counter_findings(file, judgement, system)
    if config:
        yield from account_findings(config, environ, system.now, online=online)
    yield from computer_findings(system)
    if config:
        yield from device_findings(config, system)
    yield from service_findings(system, config)
