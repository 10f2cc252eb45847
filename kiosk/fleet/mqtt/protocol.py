"""One MQTT 5 connection: bytes in, events out. It reads no socket and no clock.

Only this file and ``packet_reader.py`` use the codec ``mqtt5``, so another codec is a change there.
Sections are those of the OASIS standard "MQTT Version 5.0" of 7 March 2019. Here is only
what the kiosk needs: it publishes with QoS 1, and disconnects if the broker breaks the protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from typing import SupportsInt

import mqtt5
from mqtt5 import QoS

from kiosk.base.language import _
from kiosk.fleet.mqtt.packet_reader import LARGEST, NotMqtt, PacketReader
from kiosk.fleet.mqtt.vocabulary import (
    Acknowledged,
    Arrived,
    BrokerFault,
    Connected,
    Event,
    Login,
    MqttMessage,
    Subscribed,
    TakenOver,
)

KEEP_ALIVE = 60  # seconds
SESSION_KEPT = 86_400  # seconds, for a kiosk
WILL_DELAY = 30  # seconds for which a lost kiosk may come back before its will is published
ROOM = 8  # messages that the broker may send before one is acknowledged
_FAILURES = 128  # the first reason code that is a failure (2.4)


class Protocol:
    """The kiosk's side of a connection. Each method but ``receive`` returns bytes to send."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._reader = PacketReader()
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
        """Return a subscription, with or without what is retained (3.8): number and packet.

        What this client publishes itself does not come.
        Retained messages come with QoS 0: of those with QoS 1, Mosquitto drops what is more than
        ``max_queued_messages``.
        """
        number = self._number()
        handling = mqtt5.RetainHandling
        wanted = mqtt5.TopicFilter(
            pattern,
            max_qos=QoS.AT_MOST_ONCE if retained else QoS.AT_LEAST_ONCE,
            no_local=True,
            retain_handling=handling.SEND_ALWAYS if retained else handling.SEND_NEVER,
        )
        return number, mqtt5.SubscribePacket(number, [wanted]).write()

    def publish(self, message: MqttMessage) -> tuple[int, bytes]:
        """Return the number and the packet of a message (3.3).

        It does not say that it is JSON: the broker would keep 0.3 KiB more for each kiosk.
        """
        number = self._number()
        packet = mqtt5.PublishPacket(
            message.topic,
            message.payload,
            qos=QoS.AT_LEAST_ONCE,
            retain=message.retain,
            packet_id=number,
            message_expiry_interval=message.expires_after,
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
        try:
            for packet in self._reader.packets(data):
                if event := self._event(packet):
                    yield event
        except NotMqtt as error:
            raise _broken(str(error)) from error

    def _event(self, packet: mqtt5.Packet) -> Event | None:
        if isinstance(packet, mqtt5.ConnAckPacket) is self._connected:
            raise _broken(f"it sent {type(packet).__name__} at the wrong time")
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
                raise _ended(packet, self._login.client_id)
        raise _broken(f"it sent {type(packet).__name__}, which nobody asked for")

    def _connected_by(self, packet: mqtt5.ConnAckPacket) -> Connected:
        if refusal := _refusal(packet, packet.reason_code):
            raise BrokerFault(
                _(
                    "the broker refuses {account}: {refusal}; check that account and its password",
                    account=self._login.client_id,
                    refusal=refusal,
                )
            )
        self._connected = True
        return Connected(
            room=max(1, packet.receive_max),
            keep_alive=packet.server_keep_alive or KEEP_ALIVE,
        )

    def _arrived(self, packet: mqtt5.PublishPacket) -> Arrived:
        if packet.qos == QoS.EXACTLY_ONCE or packet.topic_alias is not None:
            raise _broken("it sent a message in a way that nobody asked for")
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
            raise _broken("it acknowledges what was not sent")
        self._unacknowledged.remove(number)


def _will(message: MqttMessage) -> mqtt5.Will:
    return mqtt5.Will(
        message.topic,
        payload=message.payload,
        qos=QoS.AT_LEAST_ONCE,
        retain=message.retain,
        will_delay_interval=WILL_DELAY,
    )


def _broken(how: str) -> BrokerFault:
    return BrokerFault(_("the broker breaks the protocol: {how}", how=how))


def _ended(packet: mqtt5.DisconnectPacket, account: str) -> BrokerFault:
    if packet.reason_code == mqtt5.DisconnectReasonCode.SESSION_TAKEN_OVER:
        return TakenOver(
            _(
                "another program uses the account {account}; give each kiosk its own kiosk.name, "
                "and each program its own account",
                account=account,
            )
        )
    reason = _words(packet, packet.reason_code)
    return BrokerFault(_("the broker ends the connection: {reason}", reason=reason))


_Answer = mqtt5.ConnAckPacket | mqtt5.PubAckPacket | mqtt5.SubAckPacket | mqtt5.DisconnectPacket


def _refusal(packet: _Answer, reason: SupportsInt) -> str:
    """Return why the broker refuses, or an empty text if it does not."""
    return _words(packet, reason) if int(reason) >= _FAILURES else ""


def _words(packet: _Answer, reason: SupportsInt) -> str:
    words = getattr(reason, "name", "").lower().replace("_", " ")
    said = f", {packet.reason_str!r}" if packet.reason_str else ""
    return f"{words} ({int(reason)}){said}"
