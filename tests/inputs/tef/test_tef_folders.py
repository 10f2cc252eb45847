"""The folders of a TEF exchange: whole files, old ones, names in upper and lower case."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.base.errors import DeviceGone
from kiosk.inputs.tef.tef_folders import TefFolders
from tests.inputs.tef.test_tef_dialog import SALE, asks

NOW = 1_700_000_000.0


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name in ("req", "resp"):
        (tmp_path / name).mkdir()
    return tmp_path


def folders(place: Path) -> TefFolders:
    return TefFolders(place / "req", place / "resp", lambda: NOW)


@pytest.mark.parametrize(
    ("request_", "acknowledgement"),
    [("IntPos.001", "IntPos.Sts"), ("intpos.001", "intpos.sts"), ("INTPOS.001", "INTPOS.STS")],
)
def test_answers_have_the_names_that_the_program_writes(
    place: Path, request_: str, acknowledgement: str
) -> None:
    exchange = folders(place)
    (place / "req" / request_).write_bytes(SALE)
    assert exchange.take(0.0) == SALE
    exchange.acknowledge(b"received")
    exchange = folders(place)  # after a power cut
    assert exchange.unanswered() == SALE
    exchange.answer(b"paid")
    exchange.forget()
    assert list((place / "req").iterdir()) == []
    assert (place / "resp" / acknowledgement).read_bytes() == b"received"
    assert (place / "resp" / request_).read_bytes() == b"paid"
    assert len(list((place / "resp").iterdir())) == 2


def test_a_sale_is_kept_until_it_is_answered_and_other_requests_are_not(place: Path) -> None:
    exchange = folders(place)
    file = place / "req" / "IntPos.001"
    file.write_bytes(SALE)
    assert exchange.take(0.0) == SALE
    file.write_bytes(asks("ATV"))
    assert exchange.take(1.0) == asks("ATV")
    assert folders(place).unanswered() == SALE
    exchange.forget()
    assert folders(place).unanswered() == b""
    assert list((place / "req").iterdir()) == []


def test_a_sale_is_put_back_as_old_as_it_was_unless_there_is_a_newer_request(place: Path) -> None:
    exchange = folders(place)
    file = place / "req" / "intpos.001"
    file.write_bytes(SALE)
    os.utime(file, (NOW - 8, NOW - 8))
    assert exchange.take(0.0) == SALE
    exchange.put_back()
    assert list((place / "req").iterdir()) == [file]
    assert exchange.take_old()
    file.write_bytes(SALE)
    assert exchange.take(1.0) == SALE
    file.write_bytes(asks("ATV"))
    exchange.put_back()
    assert exchange.unanswered() == b""
    assert exchange.take(2.0) == asks("ATV")
    exchange.put_back()  # nothing was taken that can be put back
    assert list((place / "req").iterdir()) == []


def test_a_file_that_is_still_written_is_waited_for(place: Path) -> None:
    exchange = folders(place)
    file = place / "req" / "IntPos.001"
    for second, part in enumerate((SALE[:20], SALE[:40], SALE[:60])):
        file.write_bytes(part)
        assert exchange.take(float(second)) is None
    file.write_bytes(SALE)
    assert exchange.take(3.0) == SALE


@pytest.mark.parametrize("half", [b"", SALE[:40]])
def test_a_file_that_stays_half_is_taken_away(place: Path, half: bytes) -> None:
    exchange = folders(place)
    (place / "req" / "IntPos.001").write_bytes(half)
    assert [exchange.take(at) for at in (0.0, 1.9, 2.0)] == [None, None, half]
    assert list((place / "req").iterdir()) == []


@pytest.mark.parametrize(("age", "old"), [(0, False), (6, False), (8, True), (-60, True)])
def test_a_request_from_long_before_the_start_is_dropped(place: Path, age: int, old: bool) -> None:
    file = place / "req" / "intpos.001"
    file.write_bytes(SALE)
    os.utime(file, (NOW - age, NOW - age))
    exchange = folders(place)
    assert exchange.take_old() is old
    assert exchange.take(0.0) == (None if old else SALE)


def test_a_folder_that_is_gone_is_named(place: Path) -> None:
    exchange = folders(place)
    (place / "resp").rmdir()
    with pytest.raises(DeviceGone, match=r"IntPos\.Sts can't be written"):
        exchange.acknowledge(b"")
    (place / "req").rmdir()
    for call in (lambda: exchange.take(0.0), exchange.take_old, exchange.put_back):
        with pytest.raises(DeviceGone, match="can't be read and deleted"):
            call()
    with pytest.raises(DeviceGone, match="is not a folder"):
        folders(place)
