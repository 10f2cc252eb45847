"""What `kiosk check` accepts: the file that is there, each answer, and all answers together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import typer

from kiosk.base.language import _, system_reason
from kiosk.cli.common import fail
from kiosk.cli.first_start.question import Question
from kiosk.config.counter_warnings import legibility
from kiosk.config.fault import ConfigFault
from kiosk.config.judgement import judge
from kiosk.config.loader import with_line_feeds
from kiosk.config.parsing import parse_settings
from kiosk.config.reference import explain
from kiosk.config.sections import Config
from kiosk.display.screens.legibility import Verdict

Tree = dict[str, Any]


class FaultyAnswers(Exception):
    """The answers so far don't go together. Its argument: a sentence for each fault."""


def tree_of(config: Path) -> Tree:
    """Return the settings in the file; empty for none, and for the example of scripts/install."""
    try:
        data = config.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        fail(
            _(
                "{path}: the file can't be read ({reason}); check its name and its permissions",
                path=config,
                reason=system_reason(error),
            ),
            code=2,
        )
    with suppress(OSError):
        if config.with_name(f"{config.name}.dist").read_bytes() == data:
            return {}
    parsed = parse_settings(with_line_feeds(data.decode("utf-8-sig", "replace")), Config)
    if parsed.faults:
        typer.echo("\n".join(fault.line(str(config)) for fault in parsed.faults), err=True)
        fail(
            _(
                "{path} has faults; correct them, or move the file away; then run this again",
                path=config,
            ),
            code=2,
        )
    return parsed.document.tree


def complaint(question: Question, tree: Tree, text: str) -> str:
    """Return what is wrong with an answer; empty if it is fine."""
    try:
        changed = question.put(tree, text)
    except ValueError as error:
        return str(error)
    parsed = parse_settings(explain(changed, Config), Config)
    for fault in parsed.faults:
        if fault.key.startswith(question.section):
            return fault.message
    panel = legibility(parsed.settings) if parsed.settings and question.flag == "panel" else None
    return panel.sentence() if panel and panel.verdict is Verdict.FAIL else ""


def settings_of(tree: Tree) -> Config:
    """Return the settings of answers so far. Raises FaultyAnswers if two of them clash."""
    parsed = parse_settings(explain(tree, Config), Config)
    if parsed.settings is None:
        raise FaultyAnswers(_sentences(parsed.faults))
    return parsed.settings


def accepted_settings(text: str) -> Config:
    """Return the settings of a file that `kiosk check` accepts. Raises FaultyAnswers."""
    with open(
        os.memfd_create("kiosk.yaml"), "wb"
    ) as file:  # in memory: nothing is left on the disk
        file.write(text.encode())
        file.flush()
        judged = judge(Path(f"/proc/self/fd/{file.fileno()}"), {})
    faults = [each for each in judged.faults if not each.key.startswith("orders.token")]
    if faults or judged.checked.config is None:
        raise FaultyAnswers(_sentences(faults))
    return judged.checked.config


def _sentences(faults: Iterable[ConfigFault]) -> str:
    return "\n".join(f"{fault.key}: {fault.message}" for fault in faults)
