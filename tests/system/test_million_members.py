"""A signed archive with a million members, as large as a bundle may be: it is refused with little memory.

``tests/installer/test_wrong_bundles.py`` has the other wrong bundles, which are made sooner.
"""

from __future__ import annotations

import gzip
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installer.releaser import FILES, Counter, Releaser, archive

MEMBERS = 1_000_000
LIMITS = """
ulimit -v 200000 # kilobytes; the bundle has 500,000
ulimit -t 30 # seconds of a processor
"""


def headers() -> Iterator[bytes]:
    """Yield a million different headers of empty files; only digits of the name are different."""
    first = tarfile.TarInfo("f0000000").tobuf(tarfile.USTAR_FORMAT)
    name, checksum, until, rest = first[8:148], int(first[148:154], 8), first[154:156], first[156:]
    for number in range(MEMBERS):
        digits = b"%07d" % number
        changed = checksum + sum(digits) - 7 * ord("0")
        yield b"f%s%s%06o%s%s" % (digits, name, changed, until, rest)


@pytest.fixture(scope="module")
def releaser(tmp_path_factory: pytest.TempPathFactory) -> Releaser:
    return Releaser(tmp_path_factory.mktemp("releaser"))


@pytest.fixture(scope="module")
def bomb(releaser: Releaser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle whose archive has a good beginning, and then a million files."""
    path = tmp_path_factory.mktemp("bomb") / "kiosk-1.3.0.bundle.tar"
    good = archive([(name, tarfile.REGTYPE, data) for name, data in FILES.items()], {})
    with path.open("wb") as file:
        file.write(good.rstrip(b"\0") + bytes(-len(good.rstrip(b"\0")) % tarfile.BLOCKSIZE))
        file.writelines(headers())
        file.write(bytes(2 * tarfile.BLOCKSIZE))
    return releaser.sign(path)


def test_it_really_has_a_million_members(bomb: Path) -> None:
    listed = subprocess.run(["tar", "--list", "--file", bomb], capture_output=True, check=True)
    assert listed.stdout.count(b"\n") == 1 + len(FILES) + MEMBERS


@pytest.mark.parametrize("words", [[], ["--nightly"], ["--unsigned"], ["--dry-run"]])
def test_it_is_refused_with_its_reason_and_nothing_changes(
    releaser: Releaser, bomb: Path, tmp_path: Path, words: list[str]
) -> None:
    counter = Counter(tmp_path / "counter", releaser)
    before = counter.disk()
    done = counter.update(bomb, *words, before=LIMITS)
    assert done.returncode == 3, done
    assert done.stderr.startswith(f"{bomb} was refused: 'f0000000' is in it, but not"), done
    assert done.stderr.count("\n") == 1
    assert counter.disk() == before


def test_a_packed_one_is_not_even_unpacked(releaser: Releaser, bomb: Path, tmp_path: Path) -> None:
    packed = tmp_path / bomb.name
    with bomb.open("rb") as source, gzip.open(packed, "wb", compresslevel=1) as target:
        while chunk := source.read(1 << 20):
            target.write(chunk)
    releaser.sign(packed)
    counter = Counter(tmp_path / "counter", releaser)
    before = counter.disk()
    done = counter.update(packed, before=LIMITS)
    assert done.returncode == 3, done
    assert "its archive is damaged, or of another format" in done.stderr
    assert counter.disk() == before
