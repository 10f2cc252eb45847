"""The verb that shows the manual."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command()
def manual(
    page: Annotated[
        str | None, typer.Argument(help="The page, such as scanner. Default: list all pages.")
    ] = None,
) -> None:
    """Show a page of the manual, or list the pages. It needs no network.

    A long page is shown through a pager: q ends it. Exit 2: there is no such page.
    """
    from kiosk.cli.manual import reader

    reader.show_manual(page)
