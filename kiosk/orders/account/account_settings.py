"""The settings of every order driver: the account, the point of sale, the service's address."""

from __future__ import annotations

import ipaddress
import os
import re
from typing import Annotated, ClassVar

import httpx
from pydantic import AfterValidator, ConfigDict, Field, SecretStr

from kiosk.base.environment import Environment
from kiosk.base.language import _
from kiosk.base.settings import Duration, Whole
from kiosk.orders import OrdersSettings
from kiosk.orders.account.token import TokenSettings
from kiosk.orders.http.connection import KeptConnection
from kiosk.orders.http.exchange import Exchange


def _base_url(value: str) -> str:
    try:
        url = httpx.URL(value)
    except httpx.InvalidURL as error:
        raise ValueError(
            _("{value!r} is not a valid address; write it like https://host", value=value)
        ) from error
    if (
        url.scheme not in ("https", "http")
        or url.userinfo
        or not re.fullmatch(r"[\w.:-]+", url.host)
    ):
        raise ValueError(
            _("{value!r} is not a valid address; write it like https://host", value=value)
        )
    if url.path != "/" or url.query or url.fragment:
        raise ValueError(
            _("{value!r} has more than a host; write it like https://host", value=value)
        )
    if url.scheme == "http" and not _is_loopback(url.host):
        raise ValueError(_("http would send the token without encryption; write https://"))
    return f"{url.scheme}://{url.netloc.decode()}"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


BaseUrl = Annotated[str, AfterValidator(_base_url)]


def _pos_id(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]{1,39}", value):
        raise ValueError(
            _(
                "{value!r} is not a valid external_pos_id; write 1 to 39 letters and digits",
                value=value,
            )
        )
    return value


PosId = Annotated[str, AfterValidator(_pos_id)]


class AccountSettings(OrdersSettings):
    """A seller's account and point of sale, and how to reach the service."""

    folder: ClassVar[str] = "kiosk.orders"
    drivers: ClassVar[tuple[str, ...]] = ("mercadopago", "dynamic_qr", "attended_qr")
    usual: ClassVar[str] = "mercadopago"

    model_config = ConfigDict(hide_input_in_errors=True)  # it may be a token in the wrong place

    base_url: BaseUrl = Field(
        "https://api.mercadopago.com",
        description="The address of the service. http is allowed only for this computer itself.",
    )
    token: TokenSettings = Field(
        description="Where the access token is: {credential: NAME}, {file: PATH} or {env: NAME}."
    )
    external_pos_id: PosId = Field(
        description=(
            "The external id that this counter's point of sale got when it was created: letters "
            "and digits. Each counter needs its own point of sale."
        )
    )
    platform_id: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="The id that Mercado Pago gave to the platform of this integration.",
    )
    integrator_id: str | None = Field(
        None,
        pattern="^dev_[A-Za-z0-9_-]+$",
        max_length=100,
        description="The id that Mercado Pago gave to the integrator; it begins with dev_.",
        examples=["dev_1234"],
    )
    sponsor_id: str | None = Field(
        None,
        pattern="^[0-9]{1,20}$",
        description="The USER_ID of the integrator's own Mercado Pago account: digits.",
        examples=["446566691"],
    )
    connect_timeout: Duration = Field(
        4,
        ge=0.5,
        le=60,
        description="How long the kiosk waits for the service to accept a connection.",
    )
    read_timeout: Duration = Field(
        8, ge=0.5, le=60, description="How long the kiosk waits for the service to answer."
    )
    looks_per_sale: Whole = Field(
        22,
        ge=8,
        le=120,
        description=(
            "How often the kiosk asks the service, on average, whether an order is paid. It asks "
            "often while payers usually pay, and seldom before and after; it learns these times "
            "from its own sales (kiosk orders looks). With twice the number, a payment is seen in "
            "half the time: with 22, in about one second."
        ),
    )

    def exchange(self, environment: Environment, given: SecretStr | None = None) -> Exchange:
        """Return what calls the service, not connected yet; raises ConfigError without a token.

        ``given`` is a token that is not in its place yet.
        """
        token = given or self.token.read(os.environ)
        transport = environment.http_transport or KeptConnection(
            self.base_url, connect_timeout=self.connect_timeout
        )
        return Exchange(
            self.base_url,
            token,
            transport,
            connect_timeout=self.connect_timeout,
            read_timeout=self.read_timeout,
            on_service_time=environment.on_service_time,
            read_token_again=lambda: given or self.token.read(os.environ),
        )
