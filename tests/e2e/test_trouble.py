"""What a technician, a card, or a network can do to the daemon, and what it says about it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.e2e.rig import LONG_ENOUGH, Api, Counter, Register, eventually, fill
from tests.orders.http.counterpart import FROM_2090
from tests.service.test_systemd import Systemd

SOMEBODY = 12_345  # the number of a user that nobody here is
ORDINARY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")


@pytest.fixture
def ordinary() -> tuple[str, ...]:
    """A command that runs others without root's right to every file."""
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("files of another user take root to make, and setpriv to run into")
    return ORDINARY


def is_out_of_service(counter: Counter, because: str) -> None:
    counter.becomes("out_of_service")
    assert counter.status()["health"][because] == "failed"


def sells(api: Api, register: Register, counter: Counter) -> None:
    counter.becomes("idle")
    register.send(b"TOTAL 20,00\r\n")
    counter.becomes("paying")
    api.pay(api.orders()[0]["id"])
    assert register.hears().startswith(b"PAID 20.00 ")


# --- the state folder -------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["journal.sqlite3", "journal.sqlite3.lock"])
def test_another_users_files_in_the_state_folder(
    api: Api, register: Register, counter: Counter, ordinary: tuple[str, ...], what: str
) -> None:
    state = counter.folder / "state"
    counter.change(str(counter.journal), str(state / "journal.sqlite3"))
    counter.journal = state / "journal.sqlite3"
    with counter.running():
        sells(api, register, counter)
    os.chown(state / what, SOMEBODY, SOMEBODY)
    os.chmod(state / what, 0o600)
    with counter.running(through=ordinary):
        is_out_of_service(counter, "journal")
        assert (
            "no permission; make the kiosk's user the owner of its folder"
            in counter.log.read_text()
        )
        register.send(b"TOTAL 30,00\r\n")
        os.chown(state / what, 0, 0)
        sells(api, register, counter)
    assert len(api.orders()) == 2


def test_another_users_status_file_stops_no_sale(
    api: Api, register: Register, counter: Counter, ordinary: tuple[str, ...]
) -> None:
    run = counter.folder / "run"
    run.mkdir(mode=0o755)
    os.chown(run, SOMEBODY, SOMEBODY)
    counter.change(f"{counter.folder}/status.json", f"{run}/status.json")
    with counter.running(through=ordinary) as daemon:
        counter.says("panel shows idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.says("panel shows scan_me")
        api.pay(api.orders()[0]["id"])
        assert register.hears().startswith(b"PAID 20.00 ")
        daemon.terminate()
        assert daemon.wait(LONG_ENOUGH) == 0
    log = counter.log.read_text()
    assert "service.status_file can't be written" in log
    assert "make the kiosk's user the owner of its folder" in log
    assert "Traceback" not in log


def test_a_disk_that_can_only_be_read(
    api: Api, register: Register, counter: Counter, small_disk: Path
) -> None:
    counter.change(str(counter.journal), f"{small_disk}/journal.sqlite3")
    counter.journal = small_disk / "journal.sqlite3"
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with counter.running():
        is_out_of_service(counter, "journal")
        assert "mount it for writing" in counter.log.read_text()
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
        sells(api, register, counter)


def test_a_disk_that_is_full_already_when_the_power_comes_back(
    api: Api, register: Register, counter: Counter, small_disk: Path
) -> None:
    counter.change(str(counter.journal), f"{small_disk}/journal.sqlite3")
    counter.journal = small_disk / "journal.sqlite3"
    counter.loses_power_in_mid_sale(register)
    fill(small_disk / "filler")
    with counter.running() as daemon:
        is_out_of_service(counter, "journal")
        assert register.silent(), "nothing is told that is not written down"
        (small_disk / "filler").unlink()
        assert register.hears().startswith(b"FAIL canceled ")
        sells(api, register, counter)
        assert daemon.poll() is None, "it never ended"


def test_a_disk_that_was_full_from_the_first_start(
    api: Api, register: Register, counter: Counter, small_disk: Path
) -> None:
    counter.change(str(counter.journal), f"{small_disk}/journal.sqlite3")
    counter.journal = small_disk / "journal.sqlite3"
    fill(small_disk / "filler")
    with counter.running():
        is_out_of_service(counter, "journal")
        assert "free space on it" in counter.log.read_text()
        (small_disk / "filler").unlink()
        sells(api, register, counter)


# --- the configuration ------------------------------------------------------------------------


def test_a_configuration_may_be_a_link_and_be_put_elsewhere(
    api: Api, register: Register, counter: Counter
) -> None:
    real = counter.folder / "version-1.yaml"
    counter.config.rename(real)
    counter.config.symlink_to(real)
    with counter.running() as daemon:
        counter.becomes("idle")
        other = counter.folder / "version-2.yaml"
        other.write_text(real.read_text().replace("counter-1", "counter-2"))
        counter.config.unlink()
        counter.config.symlink_to(other)
        daemon.send_signal(signal.SIGHUP)
        counter.says("will be used")
        eventually(lambda: "counter-2" in (counter.folder / "kiosk.yaml.good").read_text())
        sells(api, register, counter)
    assert counter.sales()[0]["reference"].startswith("counter-2-")


def dangling(config: Path) -> None:
    config.unlink()
    config.symlink_to(config.with_name("nowhere.yaml"))


def a_folder(config: Path) -> None:
    config.unlink()
    config.mkdir()


def somebody_elses(config: Path) -> None:
    os.chown(config, SOMEBODY, SOMEBODY)
    os.chmod(config, 0o600)


@pytest.mark.parametrize(
    ("spoil", "because"),
    [
        (dangling, "No such file or directory"),
        (a_folder, "Is a directory"),
        (somebody_elses, "Permission denied"),
    ],
)
def test_a_configuration_that_can_not_be_read(
    api: Api,
    counter: Counter,
    ordinary: tuple[str, ...],
    spoil: Callable[[Path], None],
    because: str,
) -> None:
    spoil(counter.config)
    with counter.running(through=ordinary) as daemon:
        assert daemon.wait(LONG_ENOUGH) == 2
    sentence = f"the configuration can't be read ({because}); check its name and its permissions"
    assert counter.log.read_text() == f"{counter.config}: {sentence}\n"


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("{credential: token}", "systemd passed no credentials; add LoadCredential=token"),
        ("{file: /nowhere/token}", "can't read /nowhere/token: No such file or directory"),
        ("{env: NO_SUCH_TOKEN}", "this environment variable is not set; set it"),
    ],
)
def test_a_token_that_is_missing(api: Api, counter: Counter, token: str, sentence: str) -> None:
    counter.change("{env: KIOSK_TOKEN}", token)
    with counter.running() as daemon:
        assert daemon.wait(LONG_ENOUGH) == 2
    assert sentence in counter.log.read_text()


