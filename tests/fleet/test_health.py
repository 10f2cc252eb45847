"""The health of a counter's computer: published at once, and then each five minutes or so."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import anyio

from kiosk.sale.words import Outcome
from tests.fleet.counter import NOON, Counter, play
from tests.fleet.test_link import story


@story
async def test_the_health_comes_at_once_and_each_five_minutes(counter: Counter) -> None:
    await anyio.sleep(3600)
    times = [at for at, topic, _ in counter.broker.published if topic.endswith("/health")]
    gaps = [after - before for before, after in pairwise(times)]
    assert times[0] < 1
    assert 270 <= min(gaps) < max(gaps) <= 330
    assert len({round(gap) for gap in gaps}) > 3, "or all kiosks of a chain speak at once"
    sequence = [each["seq"] for each in counter.broker.told("/health")]
    assert sequence == [*range(len(sequence))]


def test_what_the_computer_tells_is_in_it() -> None:
    async def told(counter: Counter) -> None:
        root = counter.box.system.root
        write(root / "sys/class/thermal/thermal_zone0/temp", "61328")
        write(root / "sys/devices/platform/soc/soc:firmware/get_throttled", "50000")
        write(root / "etc/machine-id", f"{1:032x}\n")
        write(root / "opt/kiosk/refused", "release 1.5.0-0a1b2c3d: it did not become ready\n")
        inputs = {"caja": {"connected": True, "why": ""}, "gun": {"connected": False, "why": "no"}}
        counter.is_now("idle", inputs=inputs)
        counter.service_clock = lambda: NOON + anyio.current_time() - 90.0
        counter.took += [number / 1000 for number in range(200, 0, -1)]
        counter.start()
        await anyio.sleep(1)
        counter.sells("k1-1")
        counter.sells("k1-2")
        counter.sells("k1-3", Outcome.EXPIRED)
        counter.is_now("idle", inputs=inputs)
        await anyio.sleep(400)
        health = counter.broker.told("/health")[1]
        assert (health["temp_c"], health["undervoltage"]) == (61.3, True)
        assert (health["clock_skew_s"], health["panel"]) == (90.0, "ok")
        assert health["api_ms"] == {"p50": 100, "p99": 198}
        assert health["inputs"] == {"caja": "ok", "gun": "no"}
        assert health["update"] == {"ring": 9, "trial_failed": "1.5.0"}
        assert health["sales"] == {"paid": 2, "expired": 1}
        assert 270 <= health["uptime_s"] <= 331
        assert counter.broker.told("/health")[0]["sales"] == {}

    play(told)


@story
async def test_what_the_computer_does_not_tell_is_left_out(counter: Counter) -> None:
    (health,) = counter.broker.told("/health")
    assert not {"temp_c", "undervoltage", "api_ms", "update"} & set(health)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text + "\n")
