"""A broker in memory, for the link on virtual time. It speaks the real protocol with the kiosk.

It keeps what it was told, and does what a test asks: refuses, falls silent, or ends a connection.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import reduce
from operator import or_
from typing import Any

import anyio
import mqtt5
from anyio.abc import ByteStream
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from pydantic import TypeAdapter

from kiosk.fleet.asyncapi import PUBLISHED


class Wire(ByteStream):
    """One end of a connection in memory."""

    def __init__(
        self, put: MemoryObjectSendStream[bytes], take: MemoryObjectReceiveStream[bytes]
    ) -> None:
        self._put, self._take = put, take
        self.ended_by: Exception | None = None  # what sending raises from now on

    async def send(self, item: bytes) -> None:
        if self.ended_by:
            raise self.ended_by
        await self._put.send(bytes(item))

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        return await self._take.receive()

    async def send_eof(self) -> None:
        self._put.close()

    async def aclose(self) -> None:
        self._put.close()
        self._take.close()


class MemoryBroker:
    """Takes one connection after another, and answers as MQTT 5 says."""

    def __init__(self) -> None:
        self.logins: list[tuple[float, mqtt5.ConnectPacket]] = []
        self.published: list[tuple[float, str, Any]] = []  # (second, topic, payload)
        self.subscribed: list[mqtt5.TopicFilter] = []
        self.acknowledged: list[int] = []  # messages to the kiosk that it has taken
        self.away = False  # nobody listens on its port
        self.silent = False  # it takes connections, and answers nothing
        self.acknowledges = True
        self.refused = ""  # a topic in which the kiosk may not publish
        self.correlations: list[bytes | None] = []  # one for each of ``published``
        self.refusal = mqtt5.ConnAckReasonCode.SUCCESS
        self.said_goodbye = False
        self.keep_alive: int | None = None  # seconds; the kiosk's own if it is None
        self._wire: Wire | None = None
        self._number = 0

    async def open(self) -> ByteStream:
        """Open a connection to it, as a kiosk does."""
        if self.away:
            raise ConnectionRefusedError(111, "Connection refused")
        to_broker = anyio.create_memory_object_stream[bytes](1000)
        to_kiosk = anyio.create_memory_object_stream[bytes](1000)
        self._wire = Wire(to_kiosk[0], to_broker[1])
        self._arrivals.send_nowait(self._wire)
        self.kiosks_end = Wire(to_broker[0], to_kiosk[1])
        return self.kiosks_end

    async def serve(self, *, task_status: anyio.abc.TaskStatus[None]) -> None:
        """Serve connections, for ever."""
        self._arrivals, arriving = anyio.create_memory_object_stream[Wire](100)
        task_status.started()
        async with self._arrivals, arriving, anyio.create_task_group() as tasks:
            async for wire in arriving:
                tasks.start_soon(self._talk, wire)

    async def publish(
        self,
        topic: str,
        payload: bytes,
        *,
        retain: bool = False,
        response_topic: str | None = None,
        correlation: bytes | None = None,
    ) -> None:
        """Send a message to the kiosk."""
        self._number += 1
        await self.send(
            mqtt5.PublishPacket(
                topic,
                payload,
                qos=mqtt5.QoS.AT_LEAST_ONCE,
                packet_id=self._number,
                retain=retain,
                response_topic=response_topic,
                correlation_data=correlation,
            ).write()
        )

    async def send(self, data: bytes) -> None:
        """Send bytes to the kiosk."""
        assert self._wire
        await self._wire.send(data)

    async def drop(self) -> None:
        """End the connection."""
        assert self._wire
        await self._wire.aclose()

    def told(self, topic: str) -> list[Any]:
        """Return what was published in the topics that end so, oldest first."""
        return [payload for _, name, payload in self.published if name.endswith(topic)]

    async def _talk(self, wire: Wire) -> None:
        data = b""
        with suppress(anyio.EndOfStream, anyio.ClosedResourceError, anyio.BrokenResourceError):
            async with wire:
                while True:
                    data += await wire.receive()
                    while data:
                        packet, length = mqtt5.read(memoryview(data))
                        data = data[length:]
                        await self._take(wire, packet)

    async def _take(self, wire: Wire, packet: mqtt5.Packet) -> None:
        match packet:
            case mqtt5.ConnectPacket():
                self.logins.append((anyio.current_time(), packet))
                answer = mqtt5.ConnAckPacket(
                    reason_code=self.refusal, server_keep_alive=self.keep_alive
                ).write()
            case mqtt5.PublishPacket(topic=self.refused, packet_id=int(number)):
                reason = mqtt5.PubAckReasonCode.NOT_AUTHORIZED
                answer = mqtt5.PubAckPacket(number, reason_code=reason).write()
            case mqtt5.PublishPacket(topic=topic, payload=payload, packet_id=number):
                assert number
                check(topic, payload)
                self._keep(topic, json.loads(payload or b"null"))
                self.correlations.append(packet.correlation_data)
                answer = mqtt5.PubAckPacket(number).write() if self.acknowledges else b""
            case mqtt5.SubscribePacket(packet_id=number, topic_filters=filters):
                self.subscribed += filters
                granted = mqtt5.SubAckReasonCode.GRANTED_QOS_AT_LEAST_ONCE
                answer = mqtt5.SubAckPacket(number, [granted]).write()
            case mqtt5.PingReqPacket():
                answer = mqtt5.PingRespPacket().write()
            case mqtt5.PubAckPacket(packet_id=number):
                self.acknowledged.append(number)
                return
            case mqtt5.DisconnectPacket():
                self.said_goodbye = True
                return
            case _:
                raise AssertionError(f"a kiosk does not send {packet}")
        if answer and not self.silent:
            with suppress(anyio.BrokenResourceError):  # the kiosk may have gone after its goodbye
                await wire.send(answer)

    def _keep(self, topic: str, payload: Any) -> None:
        """Keep a message of the kiosk."""
        self.published.append((anyio.current_time(), topic, payload))


def check(topic: str, payload: bytes) -> None:
    """Check that what a kiosk published is a message that the document describes for its topic.

    Another topic is one that a sender wants its answer in.
    """
    if topic.startswith("homeassistant/"):
        return
    answers = PUBLISHED["out/amount"] + PUBLISHED["out/answer"]
    models = PUBLISHED.get(topic.split("/", 4)[-1], answers)
    TypeAdapter(reduce(or_, models)).validate_json(payload, strict=True)
