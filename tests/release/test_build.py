"""A release is complete, has the same bytes from every computer, and can sell."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(
    not (ROOT / ".git").exists(), reason="releases are built from git, and this is not a checkout"
)


def git(*words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


@pytest.fixture(scope="module")
def commit() -> str:
    return git("rev-parse", "HEAD").strip()


def build(commit: str, dist: Path, **differently: Any) -> tuple[Path, Path]:
    """Return the sdist and the wheel of that commit."""
    subprocess.run([ROOT / "scripts/build", dist, commit], check=True, **differently)
    return archives(dist)


def archives(dist: Path) -> tuple[Path, Path]:
    (sdist,), (wheel,) = dist.glob("*.tar.gz"), dist.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def built(commit: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return the sdist and the wheel of the last commit. One worker builds them for all."""
    base = tmp_path_factory.getbasetemp()
    dist = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "dist"
    with dist.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return archives(dist) if dist.exists() else build(commit, dist)


def committed(commit: str, *folders: str) -> set[str]:
    return set(git("ls-tree", "-r", "-z", "--name-only", commit, *folders).strip("\0").split("\0"))


def test_the_sdist_has_every_file_that_git_has(commit: str, built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert committed(commit) <= names


def test_the_wheel_has_the_whole_package(commit: str, built: tuple[Path, Path]) -> None:
    """Fonts, the bench page and the manual too."""
    with zipfile.ZipFile(built[1]) as wheel:
        names = {name for name in wheel.namelist() if name.startswith("kiosk/")}
        licenses = {name.partition("/licenses/")[2] for name in wheel.namelist()}
    notes = {name for name in committed(commit, "kiosk") if name.endswith(".md")}
    notes = {name for name in notes if not name.startswith("kiosk/manual/")}
    assert names == committed(commit, "kiosk") - notes
    assert {"LICENSE", "kiosk/display/fonts/LICENSE"} <= licenses


def test_the_wheel_shows_the_manual_without_sphinx(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        wheel.extractall(tmp_path)
    program = "import sys; sys.modules['sphinx'] = None; from kiosk.cli import main; main()"
    for language, said in (("en", "It means:"), ("es", "Significa:"), ("pt", "Na tela:")):
        done = subprocess.run(
            [sys.executable, "-c", program, "manual", "reason-codes", "--lang", language],
            cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert said in done.stdout


def test_another_folder_another_user_another_hour_the_same_bytes(
    commit: str, built: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    elsewhere = {"TMPDIR": str(tmp_path / "elsewhere"), "TZ": "Pacific/Auckland", "LANG": "C"}
    again = build(commit, tmp_path / "dist", umask=0o077, env={**os.environ, **elsewhere})
    assert [path.name for path in again] == [path.name for path in built]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in built]


def test_the_sdist_builds_the_wheel_where_there_is_no_git(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    subprocess.run(["tar", "-xzf", built[0], "-C", tmp_path], check=True)
    (tree,) = tmp_path.iterdir()
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--quiet", "--wheel-dir", str(tmp_path), str(tree)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name == built[1].name
    with zipfile.ZipFile(wheel) as now, zipfile.ZipFile(built[1]) as then:
        assert sorted(now.namelist()) == sorted(then.namelist())


def test_the_wheel_alone_makes_a_sale_in_a_clean_environment(built: tuple[Path, Path]) -> None:
    command = [ROOT / "scripts/try-wheel", built[1]]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    assert "\npaid 100.00 " in done.stdout
