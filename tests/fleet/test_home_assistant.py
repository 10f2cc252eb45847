"""The counter in Home Assistant: described where that is wanted, and taken back at a rename."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.fleet.counter import Counter
from tests.fleet.test_link import story

OLD, NEW = (f"homeassistant/device/shop1/{name}/config" for name in ("k1", "k2"))


def descriptions(counter: Counter) -> list[tuple[str, Any]]:
    return [
        (topic, payload)
        for _, topic, payload in counter.broker.published
        if topic.startswith("homeassistant/")
    ]


@story
async def test_a_counter_is_not_described_where_nobody_wants_it(counter: Counter) -> None:
    assert descriptions(counter) == []


@story
async def test_a_counter_is_one_device_with_entities(counter: Counter) -> None:
    await counter.restarts(box=replace(counter.box, home_assistant="homeassistant"))
    ((topic, device),) = descriptions(counter)
    assert topic == OLD
    assert device["device"]["identifiers"] == ["kiosk-shop1-k1"]
    assert device["availability"]["topic"] == "kiosk/v1/shop1/k1/state"
    unique = {each["unique_id"] for each in device["components"].values()}
    assert len(unique) == len(device["components"]) == 4
    published = {topic for _, topic, _ in counter.broker.published} | {"kiosk/v1/shop1/k1/sale"}
    assert {each["state_topic"] for each in device["components"].values()} <= published


@story
async def test_at_a_rename_the_old_one_is_emptied_once(counter: Counter) -> None:
    await counter.restarts(box=replace(counter.box, home_assistant="homeassistant"))
    await counter.restarts("shop1/k2")
    await counter.restarts()
    (first, _), *others = descriptions(counter)
    assert first == OLD
    assert others[0] == (OLD, None)
    assert [topic for topic, _ in others[1:]] == [NEW, NEW]


@story
async def test_without_the_setting_the_old_one_is_emptied(counter: Counter) -> None:
    await counter.restarts(box=replace(counter.box, home_assistant="homeassistant"))
    await counter.restarts(box=replace(counter.box, home_assistant=""))
    await counter.restarts()
    assert descriptions(counter)[1:] == [(OLD, None)]


def test_where_the_broker_refuses_that_a_person_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @story
    async def told(counter: Counter) -> None:
        await counter.restarts(box=replace(counter.box, home_assistant="homeassistant"))
        counter.broker.refused = OLD
        logins = len(counter.broker.logins)
        await counter.restarts("shop1/k2")
        assert "run: kiosk fleet remove shop1/k1" in caplog.text
        assert len(counter.broker.logins) == logins + 1, "the connection stays"

    told()
