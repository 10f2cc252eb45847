"""The document for programs that talk with kiosks: AsyncAPI 3.0, made from the models.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic.json_schema import models_json_schema

from kiosk.fleet.health_payload import Health
from kiosk.fleet.payloads import (
    AmountAnswer,
    AmountRequest,
    EndedSale,
    FleetAnswer,
    FleetQuestion,
    Goodbye,
    Hint,
    Lost,
    Payload,
    State,
)

# The messages of each topic.
PUBLISHED: dict[str, tuple[type[Payload], ...]] = {
    "state": (State, Goodbye, Lost),
    "sale": (EndedSale,),
    "health": (Health,),
    "out/amount": (AmountAnswer,),
    "out/answer": (FleetAnswer,),
}
TAKEN: dict[str, tuple[type[Payload], ...]] = {
    "in/hint": (Hint,),
    "in/amount": (AmountRequest,),
    "in/ask": (FleetQuestion,),
}
RETAINED = ("state", "health")
_ADDRESS = "kiosk/v1/{shop}/{kiosk}/"


def document() -> dict[str, Any]:
    """Return the whole document."""
    topics = PUBLISHED | TAKEN
    as_sent: Literal["serialization"] = "serialization"
    _, schemas = models_json_schema(
        [(model, as_sent) for each in topics.values() for model in each],
        ref_template="#/components/schemas/{model}",
    )
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Counters of a chain",
            "version": "1.0.0",
            "description": "What kiosks publish to an MQTT 5 broker, and what they take from it.",
        },
        "channels": {_name(topic): _channel(topic, models) for topic, models in topics.items()},
        "operations": {
            **{_name(topic): _operation(topic, "send") for topic in PUBLISHED},
            **{_name(topic): _operation(topic, "receive") for topic in TAKEN},
        },
        "components": {
            "messages": {
                model.__name__: {
                    "contentType": "application/json",
                    "summary": (model.__doc__ or "").partition("\n")[0].replace("``", "`"),
                    "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
                }
                for each in topics.values()
                for model in each
            },
            "schemas": schemas["$defs"],
        },
    }


def _channel(topic: str, models: tuple[type[Payload], ...]) -> dict[str, Any]:
    return {
        "address": _ADDRESS + topic,
        "parameters": {
            "shop": {"description": "fleet.shop of the configuration"},
            "kiosk": {"description": "kiosk.name of the configuration"},
        },
        "messages": {
            model.__name__: {"$ref": f"#/components/messages/{model.__name__}"} for model in models
        },
    }


def _operation(topic: str, action: str) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{_name(topic)}"},
        "bindings": {"mqtt": {"qos": 1, "retain": topic in RETAINED, "bindingVersion": "0.2.0"}},
    }


def _name(topic: str) -> str:
    return topic.replace("/", "_")
