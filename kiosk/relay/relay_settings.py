"""The relay's own configuration file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from kiosk.base.errors import ConfigError
from kiosk.base.language import _, mark
from kiosk.base.ports import checked_port
from kiosk.base.secret import SecretSettings
from kiosk.config.broker_account import BrokerAccount
from kiosk.config.loader import parse_bytes, read_bytes

_ADDRESS = r"^([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5}$"

PassOrDrop = Literal["pass", "drop"]


class NoticeSecret(SecretSettings):
    """Where to read a secret of notices from: exactly one place."""

    key: ClassVar[str] = "secrets"
    what: ClassVar[str] = mark("the secret")


class RelaySettings(BrokerAccount):
    """What the relay needs: a broker with an account of its own, and who may send notices."""

    listen: str = Field(
        "127.0.0.1:8480",
        pattern=_ADDRESS,
        description=(
            "HOST:PORT at which the web server of this computer passes notices on. The relay "
            "itself speaks no HTTPS, so it should not be reachable from outside."
        ),
    )
    secrets: Annotated[tuple[NoticeSecret, ...], Field(max_length=20)] = Field(
        (),
        description=(
            "Where the secrets of the applications at Mercado Pago are, one for each: Your "
            "integrations, Webhooks, Secret signature. A notice with a wrong signature is dropped."
        ),
    )
    unsigned: PassOrDrop = Field(
        "drop",
        description=(
            "What happens to a notice without a signature: pass or drop. Mercado Pago sends many "
            "notices about QR orders without one. A passed notice only causes a look at the order."
        ),
    )
    late: PassOrDrop = Field(
        "drop",
        description=(
            "What happens to a notice with a good signature that is older than 5 min: pass or "
            "drop. Mercado Pago repeats a notice that was not answered, with its first signature."
        ),
    )
    metrics: str = Field(
        "",
        pattern=f"{_ADDRESS}|^$",
        examples=["127.0.0.1:8481"],
        description="HOST:PORT with figures for Prometheus, at /metrics. Leave it out for none.",
    )

    @model_validator(mode="after")
    def _passes_some(self) -> Self:
        for place in filter(None, (self.listen, self.metrics)):
            host_and_port(place)
        if not self.secrets and self.unsigned == "drop":
            raise ValueError(
                _(
                    "without a secret every notice is dropped; add secrets, or write unsigned: "
                    "pass to take notices from anybody"
                )
            )
        return self


def host_and_port(address: str) -> tuple[str, int]:
    """Return both parts of HOST:PORT; raises ValueError if there is no such port."""
    host, _colon, port = address.rpartition(":")
    return host.strip("[]"), checked_port(int(port))


def load_relay(path: Path) -> RelaySettings:
    """Return the settings of a file, or raise ConfigError with a line for each fault."""
    parsed = parse_bytes(read_bytes(path), RelaySettings)
    if parsed.settings is None:
        raise ConfigError(*(fault.line(str(path)) for fault in parsed.faults))
    return parsed.settings
