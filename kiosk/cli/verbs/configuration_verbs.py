"""The verbs about the configuration, and about what follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.verbs.shared_options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    OrderMode,
)
from kiosk.sale.words import Screen

app = typer.Typer(rich_markup_mode=None)


@app.command()
def check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE]...",
            help=f"The configuration files to check. Default: {DEFAULT_CONFIG}",
            readable=False,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="A file to check, as for other commands."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether a counter can sell, and list every fault: FILE:LINE:COLUMN: setting: what to do.

    What is missing on this computer, such as a device or the token, is only a warning, because the
    kiosk may have it. A line about the panel says from how far away phones read its QRs. The last
    line begins with "ready to sell" or "not ready". Exit 1: not ready. Exit 2: no such file.
    """
    from kiosk.cli import check as work

    named = [*(files or ()), *([config] if config else ())]
    work.check(named or [DEFAULT_CONFIG], as_json)


@app.command()
def schema(
    manual: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Print FILE with all settings and their explanations."),
    ] = None,
    scenario: Annotated[
        bool, typer.Option("--scenario", help="Print the schema of scenarios of kiosk simulate.")
    ] = False,
) -> None:
    """Print the JSON Schema of the configuration, for editors that complete and check YAML."""
    if scenario:
        from kiosk.cli import scenarios

        scenarios.print_schema()
        return
    from kiosk.cli import check as work

    work.schema(manual)


@app.command()
def preview(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    output: Annotated[Path, typer.Option("--output", "-o", help="The PNG file to write.")],
    panel: Annotated[
        str, typer.Option(help="Name of the panel, or its size, such as 250x122.")
    ] = "",
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            help="Draw for the panel, shop, logo and language of this configuration file.",
            readable=False,
        ),
    ] = None,
    qr: Annotated[str, typer.Option(help="Draw the screen scan_me with this QR text.")] = "",
    screen: Annotated[
        str, typer.Option(help=f"Draw this: {', '.join(Screen)}, printed_code.")
    ] = "",
    every: Annotated[
        bool,
        typer.Option("--all", help="Draw all screens on one sheet, for PANEL or for all panels."),
    ] = False,
    language: Annotated[
        str, typer.Option(help="Language of the texts: es, pt or en. Default: es.")
    ] = "",
    amount: Annotated[str, typer.Option(help="The amount, such as 1234.56.")] = "1234.56",
    currency: Annotated[
        str, typer.Option(help="The currency: ARS, BRL, CLP or UYU. Default: ARS.")
    ] = "",
) -> None:
    """Write a PNG file with exactly the pixels that a panel would get.

    Exit code 1: the QR does not fit on the panel.
    """
    from kiosk.cli import preview as work

    work.preview(output, panel, config, qr, screen, every, language, amount, currency)


@app.command()
def wiring(
    file: Annotated[
        Path,
        typer.Argument(help=f"The configuration file. Default: {DEFAULT_CONFIG}", readable=False),
    ] = DEFAULT_CONFIG,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Draw on a page of A4, and write this SVG file."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say how the parts of this configuration are connected: pins, resistors, parts list.

    Without -o, it is a table. Exit 1: two settings use the same GPIO line or port.
    """
    from kiosk.cli import wiring as work

    work.wiring(file, output, as_json)


@app.command()
def doctor(
    file: Annotated[
        Path | None, typer.Argument(help="The same as --config FILE.", readable=False)
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
    api: Annotated[
        bool, typer.Option("--api", help="Create, read and cancel a small order.")
    ] = False,
    mode: Annotated[
        list[OrderMode] | None, typer.Option(help="Check this mode too. Can be repeated.")
    ] = None,
    production: Annotated[
        bool, typer.Option(help="Allow credentials that take real money.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Look at the whole box: a line for each thing, with what it means and how to fix it.

    Exit 1: something keeps the counter from selling. Nothing is changed, and no order is created
    without --api. That checks the account with a small order, which is valid for 30 seconds, is not
    shown to anybody and is canceled at once.
    """
    from kiosk.cli import doctor as work

    work.doctor(file or config, api, mode, production, as_json)


@app.command()
def bundle(
    output: Annotated[Path, typer.Option("--output", "-o", help="The .tar.gz file to write.")],
    config: ConfigOption = DEFAULT_CONFIG,
    log: Annotated[
        Path | None,
        typer.Option(help="A file with the log of the kiosk. Default: that of journald."),
    ] = None,
    record: Annotated[
        bool, typer.Option("--record", help="Mark the log while you show the fault.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write it without a question.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Collect what support needs to find a fault: log, findings, configuration, sales, versions.

    No token, no code and no data of a payer are in it: words that are not the kiosk's own are
    masked. It lists what is in it and what is not before it writes.
    """
    from kiosk.cli import bundle as work

    work.bundle(output, config, log_file=log, record=record, yes=yes, as_json=as_json)


@app.command()
def migrate(
    file: Annotated[
        Path | None,
        typer.Argument(
            help=f"A configuration with an older orders driver. Default: {DEFAULT_CONFIG}"
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="The same as FILE, as for other commands."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The new file. Default: standard output.")
    ] = None,
    check: Annotated[
        bool, typer.Option(help="Make sample sales with both on the simulator, and compare.")
    ] = False,
) -> None:
    """Convert the configuration to the Orders API, and list the changes.

    The old file is not changed. Exit 1: something must be changed by hand, or, with --check, a
    sample sale ends in another way.
    """
    from kiosk.cli import migrate as work

    work.migrate(file or config or DEFAULT_CONFIG, output, check)
