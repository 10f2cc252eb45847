"""``kiosk fleet list`` and ``show``: what is known of the counters now."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator

import typer
import yaml

from kiosk.base.errors import KioskError
from kiosk.base.language import _, mark
from kiosk.cli.chain.chain_account import Connect, run_viewer
from kiosk.cli.chain.chain_table import counter_as_json, last_sale, local_time, table
from kiosk.cli.verbs.fleet_verbs import AccountOptions
from kiosk.config.fault import did_you_mean
from kiosk.fleet.viewer.chain_counters import ChainCounter, ChainCounters
from kiosk.orders.answers.json_values import clean

_FOR_PROGRAMS = {"v", "boot", "seq"}
NO_COUNTER = mark(
    "no counter is known to the broker; check that a kiosk has connected, and that "
    "this account may read kiosk/v1/#"
)
ANSWER_TAKES = 5.0  # seconds; a counter that is online answers in less than one


def list_counters(options: AccountOptions, as_json: bool) -> None:
    """Perform ``kiosk fleet list``."""
    counters = run_viewer(options, all_counters)
    if as_json:
        typer.echo(json.dumps([*map(counter_as_json, counters)], indent=2, ensure_ascii=False))
    else:
        for line in table(counters, columns_of_output()):
            typer.echo(line)
    if any(counter.problems() for counter in counters):
        raise typer.Exit(1)


def columns_of_output() -> int | None:
    """Return the width of the terminal; without one, lines are as long as they are: a wide one."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize


async def all_counters(connect: Connect) -> ChainCounters:
    """Return all counters, with their newest sales; raise KioskError if there are none."""
    counters = ChainCounters()
    async with connect(counters) as viewer:
        await viewer.learn_last_sales([each.name for each in counters if each.online], ANSWER_TAKES)
    if not list(counters):
        raise KioskError(_(NO_COUNTER))
    return counters


def show_counter(options: AccountOptions, word: str, as_json: bool) -> None:
    """Perform ``kiosk fleet show``."""

    async def seen(connect: Connect) -> ChainCounter:
        counters = ChainCounters()
        async with connect(counters) as viewer:
            counter = the_counter(counters, word)
            if counter.online:
                await viewer.learn_last_sales([counter.name], ANSWER_TAKES)
        return counter

    counter = run_viewer(options, seen)
    if as_json:
        typer.echo(json.dumps(counter_as_json(counter), indent=2, ensure_ascii=False))
    else:
        for line in _page(counter):
            typer.echo(line)
    if counter.problems():
        raise typer.Exit(1)


def the_counter(counters: ChainCounters, word: str) -> ChainCounter:
    """Return the counter of this name; raises KioskError if there is none, or more than one."""
    match counters.named(word):
        case [counter]:
            return counter
        case []:
            meant = did_you_mean(word, [each.name for each in counters])
            text = (
                mark("{word}: the broker knows no such counter; did you mean {meant}?")
                if meant
                else mark("{word}: the broker knows no such counter; see kiosk fleet list")
            )
            raise KioskError(_(text, word=clean(word, 80), meant=meant))
        case several:
            names = ", ".join(each.name for each in several)
            text = mark("{word}: several shops have one; write one of {names}")
            raise KioskError(_(text, word=word, names=names))


def _page(counter: ChainCounter) -> Iterator[str]:
    yield f"{counter.name}  {_(counter.state) if counter.state else '?'}"
    for problem in counter.problems():
        yield "  " + _("problem: {problem}", problem=clean(problem, 1000))
    for what, text in (
        (_("since"), local_time(counter.since)),
        (_("version"), clean(counter.version, 40)),
        (_("last sale"), last_sale(counter)),
    ):
        if text:
            yield f"  {what}: {text}"
    if counter.health:
        yield from in_lines(
            counter.health.model_dump(exclude_none=True, exclude={"v", "boot", "seq"})
        )


def in_lines(facts: object) -> Iterator[str]:
    """Yield what a kiosk has told, in YAML, which people can read."""
    for line in yaml.safe_dump(facts, allow_unicode=True, sort_keys=False).splitlines():
        yield f"  {clean(line, 1000)}"
