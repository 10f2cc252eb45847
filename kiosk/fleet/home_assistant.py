"""The counter as a device of Home Assistant: one retained message that describes it.

https://www.home-assistant.io/integrations/mqtt/#device-discovery-payload
"""

from __future__ import annotations

import logging
from contextlib import suppress
from json import dumps
from pathlib import Path
from typing import Any, NoReturn, get_args

import anyio

from kiosk.base import atomic_file
from kiosk.base.environment import Offload
from kiosk.base.version import kiosk_version
from kiosk.fleet.mqtt.client import Client
from kiosk.fleet.mqtt.vocabulary import MessageRefused, MqttMessage
from kiosk.fleet.payloads import States

USUAL_PREFIX = "homeassistant"

log = logging.getLogger("kiosk.fleet")


class HomeAssistantTopic:
    """Describes the counter to Home Assistant, and takes an older description back.

    The file holds the topic of the latest description: after a rename, that one is emptied.
    """

    def __init__(self, client_id: str, prefix: str, file: Path, thread: Offload) -> None:
        """Without a ``prefix`` the counter is not described."""
        self._client_id, self._file, self._thread = client_id, file, thread
        self._topic = description_topic(prefix, client_id) if prefix else ""

    async def run(self, client: Client) -> NoReturn:
        """Publish once for each connection."""
        described = await self._thread(self._described)
        if described and described != self._topic:
            await self._take_back(client, described)
        if described != self._topic:
            await self._thread(self._remember)
        if self._topic:
            payload = dumps(description(self._client_id), separators=(",", ":")).encode()
            try:
                await client.publish(MqttMessage(self._topic, payload, retain=True))
            except MessageRefused as refused:
                log.warning("%s", refused)
        await anyio.sleep_forever()
        raise AssertionError("it sleeps for ever")

    async def _take_back(self, client: Client, topic: str) -> None:
        try:
            await client.publish(MqttMessage(topic, b"", retain=True))
        except MessageRefused:
            _prefix, _device, name = topic.removesuffix("/config").split("/", 2)
            log.warning(
                "the counter with the old name stays in Home Assistant; run: kiosk fleet remove %s",
                name,
            )

    def _described(self) -> str:
        with suppress(OSError):
            return self._file.read_text().strip()
        return ""

    def _remember(self) -> None:
        try:
            if self._topic:
                atomic_file.replace(self._file, self._topic.encode())
            else:
                atomic_file.delete(self._file)
        except OSError as error:
            log.warning("%s can't be written: %s", self._file, error.strerror)


def description_topic(prefix: str, client_id: str) -> str:
    """Return the topic in which Home Assistant finds the description of a counter."""
    return f"{prefix}/device/{client_id}/config"


def description(client_id: str) -> dict[str, Any]:
    """Return the device with its entities; ``client_id`` is SHOP/KIOSK."""
    root, name = f"kiosk/v1/{client_id}", f"kiosk-{client_id.replace('/', '-')}"
    sensors: dict[str, dict[str, Any]] = {
        "state": {
            "platform": "sensor",
            "name": "State",
            "device_class": "enum",
            "options": [*get_args(States), "away"],
            "state_topic": f"{root}/state",
            "value_template": "{{ value_json.state | default('away') }}",
        },
        "problem": {
            "platform": "binary_sensor",
            "name": "Problem",
            "device_class": "problem",
            "state_topic": f"{root}/state",
            "value_template": "{{ 'ON' if value_json.problems else 'OFF' }}",
        },
        "last_sale": {
            "platform": "sensor",
            "name": "Last sale",
            "state_topic": f"{root}/sale",
            "value_template": "{{ value_json.outcome }} {{ value_json.amount }}",
        },
        "temperature": {
            "platform": "sensor",
            "name": "Temperature",
            "device_class": "temperature",
            "unit_of_measurement": "°C",
            "entity_category": "diagnostic",
            "state_topic": f"{root}/health",
            "value_template": "{{ value_json.temp_c | default(none) }}",
        },
    }
    release = kiosk_version()
    return {
        "device": {
            "identifiers": [name],
            "name": client_id,
            "model": "kiosk",
            "sw_version": release,
        },
        "origin": {"name": "kiosk", "sw_version": release},
        "availability": {
            "topic": f"{root}/state",
            "value_template": "{{ 'online' if value_json.online else 'offline' }}",
        },
        "qos": 1,
        "components": {
            key: {**entity, "unique_id": f"{name}-{key}"} for key, entity in sensors.items()
        },
    }
