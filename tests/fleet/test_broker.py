"""Opening a connection to a broker, and what is said when it fails."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Thread

import anyio
import pytest

from kiosk.fleet.broker import Broker, opened
from kiosk.fleet.mqtt.vocabulary import BrokerFault
from tests.orders.http.counterpart import FROM_2090
from tests.support.processes import free_port

UNTIL_2002 = Path(__file__).with_name("until-2002.pem")
NO_TLS = Path(__file__)


@contextmanager
def listening(certificate: Path) -> Iterator[int]:
    """Serve TLS with this certificate; what is none closes each connection at once."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate is not NO_TLS:
        context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with closing(connection):
                if certificate is NO_TLS:
                    connection.sendall(b"\x20\x03\x00\x00\x00")
                    return
                with suppress(OSError):  # the other side does not trust us, as it must
                    context.wrap_socket(connection, server_side=True).close()

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def why_not(broker: Broker) -> str:
    """Return what is said about a connection that must not come about."""

    async def run() -> None:
        async with opened(broker.open):
            pass

    with pytest.raises(BrokerFault) as caught:
        anyio.run(run)
    return str(caught.value)


@pytest.mark.parametrize(
    ("certificate", "trusted", "reason"),
    [
        (UNTIL_2002, UNTIL_2002, "certificate verify failed: certificate has expired"),
        (FROM_2090, FROM_2090, "certificate verify failed: certificate is not yet valid"),
        (UNTIL_2002, FROM_2090, "certificate verify failed: self-signed certificate"),
        (NO_TLS, FROM_2090, "no encrypted connection is possible ("),
    ],
    ids=["expired", "from the future", "of a stranger", "without TLS"],
)
def test_a_broker_that_can_not_be_trusted(certificate: Path, trusted: Path, reason: str) -> None:
    with listening(certificate) as port:
        said = why_not(Broker("127.0.0.1", port, tls=True, ca=str(trusted)))
    assert said.startswith(f"the broker can't be reached: {reason}")


def test_a_broker_that_closes_in_the_middle_of_the_handshake() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with closing(connection):
                connection.recv(65_536)

        thread = Thread(target=serve)
        thread.start()
        said = why_not(Broker("127.0.0.1", listener.getsockname()[1], tls=True, ca=""))
        thread.join()
    assert said == "the broker can't be reached: Connection reset by peer"


def test_a_port_where_nobody_listens() -> None:
    said = why_not(Broker("127.0.0.1", free_port(), tls=False, ca=""))
    assert said == "the broker can't be reached: Connection refused"


def test_a_file_of_the_authority_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("no certificate")
    said = why_not(Broker("127.0.0.1", 1, tls=True, ca=str(tmp_path / "ca.crt")))
    assert "no encrypted connection is possible" in said
