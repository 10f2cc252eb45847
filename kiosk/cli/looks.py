"""``kiosk orders looks``: how fast payers pay, and when the kiosk looks at an order."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import typer

from kiosk.base.language import _, ngettext
from kiosk.cli.common import fail, load_or_exit
from kiosk.cli.daemon_commands import carry_out
from kiosk.cli.sale_records import read_journal
from kiosk.sale.look_times import LookTimes, planned
from kiosk.shell.commands import ForgetTimes

AGES = (15, 30, 60, 120, 240)  # seconds; the gaps at these ages are shown


def looks(config: Path, reset: bool, as_json: bool) -> None:
    """Perform ``kiosk orders looks``."""
    settings = load_or_exit(config)
    if reset and (refused := carry_out(settings, ForgetTimes())):
        fail(refused)
    paid_after = read_journal(settings.journal.path, lambda journal: journal.paid_after())
    budget, valid_for = settings.orders.looks_per_sale, settings.sale.expires_after
    plan = planned(paid_after, budget, valid_for)
    fields = {
        "looks_per_sale": budget,
        "learned_from": len(paid_after),
        "median": statistics.median(paid_after) if paid_after else None,
        "first_look": round(plan.gap(0.0), 1),
        "gaps": {age: round(plan.gap(age), 1) for age in AGES if age < valid_for},
    }
    typer.echo(json.dumps(fields) if as_json else _in_words(paid_after, budget, plan, valid_for))


def _in_words(paid_after: tuple[float, ...], budget: int, plan: LookTimes, valid_for: float) -> str:
    learned: str = _("learned from: no payment yet, so the usual times of payers are assumed")
    if paid_after:
        learned = ngettext(
            "learned from: {number} payment, after {middle:.0f} s",
            "learned from: {number} payments, half of them within {middle:.0f} s",
            len(paid_after),
            middle=statistics.median(paid_after),
        )
    gaps = {age: plan.gap(age) for age in AGES if age < valid_for}
    return "\n".join(
        (
            learned,
            _("looks at an order: {number} on average (orders.looks_per_sale)", number=budget),
            _("first look: {gap:.1f} s after the QR is on the panel", gap=plan.gap(0.0)),
            *(_("after {age} s: every {gap:.1f} s", age=age, gap=gap) for age, gap in gaps.items()),
        )
    )
