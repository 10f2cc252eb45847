"""The fake Orders API with TLS, in a process of its own and with an authority of its own.

with served(folder, wire.server, pay_after=25) as service:
    service.api.orders() ...            # the control routes, not over the wire
    run(..., env=service.environ)       # a client that trusts the authority, and 150 usual ones
"""

from __future__ import annotations

import asyncio  # noqa: TID251 - the event loop of the server that is tested against
import json
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast

import uvicorn
from starlette.middleware.gzip import GZipMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from kiosk.base.http_server import listen
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from tests.bench.certificate_chain import Keys, make_chain
from tests.e2e.rig import Api

KEEPS_IDLE = 60  # seconds, as the usual load balancers do; uvicorn's default is 5


@dataclass(frozen=True)
class Service:
    """The service, and what a client needs."""

    api: Api  # its control routes
    environ: dict[str, str]  # for the client's process
    chain: int  # bytes of certificates that each new connection gets

    @property
    def url(self) -> str:
        """Return the address for ``base_url``."""
        return self.api.url


@contextmanager
def served(
    folder: Path,
    host: str = "127.0.0.1",
    keeps_idle: int = KEEPS_IDLE,
    keys: Keys = "RSA",
    **options: Any,
) -> Iterator[Service]:
    """Serve from a process; the options are those of ServiceOptions."""
    chain = make_chain(folder, host, keys)
    words = [sys.executable, "-m", "tests.bench.service", str(chain.sent), str(chain.key), host]
    words += [str(keeps_idle), json.dumps(options)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        port = process.stdout.readline().strip()
        assert port, "the service did not start"
        api = Api(f"https://{host}:{port}", ssl.create_default_context(cafile=chain.bundle))
        trust = {"SSL_CERT_DIR": str(chain.authorities), "REQUESTS_CA_BUNDLE": str(chain.bundle)}
        with api.http:
            yield Service(api, trust, chain.size)
    finally:
        process.kill()
        process.communicate()


class Gateway(H11Protocol):
    """Sends the head and the body of an answer together, as gateways do."""

    def connection_made(self, transport: Any) -> None:
        """Let what is written in one turn of the event loop leave as one packet."""
        super().connection_made(cast("asyncio.Transport", _Gathering(transport)))


class _Gathering:
    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._gathered = bytearray()

    def write(self, data: bytes) -> None:
        if not self._gathered:
            asyncio.get_running_loop().call_soon(self._flush)
        self._gathered += data

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._gathered:
            self._transport.write(bytes(self._gathered))
            self._gathered.clear()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


def main(chain: Path, key: Path, host: str, keeps_idle: int, options: dict[str, Any]) -> None:
    """Serve until killed."""
    rng = Random(1)
    app = create_app(OrderBook(rng, ServiceOptions(**options)), Faults(), time.time, rng)
    listener = listen(0, host)
    print(listener.getsockname()[1], flush=True)
    with suppress(OSError):  # it stands for a fast service: it must not wait for the processor
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(30))
    config = uvicorn.Config(
        GZipMiddleware(app),  # as gateways do for those who ask; the SDK asks too
        http=Gateway,
        ssl_certfile=chain,
        ssl_keyfile=key,
        timeout_keep_alive=keeps_idle,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        ws="none",
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    _, chain, key, host, keeps_idle, options = sys.argv
    main(Path(chain), Path(key), host, int(keeps_idle), json.loads(options))
