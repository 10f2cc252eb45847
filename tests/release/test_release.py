"""``scripts/release`` first checks what must hold before anything is built."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.release.test_version import ROOT, git


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository that could be released as 1.2.3 if it had the tag."""
    tree = tmp_path / "kiosk"
    (tree / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/release", tree / "scripts")
    (tree / "README.md").write_text(
        "# kiosk\n\n- 4.5.6: no change\n\n## Changes\n\n- 1.2.3: more.\n"
    )
    git(tree, "init", "--quiet")
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "--message", "More")
    return tree


def refusal(tree: Path) -> str:
    done = subprocess.run(
        [tree / "scripts/release"], stderr=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 1
    assert not (tree / "dist").exists()
    return done.stderr


def test_a_commit_without_a_tag_is_no_release(repository: Path) -> None:
    assert "needs exactly one tag such as v1.2.3" in refusal(repository)


@pytest.mark.parametrize("tag", ["v1.2", "1.2.3", "v1.2.3-rc1"])
def test_a_tag_of_another_shape_is_no_release(repository: Path, tag: str) -> None:
    git(repository, "tag", tag)
    assert "needs exactly one tag such as v1.2.3" in refusal(repository)


def test_what_is_not_committed_is_not_released(repository: Path) -> None:
    git(repository, "tag", "v1.2.3")
    (repository / "kiosk.py").touch()
    assert "the checkout has changes" in refusal(repository)


@pytest.mark.parametrize("version", ["1.2.4", "1.2.0", "4.5.6"])
def test_changes_that_nobody_wrote_down_are_not_released(repository: Path, version: str) -> None:
    git(repository, "tag", f"v{version}")
    assert "README.md has no line about" in refusal(repository)


def test_a_release_that_is_told_of_goes_on_to_be_built(repository: Path) -> None:
    git(repository, "tag", "v1.2.3")
    done = subprocess.run([repository / "scripts/release"], capture_output=True, check=False)
    assert b"scripts/build: No such file" in done.stderr
