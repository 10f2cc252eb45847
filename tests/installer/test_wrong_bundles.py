"""Wrong bundles: each is refused with its reason, by hand and at night, and changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.installer.releaser import FILES, Counter, Member, Releaser, archive, manifest
from tests.support.examples import sampled

Spoil = Callable[[Releaser, Path], None]
GOOD: list[Member] = [(name, tarfile.REGTYPE, data) for name, data in FILES.items()]


def unsigned(releaser: Releaser, bundle: Path) -> None:
    Path(f"{bundle}.sig").unlink()


def changed_byte(releaser: Releaser, bundle: Path) -> None:
    data = bytearray(bundle.read_bytes())
    data[-2000] ^= 1
    bundle.write_bytes(data)


def shortened(releaser: Releaser, bundle: Path) -> None:
    bundle.write_bytes(bundle.read_bytes()[:1500])


def garbled_signature(releaser: Releaser, bundle: Path) -> None:
    Path(f"{bundle}.sig").write_text("-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n")


def huge_signature(releaser: Releaser, bundle: Path) -> None:
    Path(f"{bundle}.sig").write_bytes(bytes(1 << 20))


def other_key(releaser: Releaser, bundle: Path) -> None:
    releaser.sign(bundle, key="stranger")


def revoked_key(releaser: Releaser, bundle: Path) -> None:
    releaser.sign(bundle, key="revoked")


def other_namespace(releaser: Releaser, bundle: Path) -> None:
    releaser.sign(bundle, namespace="file")


def huge(releaser: Releaser, bundle: Path) -> None:
    os.truncate(bundle, 1 << 40)


def told(**fields: Any) -> Spoil:
    """Sign an archive whose manifest says this."""

    def spoil(releaser: Releaser, bundle: Path) -> None:
        bundle.write_bytes(archive(GOOD, fields))
        releaser.sign(bundle)

    return spoil


def with_members(*members: Member, named: bool = False) -> Spoil:
    """Sign an archive with these members too, which its manifest may name."""

    def spoil(releaser: Releaser, bundle: Path) -> None:
        files = {name: data for name, _, data in [*GOOD, *members]} if named else FILES
        bundle.write_bytes(archive([*GOOD, *members], {"files": manifest(files)["files"]}))
        releaser.sign(bundle)

    return spoil


def holding(data: bytes) -> Spoil:
    """Sign these bytes."""

    def spoil(releaser: Releaser, bundle: Path) -> None:
        bundle.write_bytes(data)
        releaser.sign(bundle)

    return spoil


def member(name: str, kind: bytes = tarfile.REGTYPE, data: bytes = b"x") -> Member:
    return name, kind, data


def a_million_files(releaser: Releaser, bundle: Path) -> None:
    entry = manifest()["files"]["made-from"]
    files = {"scripts/install": entry, **{f"f{number}": entry for number in range(1_000_000)}}
    holding(archive([], json.dumps(manifest() | {"files": files}).encode()))(releaser, bundle)


def sized(size: int) -> bytes:
    """Return an archive whose header promises that many bytes for the manifest."""
    header = tarfile.TarInfo("manifest.json")
    header.size = size
    return header.tobuf(tarfile.GNU_FORMAT) + bytes(1024)


IS_NONE = "is not a plain file name inside the bundle"
WRONG: dict[str, tuple[Spoil, str]] = {
    # The ten kinds; the quick loop tries them all.
    "unsigned": (unsigned, "it is not signed"),
    "changed byte": (changed_byte, "its signature is not for these bytes"),
    "other key": (other_key, "its key is not in"),
    "revoked key": (revoked_key, "its key is revoked in"),
    "other namespace": (other_namespace, "it was not signed for kiosk-update"),
    "old date": (told(until="2026-11-26"), "its last day was 2026-11-26, and today is 2026-11-27"),
    "older version": (told(version="1.1.9"), "1.1.9 is older than the installed 1.2.0"),
    "other platform": (told(processor="riscv64"), "riscv64, and this is Python"),
    "../ in the manifest": (with_members(member("../x"), named=True), IS_NONE),
    "../ in the archive": (with_members(member("../x")), "'../x' is in it, but not"),
    "symbolic link": (with_members(member("l", tarfile.SYMTYPE, b"/etc/passwd")), "'l' in it is not a plain file"),
    "hard link": (with_members(member("l", tarfile.LNKTYPE, b"made-from"), named=True), "'l' in it is not a plain file"),
    # More of the kind.
    "shortened": (shortened, "its signature is not for these bytes"),
    "a million files": (a_million_files, "its manifest has"),
    "garbled signature": (garbled_signature, "its file .sig is not a signature"),
    "huge signature": (huge_signature, "has 1048576 bytes, more than 16384"),
    "a terabyte": (huge, "has 1099511627776 bytes, more than"),
    "other Python": (told(python="2.7"), "it is for Python 2.7"),
    "can't follow": (told(follows="1.2.1"), "1.3.0 can't follow the installed 1.2.0; install 1.2.1 first"),
    "absolute name": (with_members(member("/etc/x"), named=True), IS_NONE),
    "hidden name": (with_members(member("a/.ssh/x"), named=True), IS_NONE),
    "empty part": (with_members(member("a//x"), named=True), IS_NONE),
    "line in a name": (with_members(member("a\nb"), named=True), IS_NONE),
    "device": (with_members(member("d", tarfile.CHRTYPE), named=True), "'d' in it is not a plain file"),
    "folder": (with_members(member("d", tarfile.DIRTYPE), named=True), "'d' in it is not a plain file"),
    "pax header": (with_members(member("p", tarfile.XHDTYPE, b"9 a=b\n"), named=True), "'p' in it is not a plain file"),
    "long name": (with_members(member("p", tarfile.GNUTYPE_LONGNAME, b"name"), named=True), "'p' in it is not a plain"),
    "sparse file": (with_members(member("s", tarfile.GNUTYPE_SPARSE), named=True), "'s' in it is not a plain file"),
    "twice the same": (with_members(member("made-from")), "'made-from' is in it, but not (or once only)"),
    "a file and a folder": (with_members(member("made-from/x"), named=True), "'made-from' can't be a file"),
    "unnamed file": (with_members(member("x")), "'x' is in it, but not"),
    "second manifest": (with_members(member("manifest.json")), "'manifest.json' is in it, but not"),
    "missing file": (told(files=manifest(FILES | {"x": b"1"})["files"]), "'x' is in its manifest, but not in it"),
    "other contents": (told(files=manifest(FILES | {"made-from": b"1.3.0 0124\n"})["files"]), "is not the file of its"),
    "other size": (told(files=manifest(FILES | {"made-from": b"1.3.0"})["files"]), "the size of 'made-from' is not"),
    "no installer": (told(files=manifest({"made-from": b"1"})["files"]), "there is no scripts/install"),
    "huge manifest": (holding(sized(1 << 40)), "its manifest has 1099511627776 bytes"),
    "negative size": (holding(sized(-512)), "has no size"),
    "no manifest": (holding(archive([], b"")[512:]), "it does not begin with manifest.json"),
    "empty file": (holding(b""), "its archive is damaged, or of another format"),
    "no archive": (holding(b"PK\3\4" * 1000), "its archive is damaged, or of another format"),
    "another file after it": (holding(archive(GOOD, {}) + archive(GOOD, {})), "something follows its end"),
    "not JSON": (holding(archive(GOOD, b"{")), "its manifest is wrong"),
    "deep JSON": (holding(archive(GOOD, b"[" * 100_000)), "its manifest is wrong"),
    "a list": (holding(archive(GOOD, b"[]")), "it must have the fields"),
    "a field twice": (holding(archive(GOOD, b'{"share": 1, "share": 2}')), "a name is there twice"),
    "one field more": (told(extra=1), "it must have the fields"),
    "format 2": (told(format=2), "format 2 is not known here"),
    "odd version": (told(version="1.x"), "'1.x' is not a version"),
    "version a number": (told(version=13), "its manifest is wrong"),
    "line in a processor": (told(processor="x86_64\n\x1b[2J"), "processor must be a word"),
    "processor a list": (told(processor=["x86_64"]), "its manifest is wrong"),
    "no day": (told(until="soon"), "its manifest is wrong"),
    "share of 101": (told(share=101), "share must be from 0 to 100"),
    "share true": (told(share=True), "share must be from 0 to 100"),
    "no files": (told(files={}), "files must name 1 to 2000 files"),
    "file without size": (told(files={"scripts/install": {}}), "a file needs a size"),
    "set-user-ID": (
        told(files={n: m | {"mode": "4755"} for n, m in manifest()["files"].items()}),
        "a file needs a size up to 67108864, a sha256 and the mode 644 or 755",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", [*list(WRONG)[:12], *sampled(list(WRONG)[12:], 5)])
def test_a_wrong_bundle_is_refused_with_its_reason_and_nothing_changes(
    releaser: Releaser, counter: Counter, how: str
) -> None:
    spoil, because = WRONG[how]
    bundle = releaser.bundle(counter.updates)
    spoil(releaser, bundle)
    big = bundle.stat().st_size > 1 << 30  # too long to be read for a comparison
    before = {} if big else counter.disk()
    for words in ([], ["--nightly"]):
        done = counter.update(bundle, *words)
        assert (done.returncode, done.stdout) == (3, ""), done
        assert done.stderr.startswith(f"{bundle} was refused: "), done.stderr
        assert because in done.stderr
        assert done.stderr.count("\n") == 1
        assert len(done.stderr) < 600
        assert big or counter.disk() == before
        assert not (counter.opt / "incoming").exists()


def test_without_a_signature_it_is_installed_only_by_hand_and_on_demand(
    releaser: Releaser, counter: Counter
) -> None:
    bundle = releaser.bundle(counter.updates)
    unsigned(releaser, bundle)
    assert "or add --unsigned if you made the bundle yourself" in counter.update(bundle).stderr
    assert "--unsigned" not in counter.update(bundle, "--nightly").stderr
    done = counter.update(bundle, "--unsigned")
    assert (done.returncode, "installed:" in done.stdout) == (0, True), done
    assert "the signature is not checked" in done.stdout
    with_members(member("../x"))(releaser, bundle)  # all other checks are as strict
    assert counter.update(bundle, "--unsigned").returncode == 3


def test_an_older_version_is_installed_by_hand_and_on_demand(
    releaser: Releaser, counter: Counter
) -> None:
    bundle = releaser.bundle(counter.updates, version="1.1.9")
    assert "by hand, add --rollback" in counter.update(bundle).stderr
    assert counter.update(bundle, "--rollback").returncode == 0


@pytest.mark.parametrize(
    ("installed", "version", "taken"),
    [
        ("1.2.0", "1.2.0", True),  # once more: its installer finds nothing to do
        ("1.2.0", "1.2.0.post3+gabc1234", True),
        ("1.2.0.post12+gabc1234", "1.2.0.post3+gdef", False),
        ("1.2.0.post3+gdef", "1.2.0", False),
        ("1.9.0", "1.10.0", True),
        ("1.10.0", "1.9.9", False),
        ("1.10", "1.10.0", True),
        ("2beta", "3.0.0", False),  # nobody knows which is older
    ],
)
def test_versions_are_compared_number_by_number(
    releaser: Releaser, counter: Counter, installed: str, version: str, taken: bool
) -> None:
    (counter.opt / "current/share/made-from").write_text(f"{installed} 4567\n")
    done = counter.update(releaser.bundle(counter.updates, version=version))
    assert (done.returncode == 0) is taken, done


# --- where it lies ---


@pytest.mark.slow
def test_a_file_that_others_could_have_written_is_not_installed_at_night(
    releaser: Releaser, counter: Counter
) -> None:
    bundle = releaser.bundle(counter.updates)
    for path in (bundle, Path(f"{bundle}.sig"), counter.updates, counter.updates.parent):
        mode = path.stat().st_mode
        for wrong in (0o020, 0o002):
            path.chmod(mode | wrong)
            done = counter.update(bundle, "--nightly")
            assert done.returncode == 3
            assert f"other users can write to {path}; run: sudo chmod go-w {path}" in done.stderr
        path.chmod(mode)
    assert counter.update(bundle, "--nightly").returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_file_of_another_user_is_not_installed_at_night(
    releaser: Releaser, counter: Counter
) -> None:
    bundle = releaser.bundle(counter.updates)
    for path in (bundle, Path(f"{bundle}.sig"), counter.updates, counter.updates.parent):
        os.chown(path, 65534, -1)
        done = counter.update(bundle, "--nightly")
        assert f"{path} belongs to user 65534; run: sudo chown root {path}" in done.stderr
        os.chown(path, 0, -1)
    assert counter.update(bundle, "--nightly").returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders of root's")
def test_where_others_can_write_nothing_is_unpacked(releaser: Releaser, counter: Counter) -> None:
    bundle = releaser.bundle(counter.updates)
    counter.opt.chmod(0o777)
    before = counter.disk()
    done = counter.update(bundle)
    assert done.returncode == 1
    assert f"others than root can write to {counter.opt}; run: sudo chown" in done.stderr
    assert counter.disk() == before


@pytest.mark.slow
def test_links_and_other_things_are_not_followed(releaser: Releaser, counter: Counter) -> None:
    real = releaser.bundle(counter.root)
    bundle = counter.updates / real.name
    bundle.symlink_to(real)
    Path(f"{bundle}.sig").symlink_to(f"{real}.sig")
    for words in ([], ["--nightly"], ["--unsigned"]):
        assert f"{bundle}" in (said := counter.update(bundle, *words).stderr)
        assert "is a link" in said
    bundle.unlink()
    os.mkfifo(bundle)  # whoever reads it waits for a writer
    for words in ([], ["--nightly"]):
        assert f"{bundle} is not a plain file" in counter.update(bundle, *words).stderr
    bundle.unlink()
    bundle.mkdir()
    assert f"{bundle} is not a plain file" in counter.update(bundle).stderr
    bundle.rmdir()
    assert f"{bundle}: No such file" in counter.update(bundle).stderr
    linked = counter.root / "linked"
    linked.symlink_to(counter.updates)
    releaser.bundle(counter.updates)
    assert f"{linked} is a link" in counter.update(linked / real.name, "--nightly").stderr


@pytest.mark.slow
def test_a_list_of_keys_that_others_could_have_written_is_not_trusted(
    releaser: Releaser, counter: Counter
) -> None:
    bundle = releaser.bundle(counter.updates)
    for name in ("update-signers", "update-revoked"):
        (counter.etc / name).chmod(0o666)
        assert f"other users can write to {counter.etc / name}" in counter.update(bundle).stderr
        (counter.etc / name).chmod(0o644)
    (counter.etc / "update-revoked").write_text("garbage\n")
    assert "or that list is damaged" in counter.update(bundle).stderr
    (counter.etc / "update-revoked").unlink()
    assert counter.update(bundle).returncode == 0
    (counter.etc / "update-signers").unlink()
    assert "with the keys of the releasers; write it first" in counter.update(bundle).stderr


def test_the_next_key_is_as_good_as_the_current_one(releaser: Releaser, counter: Counter) -> None:
    bundle = releaser.sign(releaser.bundle(counter.updates), key="next")
    assert counter.update(bundle, "--nightly").returncode == 0


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """Have 1 MB on the disk of this folder."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1M,mode=755", "none", folder], check=False
    )
    if done.returncode:
        pytest.skip("no mounts here")
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_full_disk_is_said_and_nothing_is_left(releaser: Releaser, counter: Counter) -> None:
    bundle = releaser.bundle(counter.updates)
    with bundle.open("ab") as file:
        file.write(bytes(800 << 10))
    (elsewhere := counter.root / "small").mkdir()
    with small_disk(elsewhere):
        counter.settings["opt"] = str(elsewhere)
        done = counter.update(bundle)
        assert done.returncode == 3
        assert f"{elsewhere}/incoming has 1 MB free, and this needs" in done.stderr
        assert "free some space" in done.stderr
        assert list(elsewhere.iterdir()) == []


def test_a_disk_that_fails_in_the_middle_leaves_nothing(
    releaser: Releaser, counter: Counter
) -> None:
    bundle = releaser.bundle(counter.updates)
    before = counter.disk()
    done = counter.update(bundle, before="ulimit -f 2")  # kilobytes of a file
    assert (done.returncode, "File too large; correct that and" in done.stderr) == (3, True), done
    assert counter.disk() == before
