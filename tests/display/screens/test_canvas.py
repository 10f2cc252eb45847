"""The logo: any picture that Pillow reads, and no reason not to sell where it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from kiosk.display.screens.canvas import load_logo


def test_a_logo_is_read_whatever_its_mode_and_without_its_empty_edges(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (10, 10, 50, 30))
    picture.save(tmp_path / "logo.png")
    logo = load_logo(tmp_path / "logo.png")
    assert logo
    assert logo.size == (40, 20)
    assert logo.mode == "L"


def test_a_logo_that_cannot_be_read_is_left_out_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "logo.png").write_text("no picture")
    assert load_logo(tmp_path / "logo.png") is None
    assert "display.logo" in caplog.text
    assert load_logo(None) is None
