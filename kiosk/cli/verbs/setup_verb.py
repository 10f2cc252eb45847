"""The verb that sets a counter up."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.cli.verbs.shared_options import DEFAULT_CONFIG, ConfigOption, JsonOption

app = typer.Typer(rich_markup_mode=None)


def _answer(name: str, text: str) -> Any:
    return typer.Option(f"--{name}", help=text, metavar="TEXT")


@app.command()
def setup(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    config: ConfigOption = DEFAULT_CONFIG,
    units: Annotated[
        bool,
        typer.Option(
            "--units", help="Ask nothing: give the service access to the configured devices."
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Ask nothing: take the default of each answer.")
    ] = False,
    token_file: Annotated[
        str | None, _answer("token-file", "A file with the access token.")
    ] = None,
    name: Annotated[str | None, _answer("name", "The name of this counter.")] = None,
    shop: Annotated[str | None, _answer("shop", "The name of the shop on the panel.")] = None,
    language: Annotated[
        str | None, _answer("language", "The language on the panel: es, pt or en.")
    ] = None,
    currency: Annotated[
        str | None, _answer("currency", "The currency: ARS, BRL, CLP or UYU.")
    ] = None,
    pos: Annotated[str | None, _answer("pos", "The external id of the point of sale.")] = None,
    panel: Annotated[
        str | None, _answer("panel", "The panel, by chip and inches: ssd1309-2.42.")
    ] = None,
    interface: Annotated[
        str | None, _answer("interface", "How an OLED panel is wired: i2c or spi.")
    ] = None,
    address: Annotated[str | None, _answer("address", "The panel's I²C address.")] = None,
    dc: Annotated[str | None, _answer("dc", "The GPIO line of the panel's DC.")] = None,
    reset: Annotated[str | None, _answer("reset", "The GPIO line of the panel's RST.")] = None,
    busy: Annotated[str | None, _answer("busy", "The GPIO line of the panel's BUSY.")] = None,
    port: Annotated[str | None, _answer("port", "The serial port of the register.")] = None,
    register: Annotated[
        str | None, _answer("register", "The register's driver: serial_line or escpos_printer.")
    ] = None,
    baud: Annotated[str | None, _answer("baud", "The register's bits per second.")] = None,
    number: Annotated[
        str | None, _answer("number", "How the register writes 1234.56: 1.234,56.")
    ] = None,
    reply_paid: Annotated[
        str | None, _answer("reply-paid", "What the register gets once it is paid: 'OK {amount}'.")
    ] = None,
    reply_failed: Annotated[
        str | None, _answer("reply-failed", "What it gets if it is not paid: 'NO {outcome}'.")
    ] = None,
    scanner: Annotated[
        str | None, _answer("scanner", "The device file of a scanner that types.")
    ] = None,
    lamps: Annotated[
        str | None, _answer("lamps", "The GPIO lines of the lamps: red=17,green=27.")
    ] = None,
    buzzer: Annotated[
        str | None, _answer("buzzer", "The GPIO line of the buzzer, and its kind: '18 passive'.")
    ] = None,
    listen: Annotated[
        float, typer.Option(help="How many seconds a register or a scanner is waited for.")
    ] = 60,
    base_url: Annotated[str | None, _answer("base-url", "The address of the service.")] = None,
    root: Annotated[
        Path, typer.Option("--root", "-o", help="The root folder of the system to set up.")
    ] = Path("/"),
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Print the files that would change, and write nothing."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Set the counter up: find its devices, ask for the rest, and write the configuration.

    Each option that takes TEXT answers a question; - stands for nothing. What is in the
    configuration already is the default. All files are written at the end, together: Ctrl-C
    changes nothing. With --units, only the drop-in files of the service and its kernel modules are
    written, as the configuration needs them.
    """
    if units:
        from kiosk.cli import setup as work

        work.setup(config, root, dry_run, as_json)
        return
    answers = {
        "token-file": token_file,
        "name": name,
        "shop": shop,
        "language": language,
        "currency": currency,
        "pos": pos,
        "panel": panel,
        "interface": interface,
        "address": address,
        "dc": dc,
        "reset": reset,
        "busy": busy,
        "port": port,
        "register": register,
        "baud": baud,
        "number": number,
        "reply-paid": reply_paid,
        "reply-failed": reply_failed,
        "scanner": scanner,
        "lamps": lamps,
        "buzzer": buzzer,
        "listen": str(listen),
        "base-url": base_url,
    }
    from kiosk.cli.first_start.first_start import first_start

    first_start(config, root, answers, yes=yes, dry_run=dry_run, as_json=as_json)
