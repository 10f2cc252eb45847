"""What a notice costs the relay: how many a second, and how soon each is answered.

    python -m tests.bench.relay

A real relay as a process, a real Mosquitto, and 1,000 counters that are in the middle of a sale.
Signed notices come over a few connections that stay open, as from a proxy. The base is a notice that
says nothing: the same server with nothing to do.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import statistics
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory

import anyio
import httpx
from anyio.abc import SocketStream

from kiosk.fleet.broker import Broker
from kiosk.fleet.mqtt.client import connected
from kiosk.fleet.mqtt.vocabulary import Login, MqttMessage
from kiosk.orders.answers.notifications import signed_text
from tests.bench.table import Row, print_rows
from tests.fleet.viewer.chain import state
from tests.support.processes import LONG_ENOUGH, eventually, free_port, running

COUNTERS, NOTICES, CONNECTIONS = 1000, 6000, 8
SECRET = "s3cret-of-the-panel"
EMPTY = b"POST /notices HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
RELAY = """
broker: mqtt://127.0.0.1:{broker}
user: relay
password: {{env: RELAY_PASSWORD}}
secrets: [{{env: RELAY_SECRET}}]
listen: 127.0.0.1:{listen}
metrics: 127.0.0.1:{metrics}
"""


def measure() -> Iterator[Row]:
    """Yield the rows."""
    what = "a signed notice against an empty one"
    if not which("mosquitto"):
        yield Row(what, None, 2.5, "×", "mosquitto is missing")
        return
    with relay() as (listen, metrics):
        empty = anyio.run(load, listen, [EMPTY] * NOTICES)
        seen = anyio.run(load, listen, list(notices()))
        hinted = figure(metrics, 'kiosk_relay_notices_total{result="hinted"}')
    note = f"{NOTICES / sum_of(seen):.0f} notices/s, {NOTICES / sum_of(empty):.0f} empty ones/s"
    yield Row(what, sum_of(seen) / sum_of(empty), 2.5, "×", note)
    yield Row("signed notices of 6,000 that did not become a hint", NOTICES - hinted, 0)
    p50, p99 = (statistics.quantiles(each_of(seen), n=100)[at] * 1000 for at in (49, 98))
    yield Row(
        "99 % of the notices at full load are answered in", p99, 50, "ms", f"p50 {p50:.1f} ms"
    )


def each_of(times: Iterable[list[float]]) -> list[float]:
    """Return the seconds until each answer."""
    return [one for each in times for one in each]


def sum_of(times: list[list[float]]) -> float:
    """Return how long the slowest connection took, in seconds."""
    return max(sum(each) for each in times)


@contextmanager
def relay() -> Iterator[tuple[int, int]]:
    """Run a relay that knows the counters; return its ports for notices and metrics."""
    with TemporaryDirectory() as name:
        folder, broker, listen, metrics = Path(name), free_port(), free_port(), free_port()
        (folder / "mosquitto.conf").write_text(
            f"listener {broker} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\n"
        )
        words = ["mosquitto", "-c", str(folder / "mosquitto.conf")]
        mosquitto = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        try:
            eventually(lambda: anyio.run(tell_states, broker))
            config = folder / "relay.yaml"
            config.write_text(RELAY.format(broker=broker, listen=listen, metrics=metrics))
            secrets = {"RELAY_PASSWORD": "x", "RELAY_SECRET": SECRET}
            with running("relay", "-c", str(config), log=folder / "log", **secrets):
                eventually(lambda: figure(metrics, "kiosk_relay_counters") == COUNTERS)
                yield listen, metrics
        finally:
            mosquitto.kill()
            mosquitto.wait(LONG_ENOUGH)


async def tell_states(port: int) -> bool:
    """Publish the state of each counter; return False if the broker does not listen yet."""

    async def ignore(_: MqttMessage) -> None:
        """Nothing comes."""

    try:
        stream = await Broker("127.0.0.1", port, tls=False, ca="").open()
    except OSError:
        return False
    async with stream, connected(stream, Login("bench", b"x", session_kept=0), ignore) as client:
        for number in range(COUNTERS):
            told = state(state="paying", reference=f"c{number}-1", order=f"ORD{number}")
            payload = json.dumps(told).encode()
            topic = f"kiosk/v1/shop1/c{number}/state"
            await client.publish(MqttMessage(topic, payload, retain=True))
    return True


def figure(port: int, name: str) -> float:
    """Return a figure of the relay's metrics; 0 if it is not there yet."""
    try:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    except httpx.TransportError:
        return 0.0
    values = [line.split()[-1] for line in text.splitlines() if line.startswith(f"{name} ")]
    return float(values[0]) if values else 0.0


def notices() -> Iterator[bytes]:
    """Yield requests with notices about the orders of all counters in turn."""
    for number in range(NOTICES):
        order, request, stamp = f"ORD{number % COUNTERS}", f"req-{number}", str(int(time.time()))
        text = signed_text(order, request, stamp).encode()
        code = hmac.new(SECRET.encode(), text, hashlib.sha256).hexdigest()
        about = {
            "id": order,
            "external_reference": f"c{number % COUNTERS}-1",
            "status": "processed",
        }
        body = json.dumps({"action": "order.processed", "type": "order", "data": about}).encode()
        yield (
            f"POST /notices?data.id={order}&type=order HTTP/1.1\r\nHost: x\r\n"
            f"X-Signature: ts={stamp},v1={code}\r\nX-Request-Id: {request}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body


async def load(port: int, requests: list[bytes]) -> list[list[float]]:
    """Send them over some connections, each one after the answer to the one before.

    Return the seconds until each answer, by connection.
    """
    times: list[list[float]] = [[] for _ in range(CONNECTIONS)]

    async def send(share: list[bytes], took: list[float]) -> None:
        async with await anyio.connect_tcp("127.0.0.1", port) as stream:
            took.extend([await answer_to(stream, request) for request in share])

    async with anyio.create_task_group() as tasks:
        for number, took in enumerate(times):
            tasks.start_soon(send, requests[number::CONNECTIONS], took)
    return times


async def answer_to(stream: SocketStream, request: bytes) -> float:
    """Return the seconds until the whole answer, which must be a good one."""
    begun = time.perf_counter()
    await stream.send(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += await stream.receive()
    assert answer.startswith(b"HTTP/1.1 200"), answer
    return time.perf_counter() - begun


if __name__ == "__main__":
    print_rows(measure())
