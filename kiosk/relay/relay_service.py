"""The relay as a whole: its HTTP server, its connection with the broker, its metrics."""

from __future__ import annotations

import logging
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import NoReturn

import anyio
from pydantic import SecretStr

from kiosk.base.errors import ConfigError
from kiosk.base.http_server import listen, serve
from kiosk.base.language import _, system_reason
from kiosk.fleet.broker import Broker, OpenStream, opened
from kiosk.fleet.link import keep_trying
from kiosk.fleet.mqtt.client import connected
from kiosk.fleet.mqtt.vocabulary import Login, MqttMessage
from kiosk.fleet.viewer.chain_counters import message_of
from kiosk.relay.hint_sender import HintSender
from kiosk.relay.known_sales import KnownSales
from kiosk.relay.notice_sorter import Acceptance, NoticeSorter
from kiosk.relay.relay_app import RelayApp
from kiosk.relay.relay_metrics import RelayMetrics, metrics_app
from kiosk.relay.relay_settings import RelaySettings, host_and_port
from kiosk.service.notify import notify

# Seconds. A shop has few relays, so they need not wait as long as its kiosks.
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 60.0
MOST_AT_ONCE = 500  # connections; a busy chain needs a few

log = logging.getLogger("kiosk.relay")


class Relay:
    """One relay. ``open_stream`` opens a connection to the broker."""

    def __init__(
        self,
        settings: RelaySettings,
        secrets: tuple[SecretStr, ...],
        open_stream: OpenStream,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._open = settings, open_stream
        self.metrics, self._sales = RelayMetrics(), KnownSales()
        self._sender = HintSender(self.metrics)
        accepts = Acceptance(secrets, settings.unsigned == "pass", settings.late == "pass")
        self.app = RelayApp(
            NoticeSorter(accepts, self._sales, wall_clock), self._sender, self.metrics
        )

    async def keep_link(self) -> NoReturn:
        """Keep the connection with the broker, until canceled."""
        await keep_trying(self._serve, self._tell, (FIRST_PAUSE, LONGEST_PAUSE))
        raise AssertionError("a link runs for ever")

    async def _serve(self, is_up: Callable[[], None]) -> NoReturn:
        password = self._settings.password.read(os.environ).get_secret_value().encode()
        login = Login(self._settings.user, password, session_kept=0)
        async with (
            opened(self._open) as stream,
            connected(stream, login, self._take) as client,
        ):
            for topic in ("state", "sale"):
                pattern = f"kiosk/v1/{self._settings.shop or '+'}/+/{topic}"
                await client.subscribe(pattern, retained=True)
            is_up()
            await self._sender.run(client)
        raise AssertionError("hints are sent for ever")

    async def _take(self, message: MqttMessage) -> None:
        """Learn from what a counter tells."""
        if told := message_of(message):
            self._sales.learn(told.name, told.payload)
            self.metrics.knows(len(self._sales))

    def _tell(self, problem: str) -> None:
        """Log and show a problem, or its end."""
        self.app.connected = not problem
        self.metrics.broker(connected=not problem)
        if problem:
            log.warning("%s; counters look at their orders without hints", problem)
        else:
            log.info("the broker is connected")


async def run_relay(settings: RelaySettings) -> NoReturn:
    """Run a relay, until canceled; raises ConfigError if it can't start."""
    secrets = tuple(each.read(os.environ) for each in settings.secrets)
    broker = Broker(settings.host, settings.port, settings.tls, settings.ca)
    relay = Relay(settings, secrets, broker.open)
    with ExitStack() as open_sockets:
        web, *figures = (
            open_sockets.enter_context(socket_at) for socket_at in _listeners(settings)
        )
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(relay.keep_link)
            for listener in figures:
                tasks.start_soon(serve, metrics_app(relay.metrics), listener)
            log.info("notices are taken at %s", settings.listen)
            notify("READY=1")
            await serve(relay.app.asgi(), web, most_at_once=MOST_AT_ONCE)
    raise AssertionError("a server runs for ever")


def _listeners(settings: RelaySettings) -> Iterator[socket.socket]:
    """Yield the socket for notices, and the one for metrics if there is one."""
    for key in ("listen", "metrics"):
        if not (address := getattr(settings, key)):
            continue
        host, port = host_and_port(address)
        try:
            yield listen(port, host)
        except OSError as error:
            raise ConfigError(
                _(
                    "{key}: {address} can't be used ({reason}); choose another",
                    key=key,
                    address=address,
                    reason=system_reason(error),
                )
            ) from error
