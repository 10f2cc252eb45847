"""The section ``fleet:``. Without it nothing of the package ``kiosk.fleet`` is imported."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from kiosk.base.language import mark
from kiosk.base.ports import checked_port
from kiosk.base.secret import SecretSettings
from kiosk.base.settings import Settings

NAME = "^[A-Za-z0-9_-]{1,32}$"  # of a shop in topics, and of a kiosk


class PasswordSettings(SecretSettings):
    """Where to read the broker's password from: exactly one place."""

    key = "fleet.password"
    what = mark("the broker's password")


class BrokerSettings(Settings):
    """Where the broker is."""

    broker: str = Field(
        pattern=r"^mqtts?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$",
        examples=["mqtts://broker.example:8883"],
        description=(
            "The MQTT 5 broker: mqtts://HOST:PORT with TLS, mqtt://HOST:PORT without. Without "
            "TLS everybody on the network can read the password."
        ),
    )
    ca: str = Field(
        "",
        description=(
            "The file of the certificate authority that has signed the broker's certificate. "
            "Leave it out for one that this computer knows."
        ),
    )

    @model_validator(mode="after")
    def _port_exists(self) -> Self:
        checked_port(self.port)
        return self

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return self.broker.startswith("mqtts:")

    @property
    def host(self) -> str:
        """The broker's name or address."""
        return self._place()[0]

    @property
    def port(self) -> int:
        """The broker's port; 8883 with TLS and 1883 without, if the address names none."""
        return int(self._place()[1] or (8883 if self.tls else 1883))

    def _place(self) -> tuple[str, str]:
        host, _colon, port = self.broker.partition("://")[2].partition(":")
        return host, port


class FleetSettings(BrokerSettings):
    """The broker that sees this counter."""

    shop: str = Field(
        pattern=NAME,
        examples=["shop1"],
        description=(
            "The name of the shop in topics: up to 32 letters, digits, - and _. The broker knows "
            "this counter as SHOP/NAME, with kiosk.name."
        ),
    )
    password: PasswordSettings = Field(
        description=(
            "Where the broker's password is: {credential: NAME}, {file: PATH} or {env: NAME}."
        ),
    )
    home_assistant: str = Field(
        "",
        pattern=r"^[A-Za-z0-9_/-]{0,64}$",
        examples=["homeassistant"],
        description=(
            "The discovery prefix of Home Assistant, which is homeassistant if nobody has changed "
            "it: the counter is one of its devices. Leave it out if there is no Home Assistant."
        ),
    )
