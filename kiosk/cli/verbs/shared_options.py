"""The options that several verbs have, and the words that an option and its command share."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

# For every group of verbs. Without this default, typer imports pydantic to find out that --help
# was not written before the name of the verb.
GROUP_CONTEXT = {"default_map": {"help": False}}

DEFAULT_CONFIG = Path("/etc/kiosk/kiosk.yaml")

ConfigOption = Annotated[
    Path,
    # The loader reports an unreadable file, in the same form as all other faults.
    typer.Option("--config", "-c", help="The configuration file.", readable=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
SecondsOption = Annotated[
    float, typer.Option("--for", help="Stop after this many seconds. Default: until Ctrl-C.")
]
InputOption = Annotated[
    str, typer.Option("--input", help="The name of the input. Not needed if there is only one.")
]
DayOption = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Only this day, in the time zone of this computer."),
]
OutcomeOption = Annotated[
    str | None,
    typer.Option(help="Only this outcome: paid, canceled, expired, refused, …, open or set-aside."),
]


class OrderMode(StrEnum):
    """The modes of the Orders API."""

    DYNAMIC = "dynamic"
    STATIC = "static"
    HYBRID = "hybrid"


class ExportFormat(StrEnum):
    """The format of an export."""

    CSV = "csv"
    JSON = "json"


def _cleaned(word: str) -> str:
    # A terminal may pass bytes that are not UTF-8, which no database and no address can hold.
    from kiosk.orders.answers.json_values import clean

    return clean(word)


SaleWord = Annotated[
    str,
    typer.Argument(
        callback=_cleaned,
        help="The reference of a sale, its code on the panel, the id of an order, or the operation "
        "number on a payer's receipt.",
    ),
]
