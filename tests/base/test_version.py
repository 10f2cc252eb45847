"""The version comes from the metadata of the installed package."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from kiosk.base.version import kiosk_version, version_in


def test_it_is_the_version_that_python_knows() -> None:
    assert kiosk_version() == version("kiosk")


@pytest.mark.parametrize("file", ["kiosk-1.2.dist-info/METADATA", "kiosk.egg-info/PKG-INFO"])
def test_a_package_and_a_folder_of_sources_state_it(tmp_path: Path, file: str) -> None:
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_text("Metadata-Version: 2.4\nName: kiosk\nVersion: 1.2\n\nVersion: 9\n")
    assert version_in([str(tmp_path)]) == "1.2"


def test_a_folder_that_states_none_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "kiosk-1.2.dist-info").mkdir()  # as a power cut in an installation leaves it
    with pytest.raises(PackageNotFoundError):
        version_in([str(tmp_path)])
