"""The document for programs of others is that of the models, and whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kiosk.fleet.asyncapi import PUBLISHED, TAKEN, document
from tests.fleet.document import FILE, written


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_text() == written(), "run: python -m tests.fleet.document"


def test_each_reference_in_it_leads_somewhere() -> None:
    whole = document()
    for reference in references(whole):
        place: Any = whole
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_each_topic_and_each_field_is_explained() -> None:
    for models in (PUBLISHED | TAKEN).values():
        for model in models:
            unexplained = [name for name, it in model.model_fields.items() if not it.description]
            assert unexplained == [], model


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)
