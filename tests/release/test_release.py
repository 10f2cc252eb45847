"""``scripts/release`` first checks what must hold before anything is built."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.release.test_debian_package import make_bundle
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


def git_status(tree: Path) -> str:
    command = ["git", "-C", str(tree), "status", "--porcelain"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


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


# --- to the end ---

# What takes long or asks others, as if it had been done.
_STAND_INS = {
    "build": 'mkdir "$1"; touch "$1/kiosk-1.2.3.tar.gz" "$1/kiosk-1.2.3-py3-none-any.whl"\n',
    "try-wheel": "",
    "bundle-wheels": """
        case $1 in
        *.tar) touch "$1"; echo "$5" >"$1.sig" ;;
        *) cp -r BUNDLE "$1"; echo "Python $2 $3" >"$1/wheels/made-for" ;;
        esac
    """,
}
_PYTHON = """#!/bin/bash
[ "$1 $2" = "-m venv" ] || exec /usr/bin/python3 "$@"
mkdir -p "$3/bin"
printf '#!/bin/sh\\n' >"$3/bin/pip"
printf '#!/bin/sh\\necho the database is away >&2; exit 1\\n' >"$3/bin/pip-audit"
chmod 755 "$3/bin/"*
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="no dpkg-deb here")
def test_a_release_has_each_package_each_signed_bundle_and_the_checksums_of_all(
    repository: Path, tmp_path: Path
) -> None:
    for name in ("debian-package", "debian", "provenance", "installer"):
        copy = shutil.copytree if (ROOT / "scripts" / name).is_dir() else shutil.copy
        copy(ROOT / "scripts" / name, repository / "scripts" / name)
    bundle = make_bundle(tmp_path / "bundle")
    for name, text in _STAND_INS.items():
        program = repository / "scripts" / name
        program.write_text(f"#!/bin/bash\nset -eu\n{text.replace('BUNDLE', str(bundle))}")
        program.chmod(0o755)
    (programs := tmp_path / "programs").mkdir()
    (programs / "python3").write_text(_PYTHON)
    (programs / "python3").chmod(0o755)
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "--message", "Stand-ins")
    git(repository, "tag", "v1.2.3")
    (key := tmp_path / "key").touch()
    done = subprocess.run(
        [repository / "scripts/release", "--quick", "--sign", key],
        env=os.environ | {"PATH": f"{programs}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "NOT AUDITED, the database does not answer: the database is away" in done.stdout
    made = {path.name for path in (repository / "dist").iterdir()}
    assert made == {
        "SHA256SUMS", "kiosk-1.2.3.tar.gz", "kiosk-1.2.3-py3-none-any.whl",
        *(f"kiosk_1.2.3+deb{number}_{name}.deb" for number in (12, 13) for name in ("arm64", "amd64")),
        *(f"kiosk-1.2.3-{suite}-{name}.cdx.json" for suite in ("bookworm", "trixie") for name in ("arm64", "amd64")),
        *(f"kiosk-1.2.3-{suite}-arm64.bundle.tar{end}" for suite in ("bookworm", "trixie") for end in ("", ".sig")),
    }  # fmt: skip
    sums = (repository / "dist/SHA256SUMS").read_text().splitlines()
    assert {line.split()[1] for line in sums} == made - {"SHA256SUMS"}
    assert git_status(repository) == "?? dist/\n"
