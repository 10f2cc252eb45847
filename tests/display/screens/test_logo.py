"""The logo: any picture that Pillow reads, and no reason not to sell where it cannot be read."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk.display.screens.logo import MAX_PIXELS, LogoUnreadable, load_logo, read_logo
from tests.support.examples import examples, sampled


def saved(folder: Path, picture: Image.Image, name: str = "logo.png") -> Path:
    picture.save(folder / name)
    return folder / name


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_a_logo_is_read_whatever_its_mode_and_without_its_empty_edges(
    tmp_path: Path, mode: str
) -> None:
    picture = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    picture.paste((200, 0, 0, 255), (10, 10, 50, 30))
    logo = read_logo(saved(tmp_path, picture.convert(mode)))
    assert logo.size == (40, 20)
    assert logo.mode == "L"


def test_no_logo_is_no_trouble() -> None:
    assert load_logo(None) is None


def test_a_logo_that_cannot_be_read_is_left_out_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "logo.png"
    file.write_text("no picture")
    assert load_logo(file) is None
    assert f"display.logo: {file} cannot be shown" in caplog.text


def test_a_large_photograph_is_made_smaller_while_it_is_read(tmp_path: Path) -> None:
    photo = Image.new("L", (6000, 4000), 40)
    assert max(read_logo(saved(tmp_path, photo, "logo.jpg")).size) <= 1024


@pytest.mark.slow
def test_a_picture_of_20000_pixels_takes_no_memory(tmp_path: Path) -> None:
    file = saved(tmp_path, Image.new("1", (20_000, 20_000)))
    flat = saved(tmp_path, Image.new("1", (20_000, MAX_PIXELS // 20_000 + 1)), "flat.png")
    tracemalloc.start()
    for large in (file, flat):
        with pytest.raises(LogoUnreadable, match="has too many pixels; use a picture of at most"):
            read_logo(large)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_what_is_not_a_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "logo.png")  # to open it would wait for ever
    for path in (tmp_path / "logo.png", tmp_path, tmp_path / "missing.png"):
        with pytest.raises(LogoUnreadable, match="there is no file"):
            read_logo(path)


def test_a_path_that_no_file_can_have_is_said(tmp_path: Path) -> None:
    with pytest.raises(LogoUnreadable, match="File name too long"):
        read_logo(tmp_path / ("x" * 300))


def test_a_grey_picture_of_16_bits_keeps_its_shades(tmp_path: Path) -> None:
    white, grey = b"\xff\xff" * 10, b"\x00\x80" * 10
    picture = Image.frombytes("I;16", (30, 1), white + grey + white)
    logo = read_logo(saved(tmp_path, picture))
    assert logo.size == (10, 1)
    assert logo.getpixel((0, 0)) == 128


def test_a_white_picture_shows_nothing_and_is_said(tmp_path: Path) -> None:
    with pytest.raises(LogoUnreadable, match="all white"):
        read_logo(saved(tmp_path, Image.new("L", (30, 30), 255)))


@pytest.mark.parametrize(
    "name", sampled(["logo.png", "logo.jpg", "logo.gif", "logo.bmp", "logo.webp"], 2)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60))
@example(cut=0, flips=[(20, 35)])  # a BMP file that says that it has 92 million pixels
@given(cut=st.integers(0, 700), flips=st.lists(st.tuples(st.integers(0, 699), st.integers(0, 255))))
def test_a_damaged_file_is_read_or_refused(
    tmp_path: Path, name: str, cut: int, flips: list[tuple[int, int]]
) -> None:
    picture = Image.effect_noise((40, 40), 90)
    whole = bytearray(saved(tmp_path, picture, name).read_bytes())
    for place, value in flips:
        whole[place % len(whole)] = value
    damaged = tmp_path / f"damaged-{name}"
    damaged.write_bytes(whole[: max(1, len(whole) - cut)])
    load_logo(damaged)
