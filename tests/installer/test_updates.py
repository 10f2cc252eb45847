"""Good bundles: what is unpacked is what was checked, once, whatever happens in the middle."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installer.releaser import BUNDLE, FILES, INSTALLER, Counter, Releaser, archive

pytestmark = pytest.mark.slow

RAN = "installed:  1.3.0 0123\n"


def test_the_installer_in_it_does_the_rest_and_nothing_is_left(
    releaser: Releaser, counter: Counter
) -> None:
    before = counter.disk()
    bundle = releaser.bundle(counter.updates)
    done = counter.update(bundle)
    assert done.returncode == 0, done
    assert done.stdout == f"{bundle}: version 1.3.0, until 2027-11-20\n{RAN}"
    assert done.stderr == ""
    bundle.unlink()
    Path(f"{bundle}.sig").unlink()
    assert counter.disk() == before


def test_what_the_technician_says_is_passed_on(releaser: Releaser, counter: Counter) -> None:
    counter.settings |= {
        "configuration": "/root/a.yaml", "token": "/root/t", "example": "examples/chile.yaml"
    }  # fmt: skip
    done = counter.update(releaser.bundle(counter.root), "--dry-run")
    words = "--dry-run --config /root/a.yaml --token /root/t --example chile"
    assert f"installed: {words} 1.3.0 0123\n" in done.stdout
    assert not (counter.opt / "incoming").exists()


def test_a_failed_install_is_a_failure_and_leaves_no_copy(
    releaser: Releaser, counter: Counter
) -> None:
    bundle = counter.updates / "bad.bundle.tar"
    files = FILES | {"scripts/install": b"#!/bin/sh\nexit 1\n"}
    bundle.write_bytes(repacked(counter.root / "tree", files))
    done = counter.update(releaser.sign(bundle))
    assert done.returncode == 1
    assert not (counter.opt / "incoming").exists()


def test_on_a_bare_computer_any_version_is_taken(releaser: Releaser, counter: Counter) -> None:
    counter.settings["opt"] = str(counter.root / "nothing")
    assert counter.update(releaser.bundle(counter.root)).returncode == 0
    assert not (counter.root / "nothing").exists()


# --- the same bytes ---


def repacked(folder: Path, files: dict[str, bytes], *words: str) -> bytes:
    """Make an archive with the releaser's command, from a folder with these files."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "scripts/install").chmod(0o775)
    bundle = folder.parent / f"{folder.name}.bundle.tar"
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    processor = subprocess.run(["uname", "-m"], capture_output=True, text=True, check=True).stdout
    about = ("--version", "1.3.0", "--python", python, "--processor", processor.strip())
    pack = (sys.executable, "-IB", BUNDLE, "pack", folder, bundle, "--made", "2026-11-20")
    subprocess.run((*pack, *about, *words), check=True)
    return bundle.read_bytes()


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    first = repacked(tmp_path / "a", FILES)
    again = tmp_path / "b"
    again.mkdir(mode=0o700)
    (again / "wheels").mkdir()
    (again / "wheels/a.whl").touch(mode=0o600)
    assert repacked(again, dict(reversed(FILES.items()))) == first
    assert repacked(tmp_path / "c", FILES, "--share", "10") != first


def test_what_is_packed_is_unpacked_with_its_modes(releaser: Releaser, counter: Counter) -> None:
    look = b"#!/bin/sh\ncd $(dirname $0)/..\nfind . -type f -printf '%P %m %s\\n' | sort\n"
    files = FILES | {"scripts/install": look, "empty": b"", "one-block": bytes(512)}
    bundle = counter.root / "good.bundle.tar"
    bundle.write_bytes(repacked(counter.root / "tree", files))
    lines = counter.update(releaser.sign(bundle)).stdout.splitlines()[1:]
    assert lines == sorted(
        f"{name} {755 if name == 'scripts/install' else 644} {len(data)}"
        for name, data in files.items()
    )


_MEDDLE = """
import builtins, os, runpy, sys
sys.path.insert(0, "BUNDLE")
sys.argv[0] = "bundle"
HOOK
runpy.run_path("BUNDLE", run_name="__main__")
"""


