"""``kiosk fleet rollout``: whether more counters may take an update.

Whoever raises the share of a bundle asks first. The counters of the share before are its ring: all
of them must run the version, and be well.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import typer

from kiosk.base.language import _, ngettext
from kiosk.cli.chain.chain_account import Connect, run_viewer
from kiosk.cli.verbs.fleet_verbs import AccountOptions
from kiosk.fleet.viewer.chain_counters import ChainCounter, ChainCounters
from kiosk.orders.answers.json_values import clean


def judge_rollout(
    options: AccountOptions, version: str, share: int, away: int, as_json: bool
) -> None:
    """Perform ``kiosk fleet rollout``."""

    async def known(connect: Connect) -> ChainCounters:
        counters = ChainCounters()
        async with connect(counters):
            return counters

    counters = [*run_viewer(options, known)]
    reasons = [*reasons_to_wait(counters, version, share, away)]
    having = sum(has_version(each, version) for each in counters)
    if as_json:
        typer.echo(
            json.dumps({"version": version, "counters": having, "reasons": reasons}, indent=2)
        )
    else:
        for reason in reasons:
            typer.echo(reason)
        typer.echo(_verdict(version, having, bool(reasons)))
    if reasons:
        raise typer.Exit(1)


def reasons_to_wait(
    counters: Iterable[ChainCounter], version: str, share: int, away: int
) -> Iterator[str]:
    """Yield why the share must not be raised yet; ``away`` counters may be away."""
    known = list(counters)
    if not any(has_version(each, version) for each in known):
        yield _("no counter has {version} yet", version=version)
    for counter in known:
        if reason := _reason(counter, version, share):
            yield f"{counter.name}: {reason}"
    lost = [each for each in known if not each.online]
    if len(lost) > away:
        for counter in lost:
            why = "; ".join(counter.problems())
            yield _("{name}: its version is not known: {why}", name=counter.name, why=clean(why))


def _reason(counter: ChainCounter, version: str, share: int) -> str:
    """Return why a counter holds the update back; empty if it does not, or is away."""
    update = counter.health.update if counter.health else None
    if update and update.trial_failed and _same(update.trial_failed, version):
        return _("the update to {version} failed", version=version)
    if not counter.online:
        return ""
    if has_version(counter, version):
        return clean("; ".join(counter.problems()), 400)
    if update and update.ring is not None and update.ring < share:
        return _(
            "it belongs to the first {share} of 100, and still has {version}",
            share=share,
            version=clean(counter.version, 40),
        )
    return ""


def has_version(counter: ChainCounter, version: str) -> bool:
    """Whether the counter runs this version now."""
    return counter.online and _same(counter.version, version)


def _same(told: str, version: str) -> bool:
    """Whether it is the version, perhaps with the commit that it was built from."""
    return version in (told, told.partition("+")[0])


def _verdict(version: str, having: int, waits: bool) -> str:
    counted = ngettext(
        "{number} counter has {version}",
        "{number} counters have {version}",
        having,
        version=version,
    )
    if waits:
        return _("{counted}; do not give it to more yet", counted=counted)
    return _("{counted}, and all of them are well; more may have it", counted=counted)
