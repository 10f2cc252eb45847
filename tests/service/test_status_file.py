"""What the daemon says of itself: to programs in a file, to people in systemd's sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing

from kiosk.sale.phases import STATES, Counter
from kiosk.sale.words import Fault
from kiosk.service.status_file import StatusFile, sentence
from tests.service.test_systemd import Systemd


def state(state: str = "idle", reference: str | None = None, *failed: Fault) -> dict[str, Any]:
    health = {fault: "failed" if fault in failed else "ok" for fault in Fault}
    return {"state": state, "reference": reference, "health": health}


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    systemd = Systemd(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    yield systemd.hears
    systemd.socket.close()


def test_systemd_hears_a_sentence_when_it_changes_and_only_then(tmp_path: Path, heard: Any) -> None:
    status = StatusFile(tmp_path / "status.json")
    status.write(state("starting"))
    status.write(state())
    status.write(state())
    status.write(state("paying", "K-1"))
    assert heard() == [
        "STATUS=starting",
        "STATUS=ready to sell",
        "STATUS=sale K-1: waiting for the payment",
    ]


def test_the_sentence_says_why_nothing_can_be_sold() -> None:
    assert sentence(state("out_of_service", None, Fault.NETWORK, Fault.PANEL)) == (
        "out of service: network (the payment service does not answer), "
        "panel (the panel does not work)"
    )


def test_there_are_words_for_every_state_and_every_fault() -> None:
    for word in STATES.values():
        assert sentence(state(word, "K-1", *Fault))


def test_a_remark_stands_beside_every_state_from_then_on(tmp_path: Path, heard: Any) -> None:
    status = StatusFile(tmp_path / "status.json")
    status.write(state())
    status.add_note("the new file has faults")
    status.write(state("paying", "K-1"))
    assert heard() == [
        "STATUS=ready to sell",
        "STATUS=ready to sell; the new file has faults",
        "STATUS=sale K-1: waiting for the payment; the new file has faults",
    ]


def test_it_is_known_whether_all_was_ever_well(tmp_path: Path) -> None:
    status = StatusFile(tmp_path / "status.json")
    status.write(Counter().status())
    status.write(state("out_of_service", None, Fault.PANEL))
    assert not status.reached_idle.is_set()
    status.write(state())
    assert status.reached_idle.is_set()


def test_the_file_is_gone_with_the_daemon(tmp_path: Path) -> None:
    status = StatusFile(tmp_path / "run" / "status.json")
    status.write(state())
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "idle"
    status.close()
    status.close()
    assert not list((tmp_path / "run").iterdir())


def test_quick_changes_are_written_once_and_after_what_they_cause(tmp_path: Path) -> None:
    path, asked = tmp_path / "status.json", []

    def latest(word: str) -> dict[str, Any]:
        asked.append(word)
        return state(word, "K-1")

    async def story() -> None:
        status = StatusFile(path)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(status.run)
            for word in ("creating", "paying"):
                status.update(lambda word=word: latest(word))  # type: ignore[misc]
            await trio.testing.wait_all_tasks_blocked()
            assert not path.exists(), "a request that is on its way comes first"
            await trio.sleep(1)
            assert json.loads(path.read_text())["state"] == "paying"
            assert asked == ["paying"]
            status.report("display", "it is unplugged")
            await trio.sleep(1)
            assert json.loads(path.read_text())["problems"] == ["display: it is unplugged"]
            nursery.cancel_scope.cancel()

    trio.run(story, clock=trio.testing.MockClock(autojump_threshold=0))