def meddled(counter: Counter, hook: str) -> str:
    """Return words for bash after which the check of bundles begins with this Python."""
    program = counter.root.parent / "meddle.py"
    program.write_text(_MEDDLE.replace("BUNDLE", str(BUNDLE)).replace("HOOK", hook))
    # bash calls python3 -IB FOLDER unpack WORDS...
    meddle = f"shift 2; command python3 -IB '{program}' \"$@\""
    return f'python3() {{ [ "$1" = -IB ] || {{ command python3 "$@"; return; }}; {meddle}; }}'


def test_a_bundle_that_is_replaced_after_the_check_is_not_used(
    releaser: Releaser, counter: Counter
) -> None:
    bundle = releaser.bundle(counter.updates)
    evil = counter.root / "evil"
    evil.write_bytes(repacked(counter.root / "tree", FILES | {"made-from": b"evil evil\n"}))
    hook = f"""
import signature
verify = signature.Trust.verify
def meddle(*words):
    verify(*words)
    with open({str(bundle)!r}, "r+b") as file: # the file itself, and then its name
        file.write(open({str(evil)!r}, "rb").read())
    os.replace({str(evil)!r}, {str(bundle)!r})
signature.Trust.verify = meddle
"""
    done = counter.update(bundle, before=meddled(counter, hook))
    assert (done.returncode, not evil.exists()) == (0, True), done
    assert done.stdout.endswith(RAN)  # of the bytes that were checked


# --- the power ---


@pytest.mark.parametrize("step", range(1, 9))
def test_a_power_cut_while_it_is_unpacked_changes_nothing(
    releaser: Releaser, counter: Counter, step: int
) -> None:
    """Before the copy, its signature, and each file and folder of the bundle."""
    bundle = releaser.bundle(counter.updates)
    before = counter.disk()
    hook = f"""
import signal
steps = 0
def step(event, words):
    global steps
    wanted = event == "os.mkdir" or event == "open" and words[2] & os.O_CREAT
    if event == "os.remove" or wanted:
        steps += 1
        if steps == {step}:
            os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(step)
"""
    done = counter.update(bundle, before=meddled(counter, hook))
    assert done.returncode < 0
    assert RAN not in done.stdout
    left = {path: what for path, what in counter.disk().items() if "/incoming" not in path}
    assert left == before
    assert counter.update(bundle).stdout.endswith(RAN)
    assert counter.disk() == before


_CUT = """
steps=0
before_a_change() {
  [[ $BASH_COMMAND =~ ^(rm|mkdir|rmdir|python3|.\\$private) ]] || return 0
  steps=$((steps + 1))
  [ $steps != NUMBER ] || kill -9 $BASHPID
}
set -o functrace
trap before_a_change DEBUG
"""


def test_a_power_cut_before_each_step_of_the_installer_changes_nothing(
    releaser: Releaser, counter: Counter
) -> None:
    bundle = releaser.bundle(counter.updates)
    before = counter.disk()
    for number in range(1, 20):
        done = counter.update(bundle, before=_CUT.replace("NUMBER", str(number)))
        left = {path: what for path, what in counter.disk().items() if "/incoming" not in path}
        assert left == before
        if done.returncode == 0:
            break
    assert (done.returncode, number >= 6) == (0, True), done
    assert counter.disk() == before


# --- at the same time ---


