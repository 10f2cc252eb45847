"""The address of a payment service: a bare origin, and never plain http across a network."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import httpx
from pydantic import AfterValidator


def _base_url(value: str) -> str:
    try:
        url = httpx.URL(value)
    except httpx.InvalidURL as error:
        raise ValueError(f"{value!r} is no address; write it like https://host") from error
    if url.scheme not in ("https", "http") or not url.host or url.userinfo:
        raise ValueError(f"{value!r} is no address; write it like https://host")
    if url.path != "/" or url.query or url.fragment:
        raise ValueError(f"{value!r} goes on after the host; write it like https://host")
    if url.scheme == "http" and not _is_loopback(url.host):
        raise ValueError("plain http would show the token to the network; write https://")
    return f"{url.scheme}://{url.netloc.decode()}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


BaseUrl = Annotated[str, AfterValidator(_base_url)]
