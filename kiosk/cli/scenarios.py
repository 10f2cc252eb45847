"""``kiosk simulate --scenario FILE --headless``: plays scenarios without a page, without waiting.

Exit 0: all is seen as the scenarios say. Exit 1: something differs; the play is printed, with the
line where it differs. Exit 2: a file has faults.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kiosk.base.errors import ConfigError
from kiosk.base.language import _
from kiosk.cli.common import fail
from kiosk.cli.extra import allow_trio, simulator_extra

if TYPE_CHECKING:  # an optional extra, imported only where it is used
    from kiosk.simulator.scenario.headless_play import Performance
    from kiosk.simulator.scenario.scenario_file import CheckedScenario


def print_schema() -> None:
    """Perform ``kiosk schema --scenario``."""
    from kiosk.simulator.scenario.scenario_file import scenario_schema  # noqa: PLC0415

    typer.echo(json.dumps(scenario_schema(), indent=2, ensure_ascii=False))


def play_headless(files: Sequence[Path]) -> None:
    """Perform ``kiosk simulate --headless``."""
    if not files:
        fail(_("--headless plays a scenario; write --scenario FILE"), code=2)
    allow_trio()
    with simulator_extra():
        codes = [_play(file) for file in files]
    raise typer.Exit(max(codes))


def _play(file: Path) -> int:
    """Play one scenario; return the exit code."""
    from kiosk.simulator.scenario.headless_play import play  # noqa: PLC0415
    from kiosk.simulator.scenario.scenario_file import check_scenario, find_scenario  # noqa: PLC0415

    try:
        checked = check_scenario(find_scenario(file))
        performance = play(checked)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        return 2
    if performance.failure:
        typer.echo(_differing_play(checked, performance))
        return 1
    title = checked.required().title
    typer.echo(
        _(
            "{file}: {title}: as written ({lasted:.0f} s)",
            file=file,
            title=title,
            lasted=performance.lasted,
        )
    )
    sys.stdout.flush()
    return 0


def _differing_play(checked: CheckedScenario, performance: Performance) -> str:
    """Return the play until it differs, and what was expected there."""
    from kiosk.simulator.scenario.headless_play import expected_and_seen  # noqa: PLC0415

    title = checked.required().title
    head = _("{file}: {title}: it differs", file=checked.path, title=title)
    return "\n".join([head, *performance.transcript, *expected_and_seen(checked, performance)])
