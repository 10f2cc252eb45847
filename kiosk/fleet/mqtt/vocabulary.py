"""What the protocol is told, and what it tells: messages, events, and the faults of the broker.

Sections are those of the OASIS standard "MQTT Version 5.0" of 7 March 2019.
"""

from __future__ import annotations

from kiosk.base.errors import KioskError
from kiosk.base.frozen import frozen

SESSION_KEPT = 86_400  # seconds for which the broker keeps messages for a kiosk that is away


class BrokerFault(KioskError):
    """The broker refuses us, breaks the protocol, or is gone. Try again later."""


class MessageRefused(BrokerFault):
    """The broker does not pass a message on. The connection is as good as before."""


class ConnectionClosed(BrokerFault):
    """The connection has ended, and the broker did not say why."""


class TakenOver(BrokerFault):
    """Another connection with our account has taken the place of this one."""


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
