"""``kiosk sale``: sell through the running kiosk, from a script or another program."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import typer

from kiosk.base.language import _, system_reason
from kiosk.cli.common import fail
from kiosk.sale.words import Outcome, Unknown

OUTCOMES = {outcome.value for outcome in (*Outcome, *Unknown)}


def sale(amount: str, cancel: bool, wait: bool, path: Path, as_json: bool) -> None:
    """Perform ``kiosk sale``."""
    if bool(amount) == cancel:
        fail(_("write either an amount, as in kiosk sale 12.50, or --cancel"), code=2)
    with _connected(path) as program, program.makefile(encoding="utf-8") as file:
        program.sendall(b"cancel\n" if cancel else f"sale {amount}\n".encode())
        answer = file.readline().strip()
        if answer != "heard":
            fail(
                answer.removeprefix("rejected ")
                or _("the kiosk stopped before it got the amount; run the command again")
            )
        if cancel or not wait:
            return
        _print_result(next((line for line in file if line.split()[0] in OUTCOMES), ""), as_json)


def _connected(path: Path) -> socket.socket:
    program = socket.socket(socket.AF_UNIX)
    try:
        program.connect(str(path))
    except PermissionError:
        program.close()
        fail(_("{path}: no permission; run the command with sudo", path=path))
    except OSError as fault:
        program.close()
        fail(
            _(
                "{path}: {reason}; check that the kiosk runs and has an input with driver: command",
                path=path,
                reason=system_reason(fault),
            )
        )
    return program


def _print_result(result: str, as_json: bool) -> None:
    if not result:
        fail(_("the kiosk stopped before the sale ended; see kiosk orders list"))
    outcome, amount, reference = (*result.split(), "", "")[:3]
    fields = {"outcome": outcome, "amount": amount, "reference": reference}
    typer.echo(json.dumps(fields) if as_json else result.strip())
    raise typer.Exit(0 if outcome == Outcome.PAID else 1)
