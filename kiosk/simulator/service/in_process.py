"""Calls the fake service without sockets: from the daemon's transport to one of httpx."""

from __future__ import annotations

from collections.abc import AsyncIterable

import httpcore
import httpx


class InProcess:
    """A transport of the daemon that passes each request on to a transport of httpx.

    Such as ``httpx.ASGITransport(app)``. The errors have the same names in both libraries.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        """Return the answer."""
        assert isinstance(request.stream, AsyncIterable)
        asked = httpx.Request(
            request.method.decode(),
            bytes(request.url).decode(),
            headers=request.headers,
            content=b"".join([part async for part in request.stream]),
            extensions=request.extensions,
        )
        try:
            answer = await self._transport.handle_async_request(asked)
        except httpx.TransportError as error:
            raise getattr(httpcore, type(error).__name__)(str(error)) from error
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        return httpcore.Response(
            answer.status_code,
            headers=answer.headers.raw,
            content=answer.stream,
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close the transport of httpx."""
        await self._transport.aclose()
