"""What the commands of extras share. The simulator is an extra of the package, and has a page."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from kiosk.base.language import _, system_reason
from kiosk.cli.common import fail


@contextmanager
def needs_extra(extra: str) -> Iterator[None]:
    """Import what belongs to an extra here; exit with what to install if it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        said = _(
            "{name} is missing; run: pip install 'kiosk[{extra}]'", name=error.name, extra=extra
        )
        fail(said, code=2)


simulator_extra = partial(needs_extra, "simulator")


def allow_trio() -> None:
    """Let trio be imported: other commands do without it, to start sooner."""
    if sys.modules.get("trio", _) is None:
        del sys.modules["trio"]


def listen_or_exit(port: int, *, tries: int = 1) -> socket.socket:
    """Listen on this port of this computer, or on one of the next; 0 is any that is free."""
    from kiosk.base.http_server import listen  # noqa: PLC0415

    last = min(port + tries - 1, 65535) if port else 0
    while True:
        try:
            return listen(port)
        except OSError as error:
            if port >= last:
                reason = system_reason(error)
                fail(
                    _(
                        "port {port} can't be used ({reason}); choose another with --port",
                        port=port,
                        reason=reason,
                    ),
                    code=2,
                )
        port += 1


def manual_page(word: str) -> str:
    """Return a page of the manual as HTML. Raises ConfigError."""
    from kiosk.cli.manual.html_page import as_html  # noqa: PLC0415 - only if somebody reads

    return as_html(word)
