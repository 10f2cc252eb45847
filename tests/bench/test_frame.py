"""The frame of the bench: its rows, its scripts, and the tools that they share. Nothing is timed."""

from __future__ import annotations

import inspect
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests.bench import sdk
from tests.bench.__main__ import scripts
from tests.bench.daemon import shop
from tests.bench.table import Row, print_rows
from tests.bench.wire import NoWire, Wire, accuracy, laid


@pytest.fixture
def wire() -> Iterator[Wire]:
    try:
        with laid(0.02) as wire:
            yield wire
    except NoWire as reason:
        pytest.skip(str(reason))


def test_a_row_says_what_was_measured_beside_its_goal(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows(
        [
            Row("memory in a sale", 53.94, 54, "MiB"),
            Row("start against the imports", 1.62, 1.5, "×", note="on a busy machine"),
            Row("over a wire", None, 1.12, "RTT", note="not measured: it needs root"),
        ]
    )
    lines = [line.split("  ") for line in capsys.readouterr().out.splitlines()]
    assert [[cell.strip() for cell in line if cell.strip()] for line in lines] == [
        ["memory in a sale", "53.9 MiB", "≤ 54 MiB", "reached"],
        ["start against the imports", "1.62 ×", "≤ 1.5 ×", "NOT REACHED", "on a busy machine"],
        ["over a wire", "not measured", "≤ 1.12 RTT", "not measured: it needs root"],
    ]


@pytest.mark.parametrize("name", scripts())
def test_each_script_imports_and_yields_rows(name: str) -> None:
    script = import_module(f"tests.bench.{name}")
    signature = inspect.signature(script.measure)
    assert not signature.parameters
    assert signature.return_annotation == "Iterator[Row]"
    assert "print_rows(measure())" in inspect.getsource(script)


def test_a_script_that_nobody_wrote_is_named() -> None:
    words = [sys.executable, "-m", "tests.bench", "speed"]
    ended = subprocess.run(words, check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert "no script measures speed; choose from" in ended.stderr


def test_no_handshake_is_faster_than_the_wire(wire: Wire) -> None:
    assert min(accuracy(wire, times=5)) >= 0.0195  # HANDLING in carrier.py is a mean


def test_a_forgotten_connection_is_silent_and_a_new_one_passes(wire: Wire) -> None:
    echo = """if True:
        import socket, sys
        for line in sys.stdin:
            if line == "open\\n":
                end = socket.create_connection((sys.argv[1], int(sys.argv[2])))
            end.sendall(line.encode())
    """
    with socket.create_server((wire.server, 0)) as listener:
        port = str(listener.getsockname()[1])
        words = [*wire.inside, sys.executable, "-c", echo, wire.server, port]
        client = subprocess.Popen(words, stdin=subprocess.PIPE, text=True, bufsize=1)
        assert client.stdin
        with client, client.stdin as says:
            says.write("open\n")
            first, _ = listener.accept()
            assert first.recv(5) == b"open\n"
            wire.forget()
            says.write("lost\n")
            says.write("open\n")
            second, _ = listener.accept()
            assert second.recv(5) == b"open\n"
            first.setblocking(False)
            with first, second, pytest.raises(BlockingIOError):
                first.recv(5)
    lost = [packet for packet in wire.packets() if not packet.passed]
    assert lost
    assert all(packet.to_server for packet in lost if packet.data == 5)


@pytest.mark.slow
def test_a_kiosk_and_the_sdk_sell_over_the_wire_and_are_measured(wire: Wire) -> None:
    with shop(wire, pay_after=0.1) as counter, counter.at_work() as daemon:
        before = daemon.cpu()
        counter.sells(20)
        assert daemon.cpu() > before
        assert daemon.rss() >= daemon.pss() > 0
        assert daemon.threads() == len(daemon.wakeups())
        sent = wire.packets()
        assert sum(packet.data for packet in sent if packet.to_server) > 500
        spent = sdk.result(sdk.start(counter.service, wire, pace=0.2))
        assert spent.calls >= 2
        assert spent.qr_after > 0.0195 * 3  # TCP, TLS and the request: a trip each
        assert len({packet.port for packet in wire.packets()}) >= spent.calls
