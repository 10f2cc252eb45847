"""``scripts/bundle-wheels`` makes the same signed bundle from the same checkout and the same wheels."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.release.test_version import ROOT, git

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="bundles are dated by git, and this is not a checkout"
)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The wheels come from the package index."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "setuptools-scm"]
    folder = tmp_path_factory.mktemp("index")
    if subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode:
        pytest.skip("no package index here")


def key(folder: Path, name: str) -> Path:
    words = ("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name)
    subprocess.run(("ssh-keygen", *words), check=True)
    return folder / name


def signer(signing_key: Path) -> str:
    """Return the line of the key in ``config/update-signers``."""
    return f"kiosk-releases {signing_key.with_suffix('.pub').read_text()}"


def bundle(
    tree: Path, place: Path, signed_by: Path, umask: int = 0o022, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (tree / "scripts/bundle-wheels", place, "--sign", signed_by, "--share", "10"),
        umask=umask,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_two_bundles_of_one_commit_are_the_same_and_known_to_their_counters(
    tmp_path: Path,
) -> None:
    mine = key(tmp_path, "mine")
    first, second = tmp_path / "first", tmp_path / "second"
    git(tmp_path, "clone", "--quiet", str(ROOT), str(first))
    with (first / "config/update-signers").open("a") as signers:
        signers.write(signer(mine))
    git(first, "commit", "--quiet", "--all", "--message", "Trust my key")
    git(tmp_path, "clone", "--quiet", str(first), str(second))
    made = tmp_path / "a.bundle.tar"
    done = bundle(first, made, mine)
    assert done.returncode == 0, done.stderr
    again = tmp_path / "b.bundle.tar"
    done = bundle(second, again, mine, umask=0o077, TZ="Pacific/Auckland", LC_ALL="C")
    assert done.returncode == 0, done.stderr
    for suffix in ("", ".sig"):
        assert Path(f"{made}{suffix}").read_bytes() == Path(f"{again}{suffix}").read_bytes()


def test_a_key_that_counters_do_not_know_is_refused_before_the_work(tmp_path: Path) -> None:
    strangers, tree, refused = (
        key(tmp_path, "strangers"),
        tmp_path / "tree",
        tmp_path / "c.bundle.tar",
    )
    git(tmp_path, "clone", "--quiet", str(ROOT), str(tree))
    (tree / "config/update-signers").write_text(signer(key(tmp_path, "mine")))
    for wrong, said in (
        (strangers, "is not in config/update-signers, so counters would refuse"),
        (tmp_path / "lost", "can't be read; check its name"),
    ):
        done = bundle(tree, refused, wrong)
        assert (done.returncode, f"the key {wrong} {said}" in done.stderr) == (1, True), done.stderr
    assert not refused.exists()
