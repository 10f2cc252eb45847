"""A token that was replaced is used without a restart; one that is missing is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.base.errors import OrderRefused
from kiosk.orders import Orders
from kiosk.orders.account.token import TokenSettings
from kiosk.orders.answers.failures import as_event
from kiosk.sale.events import Failure
from tests.orders.sellers import FLOWS, Shop

pytestmark = pytest.mark.anyio

every_flow = pytest.mark.parametrize("flow", FLOWS)


def write(path: Path, token: str) -> None:
    path.write_text(token)
    path.chmod(0o600)


class ShopWithFile(Shop):
    """A shop whose token is in a file that stays there."""

    def __init__(self, flow: str, path: Path) -> None:
        self._place = TokenSettings(file=str(path))
        super().__init__(flow)

    def open(self) -> Orders:
        return self.open_with(self._place)


@every_flow
async def test_a_replaced_token_is_used_at_once_and_the_same_request_is_sent_again(
    flow: str, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    write(path, "BAD")
    shop = ShopWithFile(flow, path)
    write(path, "APP_USR-42\n")
    sale, seen = await shop.sell()
    assert seen.status == "created"
    refused, created = shop.requests
    assert refused.content == created.content
    assert refused.url == created.url
    assert refused.headers.get("x-idempotency-key") == created.headers.get("x-idempotency-key")
    assert len(shop.book.orders(shop.now)) == 1
    await shop.orders.fetch(sale.order_id)
    assert shop.requests[-1].headers["authorization"] == "Bearer APP_USR-42"
    assert len(shop.requests) == 3


@every_flow
async def test_a_probe_notices_the_new_token(flow: str, tmp_path: Path) -> None:
    path = tmp_path / "token"
    write(path, "BAD")
    shop = ShopWithFile(flow, path)
    with pytest.raises(OrderRefused, match="the kiosk reads it again by itself"):
        await shop.orders.probe()
    assert len(shop.requests) == 1  # the same token is not tried twice
    write(path, "APP_USR-42")
    await shop.orders.probe()


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def open_to_all(path: Path) -> None:
    path.chmod(0o644)


def binary(path: Path) -> None:
    path.write_bytes(b"\xff\xfe")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@every_flow
@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (remove, "No such file"),
        (empty, "it is empty; put the access token there"),
        (open_to_all, "others can read it; run: chmod 600"),
        (binary, "it is not text"),
        (folder, "is not a file"),
    ],
)
async def test_a_token_that_cannot_be_read_again_is_a_clear_fault(
    flow: str, spoil: Callable[[Path], None], fault: str, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    write(path, "BAD")
    shop = ShopWithFile(flow, path)
    spoil(path)
    with pytest.raises(OrderRefused, match=fault) as caught:
        await shop.orders.fetch("k1-0001.1790000300" if "orders" not in flow else "ORD" + "0" * 26)
    assert as_event(caught.value).failure is Failure.TOKEN
    assert f"orders.token (file {path})" in str(caught.value)


@every_flow
async def test_a_token_of_the_environment_needs_a_restart(
    flow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_TOKEN", "BAD")
    shop = Shop(flow)
    orders = shop.open_with(TokenSettings(env="KIOSK_TOKEN"))
    with pytest.raises(OrderRefused, match=r"env KIOSK_TOKEN\); then restart the kiosk"):
        await orders.probe()


@every_flow
async def test_a_credential_that_systemd_has_renewed_is_used(
    flow: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    write(tmp_path / "token", "BAD")
    shop = Shop(flow)
    orders = shop.open_with(TokenSettings(credential="token"))
    with pytest.raises(OrderRefused, match=r"credential token\); then restart the kiosk"):
        await orders.probe()
    write(tmp_path / "token", "APP_USR-42")
    await orders.probe()
