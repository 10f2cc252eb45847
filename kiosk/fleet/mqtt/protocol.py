"""One MQTT 5 connection: bytes in, events out. It reads no socket and no clock.

This is the only file that knows the codec ``mqtt5``; another one is a change here. Sections are
those of the OASIS standard "MQTT Version 5.0" of 7 March 2019. Only what the kiosk needs: messages
go and come with QoS 1, and a broker that breaks the protocol is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import SupportsInt

import mqtt5
from mqtt5 import QoS

from kiosk.base.errors import KioskError
from kiosk.base.frozen import frozen

KEEP_ALIVE = 60  # seconds
SESSION_KEPT = 86_400  # seconds, for a kiosk
WILL_DELAY = 30  # seconds for which a lost kiosk may come back before its will is published
ROOM = 8  # messages that the broker may send before one is acknowledged
LARGEST = 65_536  # bytes of a packet that the kiosk takes
_HEADER = 5  # bytes of the longest fixed header (2.1.1)
_FAILURES = 128  # the first reason code that is a failure (2.4)


class BrokerFault(KioskError):
    """The broker refuses us, breaks the protocol, or is gone. Try again later."""


@frozen
class MqttMessage:
    """What is published: ``expires_after`` in seconds; see 3.3.2.3 for the rest."""

    topic: str
    payload: bytes
    retain: bool = False
    expires_after: int | None = None
    response_topic: str = ""
    correlation: bytes = b""


@frozen
class Login:
    """Who connects. ``client_id`` is also the user's name; ``will`` is published if we are lost.

    For ``session_kept`` seconds the broker keeps messages for a client that is away; 0: it keeps
    none.
    """

    client_id: str
    password: bytes
    will: MqttMessage | None = None
    session_kept: int = SESSION_KEPT


@frozen
class Connected:
    """The broker accepts us. ``room``: messages that it takes before it acknowledges one."""

    room: int
    largest: int | None  # bytes of a packet that it takes
    keep_alive: int  # seconds


@frozen
class Arrived:
    """A message came. It is acknowledged by its ``number``; None if it needs no answer."""

    message: MqttMessage
    number: int | None


@frozen
class Acknowledged:
    """The broker has our message. ``refused`` says why it does not pass it on, or is empty."""

    number: int
    refused: str


@frozen
class Subscribed:
    """The broker answers a subscription. ``refused`` says why it passes nothing on, or is empty."""

    number: int
    refused: str


Event = Connected | Arrived | Acknowledged | Subscribed


class Protocol:
    """The kiosk's side of a connection. Each method but ``receive`` returns bytes to send."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._buffer = bytearray()
        self._numbers = cycle(range(1, 65_536))
        self._unacknowledged: set[int] = set()
        self._connected = False

    def connect(self) -> bytes:
        """Return the packet that begins the connection (3.1)."""
        login = self._login
        return mqtt5.ConnectPacket(
            login.client_id,
            username=login.client_id,
            password=login.password,
            clean_start=not login.session_kept,
            will=_will(login.will) if login.will else None,
            keep_alive=KEEP_ALIVE,
            session_expiry_interval=login.session_kept,
            receive_max=ROOM,
            max_packet_size=LARGEST,
        ).write()

    def subscribe(self, pattern: str, *, retained: bool = False) -> tuple[int, bytes]:
        """Return a subscription, with or without what is retained (3.8): number and packet."""
        number = self._number()
        handling = mqtt5.RetainHandling
        wanted = mqtt5.TopicFilter(
            pattern,
            max_qos=QoS.AT_LEAST_ONCE,
            retain_handling=handling.SEND_ALWAYS if retained else handling.SEND_NEVER,
        )
        return number, mqtt5.SubscribePacket(number, [wanted]).write()

    def publish(self, message: MqttMessage) -> tuple[int, bytes]:
        """Return the number and the packet of a message (3.3)."""
        number = self._number()
        packet = mqtt5.PublishPacket(
            message.topic,
            message.payload,
            qos=QoS.AT_LEAST_ONCE,
            retain=message.retain,
            packet_id=number,
            payload_format_indicator=1,
            message_expiry_interval=message.expires_after,
            content_type="application/json",
            correlation_data=message.correlation or None,
        )
        return number, packet.write()

    @staticmethod
    def acknowledge(number: int) -> bytes:
        """Return the packet that says that a message is taken (3.4)."""
        return mqtt5.PubAckPacket(number).write()

    @staticmethod
    def ping() -> bytes:
        """Return the packet that the broker must answer (3.12)."""
        return mqtt5.PingReqPacket().write()

    @staticmethod
    def disconnect() -> bytes:
        """Return the packet that ends the connection, so that no will is published (3.14)."""
        return mqtt5.DisconnectPacket().write()

    def receive(self, data: bytes) -> Iterator[Event]:
        """Yield what the broker says; raises BrokerFault if it says something wrong, or the end."""
        self._buffer += data
        while packet := self._next_packet():
            if event := self._event(packet):
                yield event

    def _next_packet(self) -> mqtt5.Packet | None:
        """Take a whole packet out of the buffer, or return None."""
        try:
            packet, length = mqtt5.read(memoryview(bytes(self._buffer)))
        except IndexError:
            self._check_length()
            return None
        except ValueError as error:
            raise BrokerFault(f"the broker sent what is not MQTT 5: {error}") from error
        except BaseException as error:
            # mqtt5 0.8 panics at a text that is not UTF-8; that exception has no public name.
            if type(error).__name__ != "PanicException":
                raise
            raise BrokerFault("the broker sent a text that is not UTF-8") from error
        if length > LARGEST:
            raise BrokerFault(f"the broker sent a packet of {length} bytes")
        del self._buffer[:length]
        return packet

    def _check_length(self) -> None:
        """Refuse a packet that announces more than we take, before it is in memory (1.5.5)."""
        length = 0
        for place, byte in enumerate(self._buffer[1:_HEADER]):
            length |= (byte & 0x7F) << 7 * place
            if not byte & 0x80:
                break
        if length > LARGEST:
            raise BrokerFault(f"the broker sends a packet of {length} bytes")

    def _event(self, packet: mqtt5.Packet) -> Event | None:
        if isinstance(packet, mqtt5.ConnAckPacket) is self._connected:
            raise BrokerFault(f"the broker sent {type(packet).__name__} at the wrong time")
        match packet:
            case mqtt5.ConnAckPacket():
                return self._connected_by(packet)
            case mqtt5.PublishPacket():
                return self._arrived(packet)
            case mqtt5.PubAckPacket():
                self._answered(packet.packet_id)
                return Acknowledged(packet.packet_id, _refusal(packet, packet.reason_code))
            case mqtt5.SubAckPacket() if len(packet.reason_codes) == 1:
                self._answered(packet.packet_id)
                return Subscribed(packet.packet_id, _refusal(packet, packet.reason_codes[0]))
            case mqtt5.PingRespPacket():
                return None
            case mqtt5.DisconnectPacket():
                raise BrokerFault(
                    f"the broker ends the connection: {_words(packet, packet.reason_code)}"
                )
        raise BrokerFault(f"the broker sent {type(packet).__name__}, which nobody asked for")

    def _connected_by(self, packet: mqtt5.ConnAckPacket) -> Connected:
        if refusal := _refusal(packet, packet.reason_code):
            raise BrokerFault(
                f"the broker refuses {self._login.client_id}: {refusal}; check its account "
                "and fleet.password"
            )
        self._connected = True
        return Connected(
            room=max(1, packet.receive_max),
            largest=packet.max_packet_size,
            keep_alive=packet.server_keep_alive or KEEP_ALIVE,
        )

    def _arrived(self, packet: mqtt5.PublishPacket) -> Arrived:
        if packet.qos == QoS.EXACTLY_ONCE or packet.topic_alias is not None:
            raise BrokerFault("the broker sent a message in a way that nobody asked for")
        message = MqttMessage(
            packet.topic,
            packet.payload,
            retain=packet.retain,
            expires_after=packet.message_expiry_interval,
            response_topic=packet.response_topic or "",
            correlation=packet.correlation_data or b"",
        )
        return Arrived(message, packet.packet_id)

    def _number(self) -> int:
        """Return a packet identifier that no unanswered packet has (2.2.1)."""
        number = next(each for each in self._numbers if each not in self._unacknowledged)
        self._unacknowledged.add(number)
        return number

    def _answered(self, number: int) -> None:
        if number not in self._unacknowledged:
            raise BrokerFault("the broker acknowledges what was not sent")
        self._unacknowledged.remove(number)


def _will(message: MqttMessage) -> mqtt5.Will:
    return mqtt5.Will(
        message.topic,
        payload=message.payload,
        qos=QoS.AT_LEAST_ONCE,
        retain=message.retain,
        payload_format_indicator=1,
        content_type="application/json",
        will_delay_interval=WILL_DELAY,
    )


_Answer = mqtt5.ConnAckPacket | mqtt5.PubAckPacket | mqtt5.SubAckPacket | mqtt5.DisconnectPacket


def _refusal(packet: _Answer, reason: SupportsInt) -> str:
    """Return why the broker refuses, or an empty text if it does not."""
    return _words(packet, reason) if int(reason) >= _FAILURES else ""


def _words(packet: _Answer, reason: SupportsInt) -> str:
    words = getattr(reason, "name", "").lower().replace("_", " ")
    said = f", {packet.reason_str!r}" if packet.reason_str else ""
    return f"{words} ({int(reason)}){said}"
