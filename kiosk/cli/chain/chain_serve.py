"""``kiosk fleet serve``: a page with all counters, for browsers on this computer only."""

from __future__ import annotations

from collections.abc import Iterable

import anyio
import typer
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from kiosk.base.http_server import LOOPBACK, serve
from kiosk.base.language import _
from kiosk.cli.chain.chain_account import Connect, run_viewer
from kiosk.cli.chain.chain_page import POLICY, page
from kiosk.cli.chain.chain_watch import ChainWatch
from kiosk.cli.extra import listen_or_exit
from kiosk.cli.verbs.fleet_verbs import AccountOptions

AGAIN = 5  # seconds until the browser asks for the page again
_HEADERS = {
    "Refresh": str(AGAIN),
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def serve_counters(options: AccountOptions, port: int) -> None:
    """Perform ``kiosk fleet serve``, until Ctrl-C."""
    with listen_or_exit(port) as listener:
        address = f"http://{LOOPBACK}:{listener.getsockname()[1]}"

        async def served(connect: Connect) -> None:
            watch = ChainWatch(_show_nothing, columns=lambda: None)
            typer.echo(_("open {address} in a browser; Ctrl-C ends it", address=address))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(watch.run, connect)
                await serve(application(watch), listener)

        run_viewer(options, served)


def application(watch: ChainWatch) -> Starlette:
    """Return the server of the page. Another site's name for this computer is refused."""

    async def show(_request: Request) -> HTMLResponse:
        return HTMLResponse(page(watch.counters, watch.problem), headers=_HEADERS)

    own_names = Middleware(TrustedHostMiddleware, allowed_hosts=[LOOPBACK, "localhost"])
    return Starlette(routes=[Route("/", show)], middleware=[own_names])


def _show_nothing(_lines: Iterable[str], _last: object = None, /) -> None:
    """Draw nothing in the terminal: the browser asks for the page."""
