"""``scripts/debian-package``: the same bytes from the same bundle, and scripts that do what they say."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPTS = ("preinst", "postinst", "prerm", "postrm")

pytestmark = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None, reason="no dpkg-deb here: Debian's packages need it"
)


def wheel(folder: Path, name: str, version: str, *told: str, text: str = "Do as you like.") -> None:
    """Write a wheel with no program in it."""
    about = f"{name}-{version}.dist-info"
    lines = [f"Name: {name}", f"Version: {version}", *told]
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        archive.writestr(f"{about}/METADATA", "\n".join(lines))
        archive.writestr(f"{about}/licenses/LICENSE", text)


def make_bundle(
    folder: Path, version: str = "1.2.3", made_for: str = "Python 3.13 aarch64"
) -> Path:
    """Make a bundle's folder as scripts/bundle-wheels does, but with wheels of no size."""
    (folder / "wheels").mkdir(parents=True)
    script = ". scripts/installer/source.sh; . scripts/installer/wheel.sh; copy_parts $0"
    command = ["bash", "-euc", f"here={ROOT}; {script}", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    (folder / "made-from").write_text(f"{version} 0123456789abcdef\n")
    (folder / "made-on").write_text("2026-11-27\n")
    (folder / "wheels/made-for").write_text(f"{made_for}\n")
    font = "Copyright (c) 2012 Somebody\nSIL OPEN FONT LICENSE Version 1.1\n"
    wheel(folder / "wheels", "kiosk", version, "License-Expression: Apache-2.0", text=font)
    wheel(folder / "wheels", "Pillow", "13.0", "License-Expression: MIT-CMU", "Author: Ann\n  Bo")
    wheel(folder / "wheels", "certifi", "26.1", "License: MPL-2.0", "Author-email: K <k@k.org>")
    wheel(
        folder / "wheels", "old", "1", "License: MIT\n  a text", "Classifier: License :: OSI :: MIT"
    )
    return folder


def package(
    bundle: Path, folder: Path, umask: int = 0o022, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "scripts/debian-package", bundle, folder],
        umask=umask,
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_bundle(tmp_path_factory.mktemp("bundle") / "tree")


@pytest.fixture(scope="module")
def deb(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = package(bundle, tmp_path_factory.mktemp("package"))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def unpacked(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a folder, with its control files in DEBIAN."""
    folder = tmp_path_factory.mktemp("unpacked") / "tree"
    subprocess.run(["dpkg-deb", "--raw-extract", deb, folder], check=True)
    return folder


def fields(deb: Path) -> dict[str, str]:
    done = subprocess.run(["dpkg-deb", "--field", deb], capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    return dict(line.split(": ", 1) for line in lines)


def test_the_same_bundle_gives_the_same_bytes_to_another_user_elsewhere_and_later(
    bundle: Path, deb: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    files = sorted(path for path in bundle.rglob("*") if path.is_file())
    for file in reversed(files):  # written in another order, now, for nobody but the owner
        place = copy / file.relative_to(bundle)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.read_bytes())
        place.chmod(0o700 if os.access(file, os.X_OK) else 0o600)
    elsewhere = {"TZ": "Pacific/Auckland", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1"}
    here = copy.parent
    done = package(Path(copy.name), Path("dist"), umask=0o077, cwd=here, **elsewhere)
    assert done.stdout.strip() == f"dist/{deb.name}"
    assert (here / "dist" / deb.name).read_bytes() == deb.read_bytes()


def test_everything_in_it_belongs_to_root_and_lies_where_a_package_may_put_it(deb: Path) -> None:
    command = ["dpkg-deb", "--fsys-tarfile", str(deb)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as process,
        tarfile.open(fileobj=process.stdout, mode="r|") as archive,
    ):
        members = list(archive)
    assert {(each.uid, each.gid, each.uname) for each in members} == {(0, 0, "root")}
    assert {each.mode for each in members} == {0o755, 0o644}
    files = [each.name for each in members if not each.isdir()]
    assert all(name.startswith(("./usr/lib/kiosk/", "./usr/share/doc/kiosk/")) for name in files)
    assert all(each.isfile() or each.isdir() for each in members)


def test_it_holds_the_whole_bundle_and_knows_the_hash_of_each_file(
    bundle: Path, unpacked: Path
) -> None:
    tree = unpacked / "usr/lib/kiosk"
    lines = (tree / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    inside = {str(p.relative_to(bundle)) for p in bundle.rglob("*") if p.is_file()}
    assert set(sums) == inside
    for name, digest in sums.items():
        assert hashlib.sha256((tree / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize(
    ("made_for", "name", "python"),
    [
        ("Python 3.11 aarch64", "kiosk_1.2.3+deb12_arm64.deb", "python3 (>= 3.11), python3 (<< 3.12)"),
        ("Python 3.11 x86_64", "kiosk_1.2.3+deb12_amd64.deb", "python3 (>= 3.11), python3 (<< 3.12)"),
        ("Python 3.13 aarch64", "kiosk_1.2.3+deb13_arm64.deb", "python3 (>= 3.13), python3 (<< 3.14)"),
        ("Python 3.13 x86_64", "kiosk_1.2.3+deb13_amd64.deb", "python3 (>= 3.13), python3 (<< 3.14)"),
    ],
)  # fmt: skip
def test_each_suite_and_processor_has_its_package(
    bundle: Path, tmp_path: Path, made_for: str, name: str, python: str
) -> None:
    shutil.copytree(bundle, tmp_path / "tree")
    (tmp_path / "tree/wheels/made-for").write_text(f"{made_for}\n")
    deb = Path(package(tmp_path / "tree", tmp_path).stdout.strip())
    assert deb.name == name
    told = fields(deb)
    assert f"kiosk_{told['Version']}_{told['Architecture']}.deb" == name
    assert told["Depends"].startswith(f"{python}, python3-venv,")
    lgpio = "python3-lgpio" in told["Recommends"]
    assert lgpio is ("3.13" in made_for)  # for Python 3.11 there is a wheel


def test_the_package_of_the_next_debian_follows_that_of_this_one() -> None:
    versions = [
        "1.2.3+deb12",
        "1.2.3+deb13",
        "1.2.3.post4+gabc+deb12",
        "1.2.4+deb12",
        "1.10.0+deb12",
    ]
    for older, newer in pairwise(versions):
        subprocess.run(["dpkg", "--compare-versions", older, "lt", newer], check=True)


@pytest.mark.parametrize(
    ("made_for", "said"),
    [
        ("Python 3.12 aarch64", "no Debian here has Python 3.12 aarch64"),
        ("Python 3.11 armv7l", "there is no package for Python 3.11 armv7l"),
        ("", "no Debian here has"),
    ],
)
def test_a_bundle_for_no_debian_of_ours_is_refused(
    bundle: Path, tmp_path: Path, made_for: str, said: str
) -> None:
    shutil.copytree(bundle, tmp_path / "tree")
    (tmp_path / "tree/wheels/made-for").write_text(f"{made_for}\n")
    done = package(tmp_path / "tree", tmp_path)
    assert (done.returncode, said in done.stderr) == (1, True), done.stderr
    assert list(tmp_path.glob("*.deb*")) == []


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    assert "is not the folder of a bundle" in package(tmp_path, tmp_path).stderr


def test_a_wheel_without_a_licence_is_not_shipped(bundle: Path, tmp_path: Path) -> None:
    shutil.copytree(bundle, tmp_path / "tree")
    wheel(tmp_path / "tree/wheels", "mine", "1", "License: see the file,\n it is long")
    done = package(tmp_path / "tree", tmp_path)
    assert done.returncode != 0
    assert "mine-1-py3-none-any.whl names no licence" in done.stderr
    assert list(tmp_path.glob("*.deb*")) == []


def test_all_that_is_shipped_has_its_licence_in_it(unpacked: Path) -> None:
    documents = unpacked / "usr/share/doc/kiosk"
    text = (documents / "copyright").read_text()
    for file, holder, licence in [
        ("kiosk-1.2.3", "Copyright (c) 2012 Somebody", "Apache-2.0 and OFL-1.1"),
        ("Pillow-13.0", "Ann Bo", "MIT-CMU"),
        ("certifi-26.1", "K", "MPL-2.0"),
        ("old-1", "the authors of old", "MIT"),
    ]:
        _, _, paragraph = text.partition(f"wheels/{file}-py3-none-any.whl\n")
        paragraph = paragraph.partition("\n\n")[0]
        assert holder in paragraph
        assert f"License: {licence}\n" in paragraph
        assert (documents / f"licences/{file}.txt").exists()
        assert f"/usr/share/doc/kiosk/licences/{file}.txt" in paragraph


def test_the_bill_of_materials_names_each_wheel_and_its_hash(unpacked: Path) -> None:
    bill = json.loads((unpacked / "usr/share/doc/kiosk/kiosk.cdx.json").read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["version"] == "1.2.3"
    assert [part["purl"] for part in bill["components"]] == [
        "pkg:pypi/certifi@26.1",
        "pkg:pypi/old@1",
        "pkg:pypi/pillow@13.0",
    ]
    for part in bill["components"]:
        file = next(unpacked.glob(f"usr/lib/kiosk/wheels/{part['name']}-*.whl"))
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        assert part["hashes"] == [{"alg": "SHA-256", "content": digest}]


def test_the_changelog_is_what_the_readme_tells_people(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(
        "- 0.0.1: an example\n\n## Changes\n\n- 1.10.0: ten,\n  and more.\n- 1.9.0: nine.\n- 2.0.0: two.\n"
    )
    command = [
        "python3",
        "-IB",
        "scripts/provenance",
        "changelog",
        f"{tmp_path}/README.md",
        "1.10.0",
    ]
    command += ["2026-11-27", "1.10.0+deb12", "A <a@b.org>"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == (
        "kiosk (1.10.0+deb12) stable; urgency=medium\n\n  * ten, and more.\n  * 1.9.0: nine.\n\n"
        " -- A <a@b.org>  Fri, 27 Nov 2026 00:00:00 +0000\n"
    )


def test_a_build_between_two_releases_says_so(unpacked: Path) -> None:
    text = gzip.decompress((unpacked / "usr/share/doc/kiosk/changelog.gz").read_bytes()).decode()
    assert text.startswith(
        "kiosk (1.2.3+deb13) stable; urgency=medium\n\n  * Made between two releases."
    )


@pytest.mark.skipif(
    shutil.which("shellcheck") is None, reason="no shellcheck here: apt install shellcheck"
)
def test_its_scripts_stand_alone_and_have_none_of_the_known_traps(unpacked: Path) -> None:
    control = unpacked / "DEBIAN"
    assert {path.name for path in control.iterdir()} == {"control", "md5sums", *SCRIPTS}
    command = [
        "shellcheck",
        "--norc",
        "--exclude=SC2034,SC2154",
        *SCRIPTS,
    ]  # functions of the installer
    done = subprocess.run(command, cwd=control, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    text = "".join((control / name).read_text() for name in (*SCRIPTS, "control"))
    assert "@" not in text.replace("@example.org", "").replace('"$@"', "").replace("[@]", "")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("lintian") is None, reason="no lintian here: apt install lintian")
def test_debians_own_judge_of_packages_finds_nothing_wrong(deb: Path) -> None:
    command = ["lintian", "--allow-root", "--fail-on", "error,warning", str(deb)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


class Counter:
    """The folders of a counter, and the package's scripts, which see these instead of the real ones."""

    def __init__(self, scripts: Path, folder: Path) -> None:
        self._scripts, self.folder = scripts, folder
        self.etc, self.state, self.updates = (
            folder / name for name in ("etc/kiosk", "var/lib/kiosk", "var/lib/kiosk-updates")
        )

    def install(self, made_from: str) -> None:
        share = self.folder / "opt/kiosk/current/share"
        share.mkdir(parents=True)
        (share / "made-from").write_text(f"{made_from} 0123456789abcdef\n")

    def run(self, name: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        text = (self._scripts / name).read_text()
        for place in ("/opt/kiosk", "/etc/kiosk", "/var/lib/kiosk"):
            text = text.replace(f"={place}", f"={self.folder}{place}")
        (self.folder / name).write_text(text)
        nobody = self.folder / "getent"  # this computer may have a user kiosk
        nobody.write_text("#!/bin/sh\nexit 2\n")
        nobody.chmod(0o755)
        return subprocess.run(
            ["bash", self.folder / name, *words],
            env={"PATH": f"{self.folder}:{os.environ['PATH']}", **environment},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def counter(unpacked: Path, tmp_path: Path) -> Counter:
    return Counter(unpacked / "DEBIAN", tmp_path)


@pytest.mark.parametrize(
    "running", ["", "1.2.2", "1.2.3", "0.9.10", "1.2.2.post9+g0123abc", "0.0.0"]
)
def test_it_follows_an_older_release_and_its_own(counter: Counter, running: str) -> None:
    if running:
        counter.install(running)
    done = counter.run("preinst", "upgrade", "1.2.2+deb13", "1.2.3+deb13")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("running", ["1.2.4", "1.10.0", "1.2.3.post1+g0123abc"])
def test_it_does_not_follow_a_newer_release_until_the_technician_says_so(
    counter: Counter, running: str
) -> None:
    counter.install(running)
    for words in (("install",), ("upgrade", "1.2.2+deb13", "1.2.3+deb13")):
        done = counter.run("preinst", *words)
        assert done.returncode == 1
        assert f"kiosk 1.2.3 is older than the installed {running.partition('+')[0]}" in done.stderr
        assert counter.run("preinst", *words, KIOSK_ROLLBACK="yes").returncode == 0
    assert counter.run("preinst", "abort-upgrade", "1.2.3+deb13").returncode == 0


def test_a_purge_removes_configuration_and_journal_and_says_so(counter: Counter) -> None:
    for folder in (counter.etc, counter.state, counter.updates):
        folder.mkdir(parents=True)
        (folder / "file").touch()
    assert counter.run("postrm", "remove").stdout == ""
    assert counter.etc.exists()
    done = counter.run("postrm", "purge")
    for folder in (counter.etc, counter.state, counter.updates):
        assert f"remove {folder}\n" in done.stdout
        assert not folder.exists()
    assert counter.run("postrm", "purge").returncode == 0  # again, as after a power cut
