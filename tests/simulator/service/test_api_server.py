"""The command on a real port: its output, closed connections, and the official SDK as its client."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import mercadopago
import pytest
from mercadopago.config import RequestOptions
from mercadopago.http import HttpClient

from tests.simulator.counter import ORDER, TOKEN, order
from tests.support.processes import LONG_ENOUGH

COMMAND = "from kiosk.cli import main; main()"


def command(*options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "simulate-api", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def simulator(*options: str) -> Iterator[str]:
    """The address of the running command. It prints its address, and ends at once on SIGTERM."""
    with command("--port", "0", *options) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("fake Orders API on http://127.0.0.1:")
        try:
            yield line.split()[-1]
        finally:
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=LONG_ENOUGH)
        assert (process.returncode, out, err) == (0, "", "")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with simulator() as where:
        yield where


@pytest.fixture
def faults(address: str) -> Iterator[Any]:
    """Adds fault rules, for this test only."""
    yield lambda *rules: httpx.post(f"{address}/simulator/faults", json=rules).raise_for_status()
    httpx.delete(f"{address}/simulator/faults").raise_for_status()


def raw(address: str, request: bytes) -> bytes:
    """Everything that the socket receives until the other side closes it."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=LONG_ENOUGH) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(4096), b""))


CREATE = json.dumps(ORDER).encode()
REQUEST = (
    b"POST /v1/orders HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN.encode() + b"\r\n"
    b"X-Idempotency-Key: raw\r\nContent-Length: %d\r\n\r\n%b" % (len(CREATE), CREATE)
)


@pytest.mark.parametrize(("action", "orders"), [("drop_request", 0), ("drop_reply", 1)])
def test_a_dropped_connection_is_closed_without_a_single_byte(
    address: str, faults: Any, action: str, orders: int
) -> None:
    before = len(httpx.get(f"{address}/simulator/orders").json())
    faults({"do": action})
    request = REQUEST.replace(b"raw", action.encode())
    assert raw(address, request) == b""
    assert len(httpx.get(f"{address}/simulator/orders").json()) == before + orders


def test_a_client_with_a_warm_connection_sees_a_broken_one(address: str, faults: Any) -> None:
    headers = {"authorization": f"Bearer {TOKEN}", "x-idempotency-key": "warm"}
    with httpx.Client(base_url=address, headers=headers) as client:
        nobody = "/v1/orders/ORD" + "0" * 26
        assert client.get(nobody).status_code == 404
        faults({"do": "drop_reply", "nth": 1})
        with pytest.raises(httpx.RemoteProtocolError):
            client.get(nobody)
        assert client.get(nobody).status_code == 404


def test_it_listens_on_loopback_only(address: str) -> None:
    port = int(address.rpartition(":")[2])
    with socket.socket() as other, pytest.raises(OSError, match="refused"):
        other.connect(("127.0.0.2", port))


class ToSimulator(HttpClient):  # type: ignore[misc]
    """The SDK's own HTTP client with another address, because the SDK's address is fixed."""

    def __init__(self, address: str) -> None:
        self._address = address

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        url = url.replace("https://api.mercadopago.com", self._address)
        return super().request(method, url, *args, **kwargs)


@pytest.fixture
def sdk(address: str) -> Any:
    return mercadopago.SDK(TOKEN, http_client=ToSimulator(address))


def test_the_official_sdk_creates_reads_and_cancels(sdk: Any) -> None:
    created = sdk.order().create(ORDER)
    assert created["status"] == 201
    order_id = created["response"]["id"]
    assert created["response"]["type_response"]["qr_data"].startswith("000201")
    assert sdk.order().get(order_id)["response"] == created["response"]
    canceled = sdk.order().cancel(order_id)
    assert (canceled["status"], canceled["response"]["status"]) == (200, "canceled")


def test_the_official_sdk_refunds_what_was_paid(sdk: Any, address: str) -> None:
    order_id = sdk.order().create(ORDER)["response"]["id"]
    httpx.post(f"{address}/simulator/orders/{order_id}/pay").raise_for_status()
    paid = sdk.order().get(order_id)["response"]
    assert (paid["status"], paid["status_detail"]) == ("processed", "accredited")
    refund = sdk.order().refund(order_id)
    assert (refund["status"], refund["response"]["status"]) == (201, "refunded")
    assert sdk.order().get(order_id)["response"]["status"] == "refunded"


