"""``kiosk fleet ask`` and ``sales``: questions that the counters answer themselves."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TextIO

import anyio
import typer
from pydantic import BaseModel, ValidationError

from kiosk.base.errors import KioskError
from kiosk.base.language import _
from kiosk.box.finding import Finding, Level
from kiosk.cli.chain.chain_account import Connect, run_viewer
from kiosk.cli.chain.chain_list import ANSWER_TAKES, in_lines, the_counter
from kiosk.cli.sale_records import as_cell
from kiosk.cli.verbs.fleet_verbs import AccountOptions, CounterQuestion
from kiosk.fleet.payloads import FleetAnswer
from kiosk.fleet.viewer.chain_counters import ChainCounter, ChainCounters
from kiosk.fleet.viewer.chain_viewer import ChainViewer
from kiosk.orders.answers.json_values import clean

DOCTOR_TAKES = 130.0  # seconds: the kiosk ends an examination after 120
MOST_PAGES = 1000  # of the sales of a day at one counter; a kiosk that always has more is wrong


def ask_counter(
    options: AccountOptions, word: str, question: CounterQuestion, as_json: bool
) -> None:
    """Perform ``kiosk fleet ask``."""

    async def answered(connect: Connect) -> Mapping[str, Any]:
        counters = ChainCounters()
        async with connect(counters) as viewer:
            counter = the_counter(counters, word)
            takes = DOCTOR_TAKES if question is CounterQuestion.DOCTOR else ANSWER_TAKES
            return await _answer(viewer, counter, question.value, takes)

    answer = run_viewer(options, answered)
    if as_json:
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        for line in answer_lines(answer):
            typer.echo(line)
    findings = _findings(answer)
    if not answer or any(each.level is Level.BAD for each in findings):
        raise typer.Exit(1)


async def _answer(
    viewer: ChainViewer, counter: ChainCounter, question: str, takes: float, **more: Any
) -> Mapping[str, Any]:
    """Return what a counter answers; raises KioskError if it does not."""
    if not counter.online:
        why = "; ".join(counter.problems())
        raise KioskError(_("{name}: it is not connected: {why}", name=counter.name, why=clean(why)))
    answer = await viewer.ask(counter.name, question, takes, **more)
    return _checked(counter, question, answer, takes)


def _checked(
    counter: ChainCounter, question: str, answer: FleetAnswer | None, takes: float
) -> Mapping[str, Any]:
    if answer is None:
        raise KioskError(
            _(
                "{name}: no answer to {question} in {seconds} s; see kiosk fleet show {name}",
                name=counter.name,
                question=question,
                seconds=round(takes),
            )
        )
    if answer.answer is None:
        raise KioskError(f"{counter.name}: {clean(answer.error or '?', 400)}")
    return answer.answer


def answer_lines(answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield an answer for people: findings as those of kiosk doctor, and other facts as YAML."""
    findings = _findings(answer)
    if findings:
        yield from (clean(each.line(), 1000) for each in findings)
    elif answer:
        yield from in_lines(answer)
    else:
        yield _("it has none yet")


def _findings(answer: Mapping[str, Any]) -> list[Finding]:
    """Return the findings in an answer to ``doctor``; nothing if it has none, or not as we do."""
    try:
        return [
            Finding(**each | {"level": Level(each["level"])}) for each in answer.get("findings", ())
        ]
    except (TypeError, ValueError, KeyError):
        return []


class SoldRow(BaseModel):
    """A sale as a counter answers it to ``sales``."""

    reference: str
    order_id: str = ""
    amount: str
    currency: str
    outcome: str = ""  # it is still open
    source: str = ""
    created_at: str = ""
    ended_at: str = ""


class _Page(BaseModel):
    sales: list[SoldRow]
    more: bool = False


COLUMNS = ("shop", "kiosk", *SoldRow.model_fields)


@dataclass
class ChainSales:
    """The sales of a day at all counters; ``missing`` are sentences about those not asked."""

    rows: list[dict[str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def chain_sales(options: AccountOptions, day: datetime, as_json: bool) -> None:
    """Perform ``kiosk fleet sales``."""

    async def collected(connect: Connect) -> ChainSales:
        counters = ChainCounters()
        async with connect(counters) as viewer:
            return await collect(viewer, counters, f"{day:%F}")

    found = run_viewer(options, collected)
    if as_json:
        typer.echo(json.dumps(found.rows, indent=2, ensure_ascii=False))
    else:
        write_rows(found.rows, sys.stdout)
    for sentence in found.missing:
        typer.echo(sentence, err=True)
    if found.missing:
        raise typer.Exit(1)


def write_rows(rows: Iterable[dict[str, str]], file: TextIO) -> None:
    """Write RFC 4180 lines. The header is written even if there are no sales."""
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: as_cell(name, value) for name, value in row.items()})


async def collect(viewer: ChainViewer, counters: ChainCounters, day: str) -> ChainSales:
    """Ask all counters for their sales of a day, all at once; raises BrokerFault."""
    found = ChainSales()
    by_name: dict[str, list[dict[str, str]]] = {each.name: [] for each in counters}
    if not by_name:
        found.missing.append(_("no counter is known to the broker; see kiosk fleet list"))

    async def ask(counter: ChainCounter) -> None:
        try:
            by_name[counter.name] = await _sales_of(viewer, counter, day)
        except KioskError as error:
            found.missing.append(_("{why}; its sales are missing", why=error))

    async with anyio.create_task_group() as tasks:
        for counter in counters:
            tasks.start_soon(ask, counter)
    found.rows = [row for name in sorted(by_name) for row in by_name[name]]
    found.missing.sort()
    return found


async def _sales_of(viewer: ChainViewer, counter: ChainCounter, day: str) -> list[dict[str, str]]:
    shop, _slash, kiosk = counter.name.partition("/")
    sales = list[SoldRow]()
    for _number in range(MOST_PAGES):
        answer = await _answer(viewer, counter, "sales", ANSWER_TAKES, day=day, skip=len(sales))
        try:
            page = _Page.model_validate(answer, extra="ignore")
        except ValidationError:
            break
        sales += page.sales
        if not page.more:
            return [{"shop": shop, "kiosk": kiosk, **sale.model_dump()} for sale in sales]
    raise KioskError(_("{name}: its answer can't be read", name=counter.name))
