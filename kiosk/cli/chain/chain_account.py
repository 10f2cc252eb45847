"""The broker and the account of ``kiosk fleet``: from options, the environment and a file."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
from pydantic import ValidationError

from kiosk.base.errors import ConfigError, KioskError
from kiosk.base.language import _
from kiosk.base.retry import reason_of
from kiosk.cli import INTERRUPTED
from kiosk.cli.common import fail
from kiosk.cli.verbs.fleet_verbs import AccountOptions
from kiosk.config.broker_account import BrokerAccount, load_account
from kiosk.config.loader import read_bytes
from kiosk.fleet.broker import Broker, OpenStream
from kiosk.fleet.mqtt.vocabulary import Login
from kiosk.fleet.viewer.chain_counters import ChainCounters
from kiosk.fleet.viewer.chain_viewer import ChainViewer, viewing

T = TypeVar("T")

PASSWORD = "KIOSK_FLEET_PASSWORD"  # noqa: S105 - the name of an environment variable
Connect = Callable[[ChainCounters], AbstractAsyncContextManager[ChainViewer]]


def places() -> list[Path]:
    """Return where the file of the account may be, the first one that counts first."""
    own = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return [Path(own).expanduser() / "kiosk/fleet.yaml", Path("/etc/kiosk/fleet.yaml")]


def usual_file() -> Path | None:
    """Return the file of the account, if there is one."""
    # os.path returns False, without an error, for a folder that this user may not read
    return next((each for each in places() if os.path.exists(each)), None)


def account_of(options: AccountOptions) -> BrokerAccount:
    """Return the account; raises ConfigError. An option counts more than the file."""
    given: dict[str, Any] = {
        "broker": options.broker,
        "user": options.user,
        "ca": options.ca,
        "shop": options.shop,
    }
    if options.password_file:
        given["password"] = {"file": options.password_file}
    elif os.environ.get(PASSWORD):
        given["password"] = {"env": PASSWORD}
    given = {name: value for name, value in given.items() if value}
    file = options.settings or usual_file()
    if file and not {"broker", "user", "password"} <= given.keys():
        given = load_account(file).model_dump(exclude_unset=True, exclude_none=True) | given
    return _validated(given)


def _validated(given: dict[str, Any]) -> BrokerAccount:
    try:
        account = BrokerAccount.model_validate(given)
    except ValidationError as error:
        # the model itself only checks the port of the broker
        names = [str(each["loc"][0]) if each["loc"] else "broker" for each in error.errors()]
        raise ConfigError(*(_fault(name, given) for name in names)) from None
    if account.ca:
        read_bytes(Path(account.ca))
    return account


def _fault(name: str, given: dict[str, Any]) -> str:
    option = "--password-file" if name == "password" else f"--{name}"
    if name in given:
        return _(
            "{option}: {value!r} is not a valid value; see kiosk fleet --help",
            option=option,
            value=str(given[name]),
        )
    return _(
        "{option} is missing; write it, or write {name} into {file}",
        option=option,
        name=name,
        file=places()[0],
    )


def connector(account: BrokerAccount, open_stream: OpenStream | None = None) -> Connect:
    """Return what connects a viewer with the broker of the account; raises ConfigError."""
    password = account.password.read(os.environ).get_secret_value().encode()
    broker = Broker(account.host, account.port, account.tls, account.ca)
    login = Login(account.user, password, session_kept=0)

    @asynccontextmanager
    async def connect(counters: ChainCounters) -> AsyncIterator[ChainViewer]:
        async with viewing(open_stream or broker.open, login, counters, account.shop) as viewer:
            yield viewer

    return connect


def run_viewer(options: AccountOptions, act: Callable[[Connect], Awaitable[T]]) -> T:
    """Run what a viewer does; exit with 2 if the account is not given, 1 for other errors."""
    said, code = "", INTERRUPTED
    try:
        return anyio.run(act, connector(account_of(options)))
    except* SystemExit:  # Ctrl-C may come while any of the tasks runs
        pass
    except* ConfigError as group:
        said, code = reason_of(group), 2
    except* KioskError as group:
        said, code = reason_of(group), 1
    if code == INTERRUPTED:
        sys.exit(code)
    return fail(said, code)
