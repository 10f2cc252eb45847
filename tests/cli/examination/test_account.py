"""``kiosk doctor`` and the service: name, connection, certificate, account, point of sale, clock."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kiosk.box.finding import Level
from tests.cli.examination.box import ENVIRON, Box
from tests.orders.live import Live, live

pytestmark = pytest.mark.slow


@pytest.fixture
def service() -> Iterator[Live]:
    with live() as running:
        yield running


@pytest.fixture
def box(tmp_path: Path, service: Live, monkeypatch: pytest.MonkeyPatch) -> Box:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    box = Box(tmp_path, service.url)
    box.now = lambda: service.now
    return box


def test_an_account_that_can_be_paid(box: Box, service: Live) -> None:
    found = box.findings(online=True)
    assert found["DNS"].line().startswith("good  DNS: 127.0.0.1 is 127.0.0.1")
    assert found["service"].level is Level.GOOD
    assert found["TLS"].meaning == "it is not needed, because the service is on this computer"
    assert found["account"].level is Level.WARN
    assert "is a test account: nobody pays real money" in found["account"].meaning
    assert found["account"].fix == "for real sales, use the token of the shop"
    assert found["point of sale"].meaning.startswith("the account has COUNTER1 (")
    assert found["clock skew"].level is Level.GOOD
    assert service.count() == 0, "no order was created"


def test_an_account_that_takes_real_money(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", "APP_USR-1")
    assert box.findings(online=True)["account"].line().endswith("takes real money")


@pytest.mark.parametrize(
    ("token", "text", "what", "line"),
    [
        ("BAD", ("", ""), "account", "bad  account: the service refused"),
        (
            "APP_USR-TEST-1",
            ("COUNTER1", "ELSEWHERE"),
            "point of sale",
            "bad  point of sale: the account has no point of sale ELSEWHERE; run: kiosk pos create "
            "ELSEWHERE, or choose one of: kiosk pos list (manual: account)",
        ),
    ],
)
def test_what_the_service_does_not_have(
    box: Box,
    monkeypatch: pytest.MonkeyPatch,
    token: str,
    text: tuple[str, str],
    what: str,
    line: str,
) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", token)
    box.file.write_text(box.file.read_text().replace(*text) if text[0] else box.file.read_text())
    assert box.findings(online=True)[what].line().startswith(line)


@pytest.mark.parametrize(
    ("seconds", "line"),
    [
        (-40, "warn  clock skew: the clock is 40 s slow; run: sudo timedatectl set-ntp true"),
        (7200, "bad  clock skew: the clock is 7200 s fast; run: sudo timedatectl set-ntp true"),
    ],
)
def test_a_clock_that_is_not_the_services(
    box: Box, service: Live, seconds: float, line: str
) -> None:
    box.now = lambda: service.now + seconds
    assert box.findings(online=True)["clock skew"].line().startswith(line)


def test_a_service_that_nobody_runs(box: Box) -> None:
    box.url = "http://127.0.0.1:9"
    box.configure()
    found = box.findings(online=True)
    assert (
        found["service"]
        .line()
        .startswith(
            "bad  service: 127.0.0.1 does not answer (Connection refused); check the network: ping"
        )
    )
    assert found["account"].level is Level.BAD
    assert "clock skew" not in found


def test_a_name_that_nobody_knows(box: Box) -> None:
    box.url = "https://payments.invalid"
    box.configure()
    found = box.findings(online=True)
    assert (
        found["DNS"].line().startswith("bad  DNS: the name payments.invalid was not found; check")
    )
    assert "TLS" not in found


@contextmanager
def plain_service() -> Iterator[int]:
    """Serve a greeting without TLS, where TLS is expected; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _address = listener.accept()
            with connection:
                connection.recv(64)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def test_a_service_that_nobody_can_trust(box: Box) -> None:
    with plain_service() as port:
        box.url = f"https://127.0.0.1:{port}"
        box.configure()
        tls = box.findings(online=True)["TLS"]
    assert tls.level is Level.BAD
    assert tls.meaning.startswith("127.0.0.1 is not trusted (")
    assert tls.fix == "check the clock and the network; a proxy may answer in its place"
