"""A client on an open stream: publishes, waits for acknowledgements, and hands messages on."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import NoReturn

import anyio
from anyio.abc import ByteStream

from kiosk.base.language import _, mark
from kiosk.fleet.mqtt.protocol import Protocol
from kiosk.fleet.mqtt.vocabulary import (
    Acknowledged,
    Arrived,
    BrokerFault,
    Connected,
    ConnectionClosed,
    Event,
    Login,
    MessageRefused,
    MqttMessage,
    Subscribed,
)

ANSWER_TAKES = 20.0  # seconds; a broker that takes longer to answer is left
GOODBYE_TAKES = 2.0  # seconds, at the end of the daemon

Take = Callable[[MqttMessage], Awaitable[None]]


class Client:
    """An accepted connection. See ``connected``."""

    def __init__(self, stream: ByteStream, login: Login, take: Take) -> None:
        self._stream, self._protocol, self._take = stream, Protocol(login), take
        self._sending, self._account = anyio.Lock(), login.client_id
        self._answered: dict[int, anyio.Event] = {}
        self._refusals: dict[int, str] = {}
        self._room = anyio.Semaphore(1)
        self._keep_alive = math.inf
        self.lost = False  # whether the connection has failed, or the broker has left it

    async def publish(self, message: MqttMessage) -> None:
        """Publish, and return when the broker has the message.

        Raises BrokerFault; MessageRefused if the broker does not pass this one on.
        """
        async with self._room:
            await self._answer_to(message.topic, *self._protocol.publish(message))

    async def subscribe(self, pattern: str, *, retained: bool = False) -> None:
        """Subscribe, and return when the broker has agreed; raises BrokerFault.

        ``retained``: the messages that the broker keeps in these topics come, too.
        """
        await self._answer_to(pattern, *self._protocol.subscribe(pattern, retained=retained))

    async def _answer_to(self, topic: str, number: int, packet: bytes) -> None:
        answered = self._answered[number] = anyio.Event()
        try:
            with _limited(mark("the broker does not acknowledge for {seconds} s")):
                await self._send(packet)
                await answered.wait()
        finally:
            del self._answered[number]
        if refusal := self._refusals.pop(number, ""):
            raise MessageRefused(
                _(
                    "the broker refuses {topic}: {refusal}; check the rules for this account at "
                    "the broker",
                    topic=topic,
                    refusal=refusal,
                )
            )

    async def connect(self) -> None:
        """Log in, and wait until the broker accepts it; raises BrokerFault."""
        with _limited(mark("the broker does not answer for {seconds} s")):
            await self._send(self._protocol.connect())
            while self._keep_alive == math.inf:
                await self._receive()

    async def listen(self) -> NoReturn:
        """Take what the broker sends, for ever; raises BrokerFault when the connection ends."""
        try:
            while True:
                with _limited(mark("the broker is silent for {seconds} s"), 1.5 * self._keep_alive):
                    await self._receive()
        except BrokerFault:
            self.lost = True
            raise

    async def ping(self) -> NoReturn:
        """Send a ping within each keep-alive period, for ever. The broker must answer it."""
        while True:
            await anyio.sleep(0.75 * self._keep_alive)
            await self._send(self._protocol.ping())

    async def say_goodbye(self, message: MqttMessage) -> None:
        """Publish a last message without waiting for its acknowledgement, and end the connection.

        The broker then publishes no will.
        """
        with anyio.move_on_after(GOODBYE_TAKES, shield=True):
            _, packet = self._protocol.publish(message)
            await self._send(packet + self._protocol.disconnect())

    async def _receive(self) -> None:
        with self._closed_is_a_fault():
            data = await self._stream.receive()
        for event in self._protocol.receive(data):
            await self._note(event)

    async def _note(self, event: Event) -> None:
        match event:
            case Connected(room, keep_alive):
                self._room = anyio.Semaphore(room)
                self._keep_alive = keep_alive
            case Acknowledged(number, refused) | Subscribed(number, refused):
                if refused:
                    self._refusals[number] = refused
                if number in self._answered:
                    self._answered[number].set()
            case Arrived(message, number):
                await self._take(message)
                if number is not None:
                    await self._send(self._protocol.acknowledge(number))

    async def _send(self, packet: bytes) -> None:
        with self._closed_is_a_fault():
            async with self._sending:
                await self._stream.send(packet)

    @contextmanager
    def _closed_is_a_fault(self) -> Iterator[None]:
        """Turn the end of the stream into ConnectionClosed. With TLS, a send may also find it.

        Mosquitto 2.0 does not say that another connection has taken the place of this one.
        """
        try:
            yield
        except (anyio.EndOfStream, anyio.BrokenResourceError, OSError) as error:
            raise ConnectionClosed(
                _(
                    "the broker has closed the connection; if this happens again and again, "
                    "another program uses the account {account}: give each kiosk its own "
                    "kiosk.name, and each program its own account",
                    account=self._account,
                )
            ) from error


@asynccontextmanager
async def connected(stream: ByteStream, login: Login, take: Take) -> AsyncIterator[Client]:
    """Connect, and serve the connection while the body runs; raises BrokerFault.

    ``take`` gets each message that comes. It must not wait for the client.
    """
    client = Client(stream, login, take)
    await client.connect()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(client.listen)
        tasks.start_soon(client.ping)
        yield client
        tasks.cancel_scope.cancel()


@contextmanager
def _limited(silence: str, seconds: float = ANSWER_TAKES) -> Iterator[None]:
    """Turn an answer that takes too long into a BrokerFault."""
    try:
        with anyio.fail_after(seconds):
            yield
    except TimeoutError as error:
        raise BrokerFault(_(silence, seconds=round(seconds))) from error
