"""The verbs of the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.base.language import _
from kiosk.cli.verbs.shared_options import DEFAULT_CONFIG, ConfigOption

app = typer.Typer(rich_markup_mode=None)


@app.command()
def simulate(
    config: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", help="Any valid configuration. Default: one that is included."
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, help="The port of the page, or the next free one; 0 takes any."
        ),
    ] = 8800,
    folder: Annotated[
        Path | None,
        typer.Option(help="The folder for all that the simulated counter writes."),
    ] = None,
    scenario: Annotated[
        list[Path] | None,
        typer.Option(help="Play this scenario: a file, or the name of one that is shipped."),
    ] = None,
    headless: Annotated[
        bool,
        typer.Option(
            "--headless", help="Play without a page, without waiting. Exit 1: it differs."
        ),
    ] = False,
    record: Annotated[
        Path | None, typer.Option(help="Write what is done by hand at the page as a scenario.")
    ] = None,
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[SCENARIO]...", help="More scenarios to play.")
    ] = None,
) -> None:
    """Simulate a counter: the real daemon, a twin of each device, a fake service, and a page.

    Everything is on 127.0.0.1. No device, journal or token of a real kiosk is touched. A scenario
    is a file of steps and of what must be seen; kiosk schema --scenario prints its JSON Schema.
    """
    played = [*(scenario or ()), *(more or ())]
    if headless:
        from kiosk.cli import scenarios

        scenarios.play_headless(played)
        return
    from kiosk.cli import simulate as work

    work.simulate(config, port, folder, played, record)


@app.command()
def bench(
    host: Annotated[
        str, typer.Argument(help="The kiosk, as ssh knows it. Default: the one on this computer.")
    ] = "",
    attach: Annotated[
        bool, typer.Option("--attach", help="Show a real kiosk. Nothing can be changed there.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port of the page; 0 takes any.")
    ] = 8810,
    config: ConfigOption = DEFAULT_CONFIG,
    log: Annotated[
        Path | None, typer.Option(help="The kiosk's log, if it is in a file. Default: journald.")
    ] = None,
    feed: Annotated[bool, typer.Option("--feed", hidden=True)] = False,
) -> None:
    """Show a real kiosk on a page of this computer: its panel, its status, its log.

    The kiosk is reached with your own ssh: kiosk bench --attach kiosk@192.168.0.20
    """
    if feed:
        from kiosk.cli import attach_feed

        attach_feed.feed(config, log)
        return
    if not attach:
        raise typer.BadParameter(_("write --attach; for a simulated counter, run: kiosk simulate"))
    from kiosk.cli import attach as work

    work.attach(host, config, port, log)


@app.command("simulate-api", hidden=True)
def simulate_api(  # noqa: PLR0913, PLR0917 - each is an option of the command
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port; 0 takes any free port.")
    ] = 9000,
    faults: Annotated[
        Path | None,
        typer.Option(help="A file with fault rules; see kiosk.simulator.faults.fault_rules."),
    ] = None,
    pos: Annotated[
        list[str] | None, typer.Option(help="The external id of a point of sale. Can be repeated.")
    ] = None,
    country: Annotated[
        str, typer.Option(help="The country of the account: AR, BR, CL or UY.")
    ] = "AR",
    qr_shape: Annotated[
        str, typer.Option(help="The shape of the QRs, such as ar-long, br-pix or br-both.")
    ] = "",
    pay_after: Annotated[
        float | None, typer.Option(min=0, help="Pay each order after this many seconds.")
    ] = None,
    paying_takes: Annotated[
        float, typer.Option(min=0, help="For how many seconds a payment locks the order.")
    ] = 0,
    refund_takes: Annotated[
        float, typer.Option(min=0, help="After how many seconds a refund is complete.")
    ] = 0,
    partial_refunds: Annotated[
        bool, typer.Option(help="Whether the account allows partial refunds.")
    ] = True,
    cash_out: Annotated[bool, typer.Option(help="Whether the seller may hand out cash.")] = False,
    user_id: Annotated[
        str,
        typer.Option(
            help="The account's number in the paths of the older APIs. Default: any number."
        ),
    ] = "",
    seed: Annotated[
        int | None, typer.Option(help="The same seed gives the same ids again.")
    ] = None,
) -> None:
    """Serve a fake Orders API on 127.0.0.1. Every access token except BAD is valid."""
    from kiosk.cli import simulate_api as work

    work.simulate_api(
        port,
        faults,
        pos,
        country,
        qr_shape,
        pay_after,
        paying_takes,
        refund_takes,
        partial_refunds,
        cash_out,
        user_id,
        seed,
    )
