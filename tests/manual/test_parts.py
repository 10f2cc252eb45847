"""The pages about parts: one for each driver, all built in the same way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.cli.manual.fences import fences, replace_fences
from kiosk.cli.manual.manual_pages import FOLDER
from kiosk.config.sections import Config
from kiosk.config.settings_models import driver_names, models_in

ABOUT_NO_DRIVER = {"index", "panels"}
PARTS = [page for page in (FOLDER / "parts").glob("*.md") if page.stem not in ABOUT_NO_DRIVER]
NO_WIRES = {"back-office", "program", "tef-files"}


def named(page: Path) -> str:
    return page.stem


def test_every_driver_of_a_device_has_its_keys_on_a_page() -> None:
    listed = {
        fence.argument.removeprefix("settings ")
        for page in PARTS
        for fence in fences(page.read_text("utf-8"))
        if fence.name == "{generated}"
    }
    drivers = {
        f"{section}.{driver}"
        for section in ("inputs", "display", "signals")
        for model in models_in(Config.model_fields[section].annotation)
        for driver in driver_names(model)
    }
    assert listed == {each for each in drivers if not each.endswith(".fake")} | {"signals.voice"}


@pytest.mark.parametrize("page", PARTS, ids=named)
def test_a_part_is_told_from_its_settings_to_its_keys(page: Path) -> None:
    text = page.read_text("utf-8")
    wanted = ["Settings", "Wiring", "Test", "Symptoms and cures", "Every key"]
    if page.stem in NO_WIRES:
        wanted.remove("Wiring")
    headings = re.findall(r"^## (.+)$", replace_fences(text, lambda _: ""), re.MULTILINE)
    assert [each for each in headings if each in wanted] == wanted
    kinds = [fence.name for fence in fences(text)]
    assert kinds[:2] == [
        "{yaml-file}",
        "{command-output}",
    ]  # the smallest settings, and their check
    assert ("{wiring}" in kinds) == ("Wiring" in wanted)
