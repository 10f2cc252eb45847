"""The version comes from the git tags, wherever the project is built."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOBODY = {
    **{
        f"GIT_{who}_{what}": "nobody"
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    },
    "GIT_CONFIG_GLOBAL": "/dev/null",
}


def git(repository: Path, *words: str) -> None:
    subprocess.run(["git", *words], cwd=repository, env={**os.environ, **NOBODY}, check=True)


def version(tree: Path, **environ: str) -> str:
    """Return the version that a build in this folder would have."""
    command = [sys.executable, "-m", "setuptools_scm"]
    environ = {**os.environ, **NOBODY, **environ}
    done = subprocess.run(command, cwd=tree, env=environ, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository of the project's own settings, one commit old, without a tag."""
    tree = tmp_path / "kiosk"
    tree.mkdir()
    shutil.copy(ROOT / "pyproject.toml", tree)
    git(tree, "init", "--quiet")
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "--message", "The first")
    return tree


def test_a_tagged_commit_has_the_tags_version(repository: Path) -> None:
    git(repository, "tag", "v3.2.1")
    assert version(repository) == "3.2.1"


def test_beyond_a_tag_it_says_how_far_and_which_commit(repository: Path) -> None:
    git(repository, "tag", "v3.2.1")
    git(repository, "commit", "--quiet", "--allow-empty", "--message", "The next")
    assert version(repository).startswith("3.2.2.dev1+g")


def test_a_checkout_without_any_tag_can_be_built(repository: Path) -> None:
    assert version(repository).startswith("0.0.1.dev1+g")


def test_a_shallow_clone_can_be_built(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), "shallow")
    assert version(tmp_path / "shallow").startswith("0.0.1.dev1+g")


def test_without_the_program_git_it_says_that_nobody_knows(
    repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    assert version(repository, PATH=str(tmp_path / "empty")) == "0.0.0"


def test_a_copied_tree_says_that_nobody_knows(repository: Path) -> None:
    shutil.rmtree(repository / ".git")
    assert version(repository) == "0.0.0"


def test_the_command_prints_the_version_that_is_installed() -> None:
    command = [sys.executable, "-m", "kiosk", "--version"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout == f"kiosk {importlib.metadata.version('kiosk')}\n"
