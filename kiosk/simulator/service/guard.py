"""What no web page of another site may do: reach the simulator through this computer's browser.

A browser on this computer can send requests to 127.0.0.1 for any page that it shows. Such a request
is recognized by what a browser always sends: with DNS rebinding, the ``Host`` is another name; from
a page of another site, ``Origin`` (or ``Sec-Fetch-Site``) says so, and it has a content type that
needs no permission. Programs such as curl send neither of the first two.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST_BODY = 64 * 1024  # bytes
NAMES = ("127.0.0.1", "localhost")  # of this computer
SAFE = ("GET", "HEAD")
# What a form, or a page without permission, can send (Fetch standard, 2.2.2).
_OF_FORMS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data")
_OWN_SITE = ("", "same-origin", "none")  # Sec-Fetch-Site; "none": the person typed the address


class Guarded:
    """An application behind the checks. Without a ``prefix`` they are made for every path."""

    def __init__(self, app: ASGIApp, prefix: str = "") -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse it with a sentence."""
        if scope["type"] != "http" or not scope["path"].startswith(self._prefix):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        if refusal := refused(request):
            await refusal(scope, receive, send)
        else:
            await self._app(scope, _bounded(receive), send)


def refused(request: Request) -> Response | None:
    """Return the answer to a request that another site may have made, else None."""
    host, origin = request.headers.get("host", ""), request.headers.get("origin")
    if not is_ours(host, request.scope.get("server")):
        return sentence(
            421, "this is not the simulator's address; open it as http://127.0.0.1:PORT"
        )
    if request.method in SAFE:
        return None
    site = request.headers.get("sec-fetch-site", "")
    if site not in _OWN_SITE or origin not in (None, f"http://{host}"):
        return sentence(403, "a page of another site can't change anything here")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _OF_FORMS:
        return sentence(415, "this takes JSON only; send it with content-type: application/json")
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LONGEST_BODY:
        return sentence(413, f"this is too long; send at most {LONGEST_BODY} bytes")
    return None


def is_ours(host: str, server: tuple[str, int | None] | None) -> bool:
    """Whether a ``Host`` header names this computer, and the port that was connected to."""
    name, _, port = host.partition(":")
    served = server[1] if server else None
    return name.lower() in NAMES and (served is None or port == str(served))


def sentence(status: int, text: str) -> Response:
    """Return an answer with a sentence for a person."""
    return JSONResponse({"error": text}, status)


def _bounded(receive: Receive) -> Receive:
    """Return ``receive``, and end the request when more bytes come than its header said."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return {"type": "http.disconnect"} if read > LONGEST_BODY else message

    return bounded