# --- the devices ------------------------------------------------------------------------------


def test_a_port_that_the_unit_does_not_grant(
    api: Api, register: Register, counter: Counter, ordinary: tuple[str, ...]
) -> None:
    port = os.readlink(register.path)
    os.chown(port, SOMEBODY, SOMEBODY)
    os.chmod(port, 0o600)
    with counter.running(through=ordinary):
        counter.becomes("idle")
        assert "no permission; run: sudo kiosk setup --units" in counter.log.read_text()
        os.chown(port, 0, 0)
        counter.says("serial_line: it works again")
        sells(api, register, counter)


# --- the network ------------------------------------------------------------------------------


@contextmanager
def https_from_2090() -> Iterator[int]:
    """A service whose certificate is not yet valid, as all are to a computer in 1970."""
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
                        continue  # the kiosk hung up, as it should

        thread = Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_computer_that_believes_it_is_1970(counter: Counter) -> None:
    with https_from_2090() as port:
        counter.change(counter.api, f"https://127.0.0.1:{port}")
        with counter.running(SSL_CERT_FILE=str(FROM_2090)):
            is_out_of_service(counter, "network")
            counter.says("check this computer's clock with timedatectl")
    assert "certificate is not yet valid" in counter.log.read_text()


class Resolver:
    """A name server that answers nothing, and later that all names are this computer."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.address = self._bind()
        self.unanswered: list[tuple[bytes, Any]] = []
        self._answers = False
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _bind(self) -> str:
        """Take an address of this computer on which no other test has its name server."""
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
        """Answer what was asked, and whatever will be."""
        self._answers = True
        while self.unanswered:
            query, peer = self.unanswered.pop()
            self._socket.sendto(self._answer(query), peer)

    def _answer(self, query: bytes) -> bytes:
        """RFC 1035, section 4: the question again, and 127.0.0.1 if it is for an A record."""
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
        pytest.skip("a name server takes root")
    yield resolver
    resolver.close()


@pytest.fixture
def elsewhere(tmp_path: Path, resolver: Resolver) -> tuple[str, ...]:
    """A command that runs others where only our resolver knows any names."""
    (tmp_path / "resolv.conf").write_text(f"nameserver {resolver.address}\n")
    (tmp_path / "hosts").write_text("")
    mounts = " && ".join(
        f"mount --bind {tmp_path}/{name} /etc/{name}" for name in ("resolv.conf", "hosts")
    )
    through = ("unshare", "--mount", "sh", "-c", f'{mounts} && exec "$0" "$@"')
    if not shutil.which("unshare") or subprocess.run([*through, "true"], check=False).returncode:
        pytest.skip("names can't be kept from a process here (that takes root and unshare)")
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
    waits_for_minutes(tmp_path / "resolv.conf")
    notify = str(tmp_path / "notify")
    with closing(Systemd(notify).socket) as systemd:
        systemd.settimeout(LONG_ENOUGH)
        with counter.running(through=elsewhere, NOTIFY_SOCKET=notify):
            while systemd.recv(4096) != b"READY=1":
                pass
            systemd.setblocking(False)
            is_out_of_service(counter, "network")
            register.send(b"TOTAL 30,00\r\n")
            eventually(lambda: "rejected_input" in counter.signals())
            assert resolver.unanswered, "all that while somebody waits for a name"
            resolver.answer()
            sells(api, register, counter)


def waits_for_minutes(resolv_conf: Path) -> None:
    """Have a lookup take longer than any test, which else would end after ten seconds."""
    with resolv_conf.open("a") as file:
        file.write("options timeout:30 attempts:5\n")


def test_stopped_while_the_resolver_does_not_answer(
    counter: Counter, register: Register, resolver: Resolver, elsewhere: tuple[str, ...]
) -> None:
    counter.change(counter.api, "http://localhost:1")
    with counter.running(through=elsewhere) as daemon:
        is_out_of_service(counter, "network")
        resolver.unanswered.clear()
        eventually(lambda: resolver.unanswered)
        daemon.terminate()
        assert daemon.wait(LONG_ENOUGH) == 0
