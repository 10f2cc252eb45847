"""The account of a program that is not a kiosk, such as a viewer, and the file that names it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from pydantic import Field

from kiosk.base.errors import ConfigError
from kiosk.config.fleet_settings import NAME, BrokerSettings, PasswordSettings
from kiosk.config.loader import parse_bytes, read_bytes


class AccountPassword(PasswordSettings):
    """Where to read the password of the account from: exactly one place."""

    key: ClassVar[str] = "password"


class BrokerAccount(BrokerSettings):
    """A broker, and an account there. Each program needs one of its own."""

    user: str = Field(
        pattern="^[!-~]{1,64}$",
        examples=["viewer"],
        description="The name of the account: up to 64 letters, digits and signs, no spaces.",
    )
    password: AccountPassword = Field(
        description=(
            "Where the broker's password is: {credential: NAME}, {file: PATH} or {env: NAME}."
        ),
    )
    shop: str = Field(
        "",
        pattern=f"{NAME}|^$",
        description="Only the counters of this shop. Leave it out for all.",
    )


def load_account(path: Path) -> BrokerAccount:
    """Return the account that a file names, or raise ConfigError with a line for each fault."""
    parsed = parse_bytes(read_bytes(path), BrokerAccount)
    if parsed.settings is None:
        raise ConfigError(*(fault.line(str(path)) for fault in parsed.faults))
    return parsed.settings
