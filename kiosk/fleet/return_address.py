"""Where answers go: to the response topic that the sender asks for, or to the kiosk's own topic.

MQTT 5, 4.10: a request may name a response topic, and data that its sender knows it by.
"""

from __future__ import annotations

from dataclasses import replace

from kiosk.fleet.mqtt.vocabulary import MqttMessage

MOST = 64  # requests whose senders are known; they are forgotten at a restart
LONGEST = 256  # characters of a topic, and bytes of correlation data


class ReturnAddresses:
    """The response topics of the latest requests, by their ids."""

    def __init__(self, topic: str, kept_for: int) -> None:
        """``topic`` is the kiosk's own; the broker keeps an answer for ``kept_for`` seconds."""
        self._own = MqttMessage(topic, b"", expires_after=kept_for)
        self._asked_for: dict[str, MqttMessage] = {}  # the oldest first

    def note(self, request_id: str, request: MqttMessage) -> None:
        """Note where the sender of this request wants its answers."""
        self._asked_for.pop(request_id, None)
        if _is_usable(request):
            topic = request.response_topic or self._own.topic
            self._asked_for[request_id] = replace(
                self._own, topic=topic, correlation=request.correlation
            )
        while len(self._asked_for) > MOST:
            del self._asked_for[next(iter(self._asked_for))]

    def messages(self, request_id: str, payload: bytes) -> tuple[MqttMessage, MqttMessage]:
        """Return the answer as the sender wants it, and as it goes to the kiosk's own topic."""
        asked_for = self._asked_for.get(request_id, self._own)
        own = replace(asked_for, topic=self._own.topic)
        return replace(asked_for, payload=payload), replace(own, payload=payload)


def _is_usable(request: MqttMessage) -> bool:
    """Whether an answer can go there: topics that begin with $ are the broker's (4.7.2)."""
    topic, correlation = request.response_topic, request.correlation
    return not topic.startswith("$") and max(len(topic), len(correlation)) <= LONGEST
