"""What a kiosk writes: its status file, its journal, its files; and scenarios, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from kiosk.base.language import _, mark
from kiosk.cli.manual.settings_list import settings_of
from kiosk.sale.phases import STATES
from kiosk.sale.words import Outcome

STATUS = {
    "state": mark("What the counter does now: {states}."),
    "reference": mark("The reference of the current sale; null if there is none."),
    "order": mark("The id of its order at the service; null if there is none yet."),
    "basket": mark("Whether items are being scanned into a basket."),
    "health": mark("For each reason code: `ok` or `failed`."),
    "set_aside": mark(
        "The references of the sales that wait for a decision: `kiosk orders settle`."
    ),
    "problems": mark("Sentences: what is wrong, and what to do."),
    "configuration": mark("`last_good` while the file has faults and the last good one is used."),
    "inputs": mark("For each input, by its name: see Inputs."),
    "pid": mark("The number of the process. If it does not run, the file is old."),
    "parts": mark("The parts of each text, from which `kiosk status` says it in another language."),
}
INPUT_STATUS = {
    "connected": mark("Whether the device is there and open."),
    "since": mark("When that began, in seconds since 1970."),
    "why": mark("Why it is not connected; empty if it is."),
    "accepted": mark("How many readings were accepted since the start."),
    "rejected": mark("How many were rejected: the panel asked for another reading."),
    "repeated": mark("How many were left out because they were the same one again."),
    "unread": mark("How many ended without an amount."),
    "noisy": mark("Whether so many are rejected that the sale is not told of them."),
    "latest": mark("The latest readings: `number`, `verdict` and `text`."),
}
COLUMNS = {
    "reference": mark("The sale's own number, `external_reference` of its order."),
    "source": mark("The input that asked, and gets the reply."),
    "amount": mark("What was asked for, as a plain decimal: `1234.56`."),
    "currency": mark("ARS, BRL, CLP or UYU."),
    "idempotency_key": mark("With the same key, the service never creates a second order."),
    "request": mark("The exact bytes that create the order."),
    "order_id": mark("The order's id at Mercado Pago."),
    "refund_at": mark("When it was decided to give the money back."),
    "outcome": mark("How it ended: {outcomes}; NULL while open."),
    "created_at": mark("When it began, UTC, by this computer's clock, which may be wrong."),
    "ended_at": mark("When it ended, UTC."),
    "told_at": mark("When the register had its answer."),
    "ticket": mark("The input's own number for the sale; empty if it has none."),
    "paid_amount": mark("What was paid, as a plain decimal."),
    "payment_id": mark("The operation number on a payer's receipt."),
    "payment_method": mark("How it was paid, such as `account_money`."),
    "refunded_amount": mark("What was given back, as a plain decimal."),
    "set_aside_at": mark("When the kiosk stopped waiting for an end."),
    "looked_at": mark("When the kiosk last asked the service after the end."),
    "note": mark("Why a person decided the outcome."),
    "paid_after": mark("How many seconds after its QR the sale was paid."),
    "amount_id": mark("The `id` of an amount that came over the network; it is sold once."),
}
FILES = {
    "/etc/kiosk/kiosk.yaml": mark("The configuration."),
    "/etc/kiosk/kiosk.schema.json": mark("The schema of the configuration, for editors."),
    "/etc/kiosk/token": mark(
        "The access token. Only root can read it; systemd passes it to the kiosk."
    ),
    "/etc/kiosk/update-signers": mark("The keys whose signed updates are installed."),
    "/etc/kiosk/update-revoked": mark("Keys that are not valid any more."),
    "/etc/kiosk/update-address": mark(
        "From where updates are fetched at night; it may be missing."
    ),
    "/var/lib/kiosk": mark(
        "The journal and all else that must outlive a power cut. Save this folder."
    ),
    "/var/lib/kiosk-updates": mark("Put a signed update here: it is installed at night."),
    "/run/kiosk": mark(
        "The status file and the socket for commands; in memory, gone after a restart."
    ),
    "/opt/kiosk/current": mark("The release that is used."),
    "/opt/kiosk/previous": mark(
        "The release before: `sudo /opt/kiosk/current/share/scripts/install --rollback`."
    ),
    "/usr/local/bin/kiosk": mark("The command."),
    "/usr/local/lib/systemd/system": mark(
        "The units. `sudo systemctl edit kiosk` keeps your changes."
    ),
}


def status() -> str:
    """List the fields of the status file."""
    return "\n".join(_items(STATUS))


def input_status() -> str:
    """List the fields of an input in the status file."""
    return "\n".join(_items(INPUT_STATUS))


def journal() -> str:
    """List the columns of the table ``sales``."""
    return "\n".join(_items(COLUMNS))


def installed_files() -> str:
    """List the files and folders of an installed system."""
    return "\n".join(_items(FILES))


def topics() -> str:
    """List the topics of the fleet, their messages and the fields of each."""
    from kiosk.fleet.asyncapi import PUBLISHED, TAKEN  # noqa: PLC0415 - only for this list

    lines = []
    for topic, models in {**PUBLISHED, **TAKEN}.items():
        lines.append(f"\n## `{topic}`")
        for model in models:
            fields = {name: field.description or "" for name, field in model.model_fields.items()}
            lines += ["", f"### {model.__name__}", "", *_items(fields)]
    return "\n".join(lines)


def scenarios() -> str:
    """List what a step of a scenario can be."""
    from kiosk.simulator.acts.expectation import Step  # noqa: PLC0415 - an extra may be missing

    return settings_of(Step)


def scenario_files() -> str:
    """List the scenarios of the package: the title of each, and its file."""
    folder = files("kiosk.simulator.scenario") / "scenarios"
    shipped = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda it: it.name
    )
    return "\n".join(line for file in shipped for line in _scenario(file))


def _scenario(file: Traversable) -> Iterator[str]:
    name = file.name.removesuffix(".yaml")
    lines = [line for line in file.read_text("utf-8").splitlines() if line[:1] != "#"]
    title = next(line for line in lines if line.startswith("title: "))
    yield f"(scenario-{name.replace('_', '-')})=\n## {title.removeprefix('title: ')}\n"
    yield f"`{name}`\n"
    yield from ("```yaml", *lines, "```\n")


def _items(fields: Mapping[str, str]) -> Iterator[str]:
    words = {"states": _listed(set(STATES.values())), "outcomes": _listed(Outcome)}
    for name, text in fields.items():
        yield f"- `{name}`: {_(text, **words)}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in sorted(words))
