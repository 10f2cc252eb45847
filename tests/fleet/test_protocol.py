"""The protocol: whatever a broker sends, the kiosk reads it, or leaves that broker."""

from __future__ import annotations

from contextlib import suppress

import mqtt5
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.fleet.mqtt.packet_reader import LARGEST
from kiosk.fleet.mqtt.protocol import Protocol
from kiosk.fleet.mqtt.vocabulary import (
    Acknowledged,
    Arrived,
    BrokerFault,
    Connected,
    Event,
    Login,
    MqttMessage,
    Subscribed,
)

WILL = MqttMessage("kiosk/v1/shop1/k1/state", b"{}", retain=True)
LOGIN = Login("shop1/k1", b"secret", WILL)
ACCEPTED = mqtt5.ConnAckPacket(receive_max=4, server_keep_alive=30).write()
HINT = mqtt5.PublishPacket(
    "kiosk/v1/shop1/k1/in/hint", b'{"v":1}', qos=mqtt5.QoS.AT_LEAST_ONCE, packet_id=7
).write()


# The codec reports a text that is not UTF-8 in this way, too.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def connected() -> Protocol:
    protocol = Protocol(LOGIN)
    assert list(protocol.receive(ACCEPTED)) == [Connected(4, 30)]
    return protocol


def test_the_kiosk_introduces_itself() -> None:
    packet, _ = mqtt5.read(memoryview(Protocol(LOGIN).connect()))
    assert isinstance(packet, mqtt5.ConnectPacket)
    assert (packet.client_id, packet.username, packet.password) == ("shop1/k1",) * 2 + (b"secret",)
    assert (packet.clean_start, packet.session_expiry_interval) == (False, 86_400)
    assert packet.will
    assert (packet.will.retain, packet.will.will_delay_interval) == (True, 30)


def test_a_reader_has_no_will_and_keeps_no_session() -> None:
    packet, _ = mqtt5.read(
        memoryview(Protocol(Login("viewer", b"secret", session_kept=0)).connect())
    )
    assert isinstance(packet, mqtt5.ConnectPacket)
    assert (packet.will, packet.clean_start, packet.session_expiry_interval) == (None, True, 0)


@pytest.mark.parametrize(("retained", "handling"), [(True, "SEND_ALWAYS"), (False, "SEND_NEVER")])
def test_a_subscription_has_what_is_retained_only_if_it_asks(retained: bool, handling: str) -> None:
    _, data = connected().subscribe("kiosk/v1/+/+/state", retained=retained)
    packet, _ = mqtt5.read(memoryview(data))
    assert isinstance(packet, mqtt5.SubscribePacket)
    (wanted,) = packet.topic_filters
    assert wanted.retain_handling == getattr(mqtt5.RetainHandling, handling)


@pytest.mark.parametrize("cut", range(1, len(ACCEPTED + HINT)))
def test_packets_cut_anywhere_are_the_same_packets(cut: int) -> None:
    data, protocol = ACCEPTED + HINT, Protocol(LOGIN)
    events = [*protocol.receive(data[:cut]), *protocol.receive(data[cut:])]
    message = MqttMessage("kiosk/v1/shop1/k1/in/hint", b'{"v":1}')
    assert events == [Connected(4, 30), Arrived(message, 7)]


def test_each_message_has_a_number_until_it_is_acknowledged() -> None:
    protocol = connected()
    numbers = [protocol.publish(WILL)[0] for _ in range(3)]
    assert numbers == [1, 2, 3]
    subscription, _ = protocol.subscribe("kiosk/v1/shop1/k1/in/hint")
    refused = mqtt5.PubAckPacket(2, reason_code=mqtt5.PubAckReasonCode.NOT_AUTHORIZED)
    granted = mqtt5.SubAckPacket(subscription, [mqtt5.SubAckReasonCode.GRANTED_QOS_AT_LEAST_ONCE])
    data = mqtt5.PubAckPacket(1).write() + refused.write() + granted.write()
    assert list(protocol.receive(data)) == [
        Acknowledged(1, ""),
        Acknowledged(2, "not authorized (135)"),
        Subscribed(4, ""),
    ]


def test_a_wrong_password_is_a_refusal_that_says_what_to_check() -> None:
    wrong = mqtt5.ConnAckPacket(reason_code=mqtt5.ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD)
    with pytest.raises(BrokerFault) as caught:
        list(Protocol(LOGIN).receive(wrong.write()))
    assert str(caught.value) == (
        "the broker refuses shop1/k1: bad user name or password (134); check that account "
        "and its password"
    )


@pytest.mark.parametrize(
    "data",
    [
        HINT,  # before it has accepted us
        ACCEPTED + ACCEPTED,
        ACCEPTED + mqtt5.PubAckPacket(1).write(),  # nothing was sent
        ACCEPTED + mqtt5.ConnectPacket("other").write(),
        ACCEPTED + mqtt5.DisconnectPacket().write(),
        ACCEPTED + mqtt5.PublishPacket("t", b"", qos=mqtt5.QoS.EXACTLY_ONCE, packet_id=1).write(),
        ACCEPTED + mqtt5.PublishPacket("t", b"", topic_alias=1).write(),
        ACCEPTED + mqtt5.PublishPacket("t", bytes(LARGEST)).write(),
        ACCEPTED + HINT.replace(b"kiosk", b"\xff" * 5),
        b"\x30\xff\xff\xff\x7f",  # 256 MB are to come
        b"\x30\xff\xff\xff\xff\x7f",
        b"HTTP/1.1 400 Bad Request\r\n" + bytes(100),
        b"\x16\x03\x01\x02\x00",  # TLS
        b"\xff" * 100,
    ],
    ids=lambda data: data[:8].hex(),
)
def test_a_broker_that_breaks_the_protocol_is_left(data: bytes) -> None:
    with pytest.raises(BrokerFault):
        list(Protocol(LOGIN).receive(data))


def test_a_packet_that_is_too_large_is_refused_before_it_has_come() -> None:
    protocol = connected()
    with pytest.raises(BrokerFault, match="268435455 bytes"):
        list(protocol.receive(b"\x32\xff\xff\xff\x7f"))


@given(st.lists(st.binary(max_size=40), max_size=5), st.booleans())
def test_any_bytes_are_events_or_a_fault(pieces: list[bytes], accepted: bool) -> None:
    protocol = connected() if accepted else Protocol(LOGIN)
    with suppress(BrokerFault):
        for piece in pieces:
            assert all(isinstance(event, Event) for event in protocol.receive(piece))


@given(st.data())
def test_a_changed_byte_is_an_event_or_a_fault(data: st.DataObject) -> None:
    packets = bytearray(ACCEPTED + HINT + mqtt5.PubAckPacket(1).write())
    place = data.draw(st.integers(0, len(packets) - 1))
    packets[place] = data.draw(st.integers(0, 255))
    protocol = Protocol(LOGIN)
    protocol.publish(WILL)
    with suppress(BrokerFault):
        assert all(isinstance(event, Event) for event in protocol.receive(bytes(packets)))