def test_two_updates_at_once_are_one(releaser: Releaser, counter: Counter) -> None:
    lock = counter.root / "lock"
    bundle = releaser.bundle(counter.updates)
    meanwhile = f"flock --nonblock '{lock}' true || echo 'locked while it installs'\n"
    files = FILES | {"scripts/install": b"#!/bin/sh\n" + meanwhile.encode()}
    bundle.write_bytes(repacked(counter.root / "tree", files))
    releaser.sign(bundle)
    assert "locked while it installs" in counter.update(bundle).stdout
    assert lock.stat().st_mode & 0o777 == 0o600
    with subprocess.Popen(
        ["flock", lock, "sh", "-c", "echo held; read line"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        done = counter.update(bundle)
        assert (done.returncode, "another installer is running" in done.stderr) == (1, True)
        other.communicate("\n")
    assert counter.update(bundle).returncode == 0


def test_the_installer_in_the_bundle_inherits_the_lock(counter: Counter) -> None:
    lock = counter.root / "lock"
    script = f". '{INSTALLER}/say.sh'; . '{INSTALLER}/lock.sh'; installer_lock='{lock}'; take_lock"
    nested = (
        f"{script}; bash -euc \"{script}; echo inherited\"; flock -n '{lock}' true || echo kept"
    )
    done = subprocess.run(["bash", "-euc", nested], capture_output=True, text=True, check=True)
    assert done.stdout == "inherited\nkept\n"


# --- when ---


def number_of(machine: str) -> int:
    return int(hashlib.sha256(machine.encode()).hexdigest(), 16) % 100


def test_at_night_some_counters_go_first_and_by_hand_any(
    releaser: Releaser, counter: Counter
) -> None:
    before = counter.disk()
    mine = number_of("0123456789abcdef")
    waits = releaser.bundle(counter.root.parent, share=mine)
    done = counter.update(waits, "--nightly")
    assert done.returncode == 4
    assert f"1.3.0 is for {mine} of 100 counters now, and not for this one" in done.stdout
    assert counter.disk() == before
    assert counter.update(waits).returncode == 0
    first = releaser.bundle(counter.root.parent, "first", share=mine + 1)
    assert counter.update(first, "--nightly").returncode == 0


def test_a_clock_of_1970_is_said_and_the_last_day_still_counts(
    releaser: Releaser, counter: Counter
) -> None:
    counter.today = "1970-01-01"
    bundle = releaser.bundle(counter.updates, until="2026-10-20")
    done = counter.update(bundle, "--nightly")
    assert done.returncode == 0
    assert "the clock says 1970-01-01, before the installed release was made (2026-10-20)" in (
        done.stderr
    )
    old = releaser.bundle(counter.updates, "old", until="2026-10-19")
    done = counter.update(old, "--nightly")
    assert (done.returncode, "its last day was 2026-10-19" in done.stderr) == (3, True)


# --- which keys ---


def trust(counter: Counter, here: Path) -> str:
    """Take over the keys that come with the release in that folder."""
    script = "".join(f'. "{INSTALLER}/{part}.sh"\n' for part in ("say", "durable", "bundle"))
    script += f"here='{here}' signers='{counter.etc}/update-signers'\n"
    script += f"revoked='{counter.etc}/update-revoked'\nput_signers\nprint_summary\n"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_a_release_brings_the_keys_of_the_next_ones(releaser: Releaser, counter: Counter) -> None:
    release = counter.root.parent / "release/config"
    release.mkdir(parents=True)
    before = counter.disk()
    (release / "update-signers").write_text("# nobody yet\n")
    assert trust(counter, release.parent) == "nothing to do\n"
    assert counter.disk() == before
    only_next = releaser.signers.splitlines()[2] + "\n"
    (release / "update-signers").write_text(only_next)
    (release / "update-revoked").write_text(releaser.public["stranger"])
    assert "add keys to" in trust(counter, release.parent)
    assert (counter.etc / "update-signers").read_text() == only_next
    revoked = (counter.etc / "update-revoked").read_text().splitlines()
    assert sorted(revoked) == sorted(
        [*releaser.revoked.splitlines(), releaser.public["stranger"].strip()]
    )
    assert trust(counter, release.parent) == "nothing to do\n"
    bundle = releaser.bundle(counter.updates)  # of the key that was the current one
    assert "its key is not in" in counter.update(bundle).stderr
    assert counter.update(releaser.sign(bundle, key="next")).returncode == 0


PAGE = INSTALLER.parents[1] / "kiosk/manual/change/releasing.md"


def told(beginning: str) -> str:
    """Return the command with this beginning on the manual's page for releasers."""
    (line,) = [line for line in PAGE.read_text().splitlines() if line.startswith(beginning)]
    return line


def test_the_keys_are_written_as_the_manual_says(releaser: Releaser, counter: Counter) -> None:
    checkout = counter.root.parent / "checkout"
    (checkout / "config").mkdir(parents=True)
    for name in ("update-signers", "update-revoked"):
        shutil.copy(INSTALLER.parents[1] / "config" / name, checkout / "config")
        (counter.etc / name).unlink()
    # No key is there yet: nothing is trusted.
    assert trust(counter, checkout) == "nothing to do\n"
    bundle = releaser.bundle(counter.updates)
    said = counter.update(bundle, "--nightly").stderr
    assert said.endswith(
        told("kiosk-1.2.3.bundle.tar was refused: ").partition(
            "refused: there is no /etc/kiosk/update-signers"
        )[2]
        + "\n"
    )
    # The founders write theirs.
    for name in ("current", "next"):
        (checkout / f"kiosk-{name}.pub").write_text(releaser.public[name])
    command = told("$ printf ").removeprefix("$ ")
    subprocess.run(["bash", "-euc", command], cwd=checkout, check=True)
    assert "write" in trust(counter, checkout)
    for key in ("current", "next"):
        assert counter.update(releaser.sign(bundle, key=key), "--nightly").returncode == 0
    # One of them is stolen.
    line = told("$ sudo tee -a ").removeprefix("$ sudo ")
    command = line.replace("/etc/kiosk", str(counter.etc))
    subprocess.run(["bash", "-euc", command], cwd=checkout, check=True, capture_output=True)
    assert counter.update(bundle, "--nightly").returncode == 0
    stolen = releaser.sign(bundle, key="current")
    assert "its key is revoked in" in counter.update(stolen, "--nightly").stderr


def test_a_list_of_revoked_keys_may_be_a_krl(releaser: Releaser, counter: Counter) -> None:
    revoked = counter.etc / "update-revoked"
    keys = counter.root / "keys.pub"
    revoked.rename(keys)
    subprocess.run(["ssh-keygen", "-q", "-k", "-f", revoked, keys], check=True)
    before = revoked.read_bytes()
    bundle = releaser.bundle(counter.updates)
    assert counter.update(bundle).returncode == 0
    assert "its key is revoked in" in counter.update(releaser.sign(bundle, key="revoked")).stderr
    (release := counter.root / "release/config").mkdir(parents=True)
    (release / "update-revoked").write_text(releaser.public["stranger"])
    assert "which is a KRL: ssh-keygen -k -u" in trust(counter, release.parent)
    assert revoked.read_bytes() == before


# --- what is kept ---


@pytest.mark.parametrize(
    ("new", "kept", "left"),
    [
        ("a", 3, {"a", "c", "e"}),  # it is the current one
        ("a", 2, {"a", "c"}),
        ("e", 3, {"a", "c", "e"}),  # it is tested now
        ("d", 3, {"a", "c", "d"}),  # the one that was refused before is removed
        ("f", 2, {"a", "c"}),  # it is not built yet
    ],
)
def test_three_releases_are_kept_and_no_more(
    counter: Counter, new: str, kept: int, left: set[str]
) -> None:
    releases = counter.opt / "releases"
    for name in ("a", "b", "c", "d", "e"):
        (releases / name).mkdir()
        (releases / name / "whole").touch()
    (releases / "half").mkdir()  # what a power cut has left
    for seconds, name in enumerate(("1.2.0-0a", "a", "b", "c", "d", "e", "half")):
        subprocess.run(["touch", f"--date=@{seconds}", releases / name], check=True)
    for link, name in (("current", "a"), ("previous", "c")):
        (counter.opt / link).unlink(missing_ok=True)
        (counter.opt / link).symlink_to(f"releases/{name}")
    script = "".join(f'. "{INSTALLER}/{part}.sh"\n' for part in ("say", "paths", "release"))
    script += f"opt='{counter.opt}' releases='{releases}' release={new}; remove_old_releases {kept}"
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], check=True)
    assert {path.name for path in releases.iterdir()} == left


def test_an_archive_by_another_program_is_as_good(releaser: Releaser, counter: Counter) -> None:
    """The tests make their own archives; these hold the releaser's command to the same form."""
    members = [(name, b"0", data) for name, data in sorted(FILES.items())]
    bundle = counter.root / "a.bundle.tar"
    bundle.write_bytes(archive(members, {}))
    assert counter.update(releaser.sign(bundle)).returncode == 0
