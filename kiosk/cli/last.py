"""``kiosk last``: how the last sale ended; the counter's voice can say it again."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from kiosk.base.language import _
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.daemon_commands import tell_daemon
from kiosk.cli.sale_records import read_journal
from kiosk.shell.commands import SayLast


def last(config: Path, say: bool, as_json: bool) -> None:
    """Perform ``kiosk last``."""
    settings = load_or_exit(config)
    if say and not settings.signals.voice:
        fail(
            _("this kiosk has no voice; write signals: {voice: {}} into its configuration"), code=2
        )
    found = read_journal(settings.journal.path, lambda journal: journal.last_result())
    if found is None:
        fail(_("{path}: no sale has a result yet", path=settings.journal.path))
    sale, result = found
    if as_json:
        amount, currency = sale.amount.plain(), sale.amount.currency.code
        fields = {"reference": sale.reference, "result": result.value, "amount": amount}
        typer.echo(json.dumps(fields | {"currency": currency}))
    else:
        typer.echo(f"{result}  {sale.amount}  {sale.reference}")
    if say and (refused := tell_daemon(settings, SayLast())):
        fail(_("{refused}, so nothing is said; see kiosk status", refused=refused))
