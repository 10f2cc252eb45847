"""Each serial of a signed amount is used once, also after a restart or a power cut."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.base.errors import BadReading
from kiosk.inputs.scanner.used_serials import UsedSerials


def test_each_is_new_once_also_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "used" / "serials"
    serials = UsedSerials(file)
    assert [serials.mark_used(serial) for serial in ("A0001", "A0002", "A0001")] == [
        True, True, False,
    ]  # fmt: skip
    assert not UsedSerials(file).mark_used("A0002")
    assert file.read_text().splitlines() == ["A0001", "A0002"]


def test_a_line_that_a_power_cut_left_unfinished_was_not_used(tmp_path: Path) -> None:
    file = tmp_path / "serials"
    UsedSerials(file).mark_used("A0001")
    UsedSerials(file).mark_used("A0002")
    os.truncate(file, 9)
    serials = UsedSerials(file)
    assert serials.mark_used("A0002")
    assert not serials.mark_used("A0001")
    assert file.read_text().splitlines() == ["A0001", "A00", "A0002"]


def test_a_file_that_can_not_be_written_is_a_bad_reading_and_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadReading, match="call the technician"):
        UsedSerials(tmp_path / "file" / "serials").mark_used("A0001")
    assert "the used serial numbers can't be read or written" in caplog.text
