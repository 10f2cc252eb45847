"""The system's certificates are used, with a shop's own authority among them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from kiosk.base.errors import NotSent
from kiosk.orders.http.connection import KeptConnection
from tests.orders.http.counterpart import (
    BY_OWN_AUTHORITY,
    BY_RENEWED_AUTHORITY,
    OWN_AUTHORITY,
    PEM,
    RENEWED_AUTHORITY,
    counterpart,
)
from tests.orders.support import ORDER_ID, client

pytestmark = pytest.mark.anyio


async def call(url: str) -> str:
    orders = client(base_url=url)
    try:
        return (await orders.fetch(ORDER_ID)).order_id
    finally:
        await orders.aclose()


def name_in_folder(certificate: Path = PEM) -> str:
    """Return the name under which OpenSSL looks for the certificate in a folder."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the name of a certificate in the folder is made by openssl")
    command = [openssl, "x509", "-noout", "-hash", "-in", str(certificate)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


async def test_an_authority_in_the_systems_file_is_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    async with counterpart("https") as peer:
        assert await call(peer.url) == ORDER_ID


async def test_a_server_is_trusted_by_the_shops_own_authority_and_by_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A firewall that opens TLS shows certificates that the shop's own authority signed."""
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    async with counterpart("https") as peer:
        peer.pem = BY_OWN_AUTHORITY
        monkeypatch.setenv("SSL_CERT_FILE", str(OWN_AUTHORITY))
        assert await call(peer.url) == ORDER_ID
        monkeypatch.setenv("SSL_CERT_FILE", str(PEM))
        advice = "add it to the system's with update-ca-certificates"
        with pytest.raises(NotSent, match=advice):
            await call(peer.url)
        assert len(peer.heard) == 2
        assert b"Bearer" not in peer.heard[1]


async def test_an_authority_in_the_systems_folder_is_trusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / f"{name_in_folder()}.0").symlink_to(PEM)
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    async with counterpart("https") as peer:
        assert await call(peer.url) == ORDER_ID


async def test_of_a_folder_of_authorities_only_the_one_that_is_needed_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on Debian, where there is a list of all beside the folder."""
    name = tmp_path / f"{name_in_folder()}.0"
    name.symlink_to(PEM)
    (tmp_path / "ffffffff.0").write_text("it would be a fault to read this")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    async with counterpart("https") as peer:
        assert await call(peer.url) == ORDER_ID
        name.unlink()
        with pytest.raises(NotSent, match="update-ca-certificates"):
            await call(peer.url)


async def test_an_authority_that_the_system_does_not_have_is_refused_before_the_token_is_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    async with counterpart("https") as peer:
        with pytest.raises(NotSent, match="update-ca-certificates"):
            await call(peer.url)
        assert b"Bearer" not in b"".join(peer.heard)


@pytest.mark.parametrize("as_on_debian", [True, False])
async def test_a_daemon_that_runs_for_years_takes_over_a_renewed_authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, as_on_debian: bool
) -> None:
    """It has the same name, so that the old one, which was read before, would be tried."""
    place = tmp_path / (f"{name_in_folder(OWN_AUTHORITY)}.0" if as_on_debian else "list.pem")
    place.write_bytes(OWN_AUTHORITY.read_bytes())
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    if as_on_debian:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    else:
        monkeypatch.setenv("SSL_CERT_FILE", str(place))
    async with counterpart("https") as peer:
        peer.pem = BY_OWN_AUTHORITY
        line = KeptConnection(peer.url, connect_timeout=5)
        async with httpx.AsyncClient(transport=line) as client:
            await client.get(peer.url)
            await line.aclose()  # as when it was idle for long
            peer.pem = BY_RENEWED_AUTHORITY
            place.write_bytes(RENEWED_AUTHORITY.read_bytes())  # by update-ca-certificates
            with pytest.raises(httpx.ConnectError, match="certificate"):
                await client.get(peer.url)
            assert (await client.get(peer.url)).is_success
