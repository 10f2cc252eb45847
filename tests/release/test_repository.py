"""``scripts/repository`` makes an apt repository that apt believes, and apt believes nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = {"reprepro": "reprepro", "gpg": "gnupg", "apt-get": "apt"}
MISSING = [package for tool, package in NEEDED.items() if shutil.which(tool) is None]

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"not here: {MISSING}; run: apt install {' '.join(MISSING)}"
)


@contextmanager
def two_keys() -> Iterator[Path]:
    """Make the home of gpg, with two keys; its path must be short."""
    with tempfile.TemporaryDirectory(prefix="keys-") as folder:
        home = Path(folder)
        for name in ("ours", "strangers"):
            words = ("--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", "never")
            gpg(home, *words)
        yield home
        end = ["gpgconf", "--kill", "all"]
        subprocess.run(end, env=os.environ | {"GNUPGHOME": folder}, check=True)


@pytest.fixture(scope="module")
def keys() -> Iterator[Path]:
    with two_keys() as home:
        yield home


def gpg(home: Path, *words: str) -> str:
    command = ["gpg", "--batch", "--quiet", "--homedir", str(home), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def deb(folder: Path, version: str, package: str = "kiosk") -> Path:
    """Make a package with nothing in it but its control file."""
    control = folder / f"{version}/DEBIAN/control"
    control.parent.mkdir(parents=True)
    control.write_text(
        f"Package: {package}\nVersion: {version}\nArchitecture: arm64\nSection: misc\nPriority: optional\n"
        "Maintainer: A <a@example.org>\nDescription: a test\n"
    )
    made = folder / f"{package}_{version}_arm64.deb"
    command: list[str | Path] = [
        "dpkg-deb",
        "--root-owner-group",
        "-Znone",
        "--build",
        control.parent.parent,
        made,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return made


class Repository:
    """A repository in a folder, and a counter's apt that reads it."""

    def __init__(self, folder: Path, keys: Path) -> None:
        self.public, self._folder, self._keys = folder / "made/public", folder, keys

    def add(self, *debs: Path, key: str = "ours") -> subprocess.CompletedProcess[str]:
        address = f"file:{self.public}"
        words: list[str | Path] = [
            self._folder / "made",
            "--sign",
            key,
            "--address",
            address,
            *debs,
        ]
        return subprocess.run(
            [ROOT / "scripts/repository", *words],
            env=os.environ | {"GNUPGHOME": str(self._keys)},
            capture_output=True,
            text=True,
            check=False,
        )

    def apt(self, *words: str, suite: str = "trixie") -> subprocess.CompletedProcess[str]:
        """Run apt-get as on a counter with that suite, which knows nothing else."""
        counter = self._folder / "counter"
        for name in (
            "etc/sources.list.d",
            "etc/preferences.d",
            "state/lists/partial",
            "cache/archives/partial",
        ):
            (counter / name).mkdir(parents=True, exist_ok=True)
        (counter / "status").touch()
        sources = counter / "etc/sources.list.d/kiosk.sources"
        if not sources.exists():
            shutil.copy(self.public / f"kiosk-{suite}.sources", sources)
        settings = {
            "Dir::Etc": counter / "etc", "Dir::State": counter / "state", "Dir::Cache": counter / "cache",
            "Dir::State::status": counter / "status", "APT::Architecture": "arm64",
            "APT::Architectures": "arm64", "APT::Sandbox::User": "root", "Dir::Etc::main": "/dev/null",
            "Dir::Etc::parts": "/dev/null",
        }  # fmt: skip
        return subprocess.run(
            ["apt-get", *(word for key, value in settings.items() for word in ("-o", f"{key}={value}")), *words],
            cwd=counter,
            env=os.environ | {"LC_ALL": "C"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )  # fmt: skip

    def offered(self, suite: str = "trixie") -> Path | None:
        """Return what the counter's apt downloads, or None."""
        shutil.rmtree(self._folder / "counter", ignore_errors=True)
        said = self.apt("update", suite=suite)
        assert said.returncode == 0, said.stdout
        if self.apt("download", "kiosk").returncode:
            return None
        return next((self._folder / "counter").glob("*.deb"))


@pytest.fixture
def repository(tmp_path: Path, keys: Path) -> Repository:
    return Repository(tmp_path, keys)


def test_each_suite_gets_its_newest_package(repository: Repository, tmp_path: Path) -> None:
    old, new = deb(tmp_path, "1.0.0+deb13"), deb(tmp_path, "1.0.1+deb13")
    done = repository.add(old)
    assert done.returncode == 0, done.stderr
    assert (found := repository.offered())
    assert found.read_bytes() == old.read_bytes()
    assert repository.offered("bookworm") is None
    assert repository.add(new, deb(tmp_path, "0.9.0+deb12")).returncode == 0
    assert (found := repository.offered())
    assert found.read_bytes() == new.read_bytes()
    assert (found := repository.offered("bookworm"))
    assert "0.9.0" in found.name
    assert repository.add(new).returncode == 0  # again


def test_what_a_stranger_has_changed_is_refused(repository: Repository, tmp_path: Path) -> None:
    repository.add(deb(tmp_path, "1.0.0+deb13"))
    release = repository.public / "dists/trixie/InRelease"
    good = release.read_text()
    release.write_text(good.replace("Label: kiosk", "Label: Kiosk"))
    shutil.rmtree(repository.public / "dists/trixie/Release.gpg", ignore_errors=True)
    done = repository.apt("update")
    assert "invalid" in done.stdout
    assert "BADSIG" in done.stdout
    release.write_text(good)
    assert repository.apt("update").returncode == 0
    (package,) = repository.public.glob("pool/**/*.deb")
    package.write_bytes(package.read_bytes()[:-1] + b"?")
    done = repository.apt("download", "kiosk")
    assert done.returncode == 100
    assert "Hash Sum mismatch" in done.stdout


def test_what_a_stranger_has_signed_is_refused(repository: Repository, tmp_path: Path) -> None:
    repository.add(deb(tmp_path, "1.0.0+deb13"))
    repository.apt("update")  # the counter has our key now
    repository.add(deb(tmp_path, "1.0.1+deb13"), key="strangers")
    done = repository.apt("update")
    assert "NO_PUBKEY" in done.stdout
    assert "1.0.1" not in repository.apt("--print-uris", "download", "kiosk").stdout


@pytest.mark.parametrize(
    ("version", "package", "said"),
    [
        ("1.0.0", "kiosk", "version 1.0.0 is not of scripts/debian-package"),
        ("1.0.0+deb11", "kiosk", "is not of scripts/debian-package"),
        ("1.0.0+deb13", "sudo", "is not a package of the kiosk"),
        ("0.9.0+deb13", "kiosk", "is older than 1.0.0+deb13, which is in the repository"),
    ],
)
def test_what_is_no_package_of_ours_does_not_come_in(
    repository: Repository, tmp_path: Path, version: str, package: str, said: str
) -> None:
    (tmp_path / "good").mkdir()
    repository.add(deb(tmp_path / "good", "1.0.0+deb13"))
    done = repository.add(deb(tmp_path, version, package))
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert (found := repository.offered())
    assert found.name.startswith("kiosk_1.0.0")


def test_without_a_key_or_a_good_address_nothing_is_made(
    repository: Repository, tmp_path: Path
) -> None:
    done = repository.add(key="nobodys")
    assert "gpg has no secret key nobodys" in done.stderr
    words: list[str | Path] = [
        tmp_path / "made",
        "--sign",
        "ours",
        "--address",
        "http://example.org",
    ]
    done = subprocess.run(
        [ROOT / "scripts/repository", *words], capture_output=True, text=True, check=False
    )
    assert "is not an address that begins with https://" in done.stderr
    assert not (tmp_path / "made").exists()
