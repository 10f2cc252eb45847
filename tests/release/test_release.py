"""``scripts/release`` first checks what must hold before anything is built."""

from __future__ import annotations

import os
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
    (tree / "kiosk/manual/change").mkdir(parents=True)
    (tree / "kiosk/manual/change/changes.md").write_text("# What changed\n\n- 1.2.3: more.\n")
    git(tree, "init", "--quiet")
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "--message", "More")
    return tree


def refusal(tree: Path, *words: str) -> str:
    done = subprocess.run(
        [tree / "scripts/release", *words], stderr=subprocess.PIPE, text=True, check=False
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


@pytest.mark.parametrize("version", ["1.2.4", "1.2.0", "1.2.30"])
def test_changes_that_nobody_wrote_down_are_not_released(repository: Path, version: str) -> None:
    git(repository, "tag", f"v{version}")
    assert "changes.md has no line about" in refusal(repository)


def test_a_release_that_is_told_of_goes_on_to_be_built(repository: Path) -> None:
    git(repository, "tag", "v1.2.3")
    command = [str(repository / "scripts/release"), "--quick"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert b"scripts/build: No such file" in done.stderr


def test_a_key_that_no_counter_knows_is_refused_before_anything_is_built(repository: Path) -> None:
    line = "kiosk-releases ssh-ed25519 AAAA\n"
    commit(repository, "config/update-signers", f"# ours\n{line}")
    git(repository, "tag", "v1.2.3")
    key = repository / ".git/key"
    assert f"the key {key} can't be read" in refusal(repository, "--quick", "--sign", str(key))
    key.touch()
    for public, refused in (("ssh-ed25519 BBBB me\n", True), ("ssh-ed25519 AAAA me\n", False)):
        key.with_suffix(".pub").write_text(public)
        command = [str(repository / "scripts/release"), "--quick", "--sign", str(key)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert ("is not in config/update-signers" in done.stderr) is refused
        assert ("scripts/build: No such file" in done.stderr) is not refused


def check(tree: Path) -> subprocess.CompletedProcess[str]:
    command: list[str | Path] = [tree / "scripts/release", "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def lacks(tree: Path) -> list[str]:
    """Return what is missing, except programs, which this computer may have or not."""
    return [line for line in check(tree).stderr.splitlines() if " is missing, " not in line]


def commit(tree: Path, name: str, text: str) -> None:
    (tree / name).parent.mkdir(exist_ok=True)
    (tree / name).write_text(text)
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "--message", name)


def test_before_the_tag_it_says_everything_that_is_missing(repository: Path) -> None:
    git(repository, "tag", "v1.2.3")
    commit(repository, "kiosk.py", "")
    (repository / "more.py").touch()
    said = "\n".join(lacks(repository))
    assert "the checkout has changes" in said
    assert "v1.2.3 is the tag of another commit; write a line about the next version" in said
    assert "config/update-signers has 0 keys" in said
    assert check(repository).returncode == 1
    assert not (repository / "dist").exists()


def test_before_the_tag_it_says_that_nothing_is_missing(repository: Path) -> None:
    keys = "# current and next\nkiosk-releases ssh-ed25519 A\nkiosk-releases ssh-ed25519 B\n"
    commit(repository, "config/update-signers", keys)
    assert lacks(repository) == []
    programs = repository / ".git/programs"  # as if all were there
    programs.mkdir()
    for name in ("dpkg-deb", "mmdebstrap", "arch-test", "qemu-aarch64-static"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    done = subprocess.run(
        [repository / "scripts/release", "--check"],
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "tag 1.2.3 if it has no tag yet (git tag v1.2.3)" in done.stdout
    git(repository, "tag", "v1.2.3")
    assert lacks(repository) == []