def test_the_official_sdk_refunds_a_part(sdk: Any, address: str) -> None:
    created = sdk.order().create(ORDER)["response"]
    httpx.post(f"{address}/simulator/orders/{created['id']}/pay").raise_for_status()
    payment_id = created["transactions"]["payments"][0]["id"]
    part = {"transactions": [{"id": payment_id, "amount": "20.00"}]}
    refund = sdk.order().refund(created["id"], part)
    assert refund["status"] == 201
    assert sdk.order().get(created["id"])["response"]["status_detail"] == "partially_refunded"


def test_the_official_sdk_is_refused_as_the_documents_say(sdk: Any, address: str) -> None:
    refused = sdk.order().create(order(config__qr__external_pos_id="ELSEWHERE"))
    assert refused["status"] == 404
    assert refused["response"]["errors"][0]["code"] == "pos_not_found"
    stranger = mercadopago.SDK("BAD", http_client=ToSimulator(address))
    assert stranger.order().create(ORDER)["status"] == 401


def test_the_official_sdk_repeats_a_call_with_its_own_key(sdk: Any) -> None:
    headers = {"x-idempotency-key": "sdk-1"}
    options = RequestOptions(access_token=TOKEN, custom_headers=headers)
    first = sdk.order().create(ORDER, options)["response"]
    assert sdk.order().create(ORDER, options)["response"] == first
    other = sdk.order().create(order(description="Tea"), options)
    assert (other["status"], other["response"]["errors"][0]["code"]) == (
        409,
        "idempotency_key_already_used",
    )


def test_options_choose_counters_country_and_faults(tmp_path: Path) -> None:
    (tmp_path / "faults.yaml").write_text("- {do: status, status: 503, call: get}")
    options = ("--pos", "A1", "--pos", "A2", "--country", "BR", "--qr-shape", "br-pix")
    with simulator(*options, "--faults", str(tmp_path / "faults.yaml")) as address:
        sdk = mercadopago.SDK(TOKEN, http_client=ToSimulator(address))
        created = sdk.order().create(order(config__qr__external_pos_id="A2"))
        assert created["response"]["currency"] == "BRL"
        assert "BR.GOV.BCB.PIX" in created["response"]["type_response"]["qr_data"]
        assert sdk.order().create(ORDER)["status"] == 404
        headers = {"authorization": f"Bearer {TOKEN}"}
        order_id = created["response"]["id"]
        assert httpx.get(f"{address}/v1/orders/{order_id}", headers=headers).status_code == 503


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--country", "XX"), "--country: 'XX' is not a valid value; choose from AR, BR, CL, UY\n"),
        (("--qr-shape", "round"), "--qr-shape: 'round' is not a valid value; choose from ar, "),
        (("--faults", "missing.yaml"), "missing.yaml: the file can't be read (No such file"),
    ],
)
def test_wrong_usage_ends_with_a_sentence_and_2(options: tuple[str, ...], sentence: str) -> None:
    with command("--port", "0", *options) as process:
        out, err = process.communicate(timeout=LONG_ENOUGH)
    assert (process.returncode, out) == (2, "")
    assert err.startswith(sentence)


def test_a_port_that_is_taken_is_named(address: str) -> None:
    port = address.rpartition(":")[2]
    with command("--port", port) as process:
        out, err = process.communicate(timeout=LONG_ENOUGH)
    assert (process.returncode, out) == (2, "")
    said = f"port {port} can't be used (Address already in use); choose another with --port\n"
    assert err == said


def test_a_page_of_another_site_can_neither_read_orders_nor_set_faults(address: str) -> None:
    rebound = httpx.get(f"{address}/simulator/orders", headers={"host": "evil.example"})
    assert rebound.status_code == 421
    plain = httpx.post(f"{address}/simulator/faults", content='[{"do": "drop_request"}]')
    assert plain.status_code == 204, "a program without a content type is let in"
    httpx.delete(f"{address}/simulator/faults").raise_for_status()
    form = httpx.post(
        f"{address}/simulator/faults", content="[]", headers={"content-type": "text/plain"}
    )
    assert form.status_code == 415
