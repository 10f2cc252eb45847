"""The fake Orders API with TLS, in a process of its own and with an authority of its own.

with served(folder, wire.server, pay_after=25) as service:
    service.api.orders() ...            # the control routes, not over the wire
    run(..., env=service.environ)       # a client that trusts the authority, and 150 usual ones
"""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import certifi
import uvicorn
from starlette.middleware.gzip import GZipMiddleware

from kiosk.base.http_server import listen
from kiosk.simulator.faults.fault_rules import Faults
from kiosk.simulator.service.api import create_app
from kiosk.simulator.service.options import ServiceOptions
from kiosk.simulator.service.order_book import OrderBook
from tests.e2e.rig import Api

FOLDER = "authorities"
CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", re.DOTALL)
KEEPS_IDLE = 60  # seconds, as the usual load balancers do; uvicorn's default is 5


@dataclass(frozen=True)
class Service:
    """The service, and what a client needs."""

    api: Api  # its control routes
    environ: dict[str, str]  # for the client's process

    @property
    def url(self) -> str:
        """Return the address for ``base_url``."""
        return self.api.url


@contextmanager
def served(
    folder: Path, host: str = "127.0.0.1", keeps_idle: int = KEEPS_IDLE, **options: Any
) -> Iterator[Service]:
    """Serve from a process; the options are those of ServiceOptions."""
    bundle = certificates(folder, host)
    words = [sys.executable, "-m", "tests.bench.service", str(folder), host, str(keeps_idle)]
    words.append(json.dumps(options))
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        port = process.stdout.readline().strip()
        assert port, "the service did not start"
        api = Api(f"https://{host}:{port}", ssl.create_default_context(cafile=bundle))
        trust = {"SSL_CERT_DIR": str(bundle.parent / FOLDER), "REQUESTS_CA_BUNDLE": str(bundle)}
        with api.http:
            yield Service(api, trust)
    finally:
        process.kill()
        process.communicate()


def certificates(folder: Path, host: str) -> Path:
    """Make an authority and a certificate of this address; return the bundle for clients.

    The bundle has the usual authorities too, because to load them is a part of a client's work. The
    kiosk uses the system's folder, with a file for each; so there is such a folder beside the bundle.
    """
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-x509")
    request = ("openssl", "req", *key, "-days", "30", "-keyout")
    authority, own = folder / "authority.key", folder / "service.key"
    made = [
        (*request, authority, "-out", folder / "authority.pem", "-subj", "/CN=Bench authority"),
        (*request, own, "-out", folder / "service.pem", "-subj", "/CN=service", "-addext",
         f"subjectAltName=IP:{host}", "-addext", "basicConstraints=critical,CA:FALSE",
         "-CA", folder / "authority.pem", "-CAkey", authority),
    ]  # fmt: skip
    for words in made:
        subprocess.run(words, check=True, capture_output=True)
    bundle = folder / "bundle.pem"
    bundle.write_text(Path(certifi.where()).read_text() + (folder / "authority.pem").read_text())
    each = folder / FOLDER
    each.mkdir()
    for number, text in enumerate(CERTIFICATE.findall(bundle.read_text())):
        (each / f"{number}.pem").write_text(text)
    subprocess.run(["openssl", "rehash", each], check=True, capture_output=True)
    return bundle


def main(folder: Path, host: str, keeps_idle: int, options: dict[str, Any]) -> None:
    """Serve until killed."""
    rng = Random(1)
    app = create_app(OrderBook(rng, ServiceOptions(**options)), Faults(), time.time, rng)
    listener = listen(0, host)
    print(listener.getsockname()[1], flush=True)
    with suppress(OSError):  # it stands for a fast service: it must not wait for the processor
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(30))
    config = uvicorn.Config(
        GZipMiddleware(app),  # as gateways do for those who ask; the SDK asks too
        ssl_certfile=folder / "service.pem",
        ssl_keyfile=folder / "service.key",
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
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
