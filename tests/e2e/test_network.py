"""A certificate that is not yet valid, and a name server that does not answer."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.e2e.rig import Api, Counter, Register, sells
from tests.orders.http.counterpart import FROM_2090
from tests.service.test_systemd import Systemd
from tests.support.processes import LONG_ENOUGH, eventually


@contextmanager
def https_from_2090() -> Iterator[int]:
    """Serve with a certificate that is not yet valid, as for a computer whose clock says 1970."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FROM_2090)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with closing(connection):
                    try:
                        context.wrap_socket(connection, server_side=True).close()
                    except OSError:
                        continue  # the kiosk closed the connection, as it must

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_computer_that_believes_it_is_1970(counter: Counter) -> None:
    with https_from_2090() as port:
        counter.change(counter.api, f"https://127.0.0.1:{port}")
        with counter.running(SSL_CERT_FILE=str(FROM_2090)):
            counter.is_out_of_service("network")
            counter.says("check this computer's clock with timedatectl")
    assert "certificate is not yet valid" in counter.log.read_text()


class Resolver:
    """A name server that does not answer, until ``answer``: then all names are this computer."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.address = self._bind()
        self.unanswered: list[tuple[bytes, Any]] = []
        self._answers = False
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _bind(self) -> str:
        """Take an address of this computer that no other test uses."""
        for last in range(1, 255):
            try:
                self._socket.bind((f"127.0.53.{last}", 53))
            except OSError:
                continue
            return f"127.0.53.{last}"
        raise AssertionError("no address is free")

    def _serve(self) -> None:
        while True:
            query, peer = self._socket.recvfrom(512)
            if not query:
                return
            self.unanswered.append((query, peer))
            if self._answers:
                self.answer()

    def answer(self) -> None:
        """Answer the earlier queries and all later ones."""
        self._answers = True
        while self.unanswered:
            query, peer = self.unanswered.pop()
            self._socket.sendto(self._answer(query), peer)

    def _answer(self, query: bytes) -> bytes:
        """Return the question and, for an A record, 127.0.0.1 (RFC 1035, section 4)."""
        question = query[12 : query.index(b"\0", 12) + 5]
        found = question[-4:] == b"\0\1\0\1"
        header = query[:2] + b"\x81\x80" + b"\0\1" + (b"\0\1" if found else b"\0\0") + b"\0" * 4
        record = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1"
        return header + question + (record if found else b"")

    def close(self) -> None:
        self._socket.sendto(b"", (self.address, 53))
        self._thread.join()
        self._socket.close()


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    try:
        resolver = Resolver()
    except PermissionError:
        pytest.skip("a name server needs root")
    yield resolver
    resolver.close()


@pytest.fixture
def elsewhere(tmp_path: Path, resolver: Resolver) -> tuple[str, ...]:
    """Return a command that runs another one with our name server only."""
    (tmp_path / "resolv.conf").write_text(f"nameserver {resolver.address}\n")
    (tmp_path / "hosts").write_text("")
    mounts = " && ".join(
        f"mount --bind {tmp_path}/{name} /etc/{name}" for name in ("resolv.conf", "hosts")
    )
    through = ("unshare", "--mount", "sh", "-c", f'{mounts} && exec "$0" "$@"')
    if not shutil.which("unshare") or subprocess.run([*through, "true"], check=False).returncode:
        pytest.skip("this test needs root and unshare")
    return through


def test_a_resolver_that_never_answers_when_the_kiosk_starts(
    api: Api,
    register: Register,
    counter: Counter,
    resolver: Resolver,
    elsewhere: tuple[str, ...],
    tmp_path: Path,
) -> None:
    counter.change(counter.api, counter.api.replace("127.0.0.1", "localhost"))
    make_lookups_last(tmp_path / "resolv.conf")
    notify = str(tmp_path / "notify")
    with closing(Systemd(notify).socket) as systemd:
        systemd.settimeout(LONG_ENOUGH)
        with counter.running(through=elsewhere, NOTIFY_SOCKET=notify):
            while systemd.recv(4096) != b"READY=1":
                pass
            systemd.setblocking(False)
            counter.is_out_of_service("network")
            register.send(b"TOTAL 30,00\r\n")
            counter.plays("rejected_input")
            assert resolver.unanswered, "the daemon still waits for the name"
            resolver.answer()
            sells(api, register, counter)


def make_lookups_last(resolv_conf: Path) -> None:
    """Make a lookup last longer than the test; by default it fails after ten seconds."""
    with resolv_conf.open("a") as file:
        file.write("options timeout:30 attempts:5\n")


def test_stopped_while_the_resolver_does_not_answer(
    counter: Counter, register: Register, resolver: Resolver, elsewhere: tuple[str, ...]
) -> None:
    counter.change(counter.api, "http://localhost:1")
    with counter.running(through=elsewhere) as daemon:
        counter.is_out_of_service("network")
        resolver.unanswered.clear()
        eventually(lambda: resolver.unanswered)
        daemon.terminate()
        assert daemon.wait(LONG_ENOUGH) == 0
