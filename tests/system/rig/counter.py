"""A computer in a container, on which scripts/install installs the kiosk."""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.e2e.rig import Api
from tests.support.processes import eventually, running
from tests.system.rig import image, steps
from tests.system.rig.image import Flavour
from tests.system.rig.nspawn import Machine

CHECKOUT = Path(__file__).resolve().parents[3]
INSTALL = "/root/kiosk/scripts/install"
# No networks, no devices: what every container can do. The payment service is on loopback.
CONFIG = """\
kiosk: {{name: counter-1, language: es, currency: ARS}}
inputs: [{{driver: command}}]
orders:
  driver: mercadopago
  base_url: http://127.0.0.1:{port}
  token: {{credential: token}}
  external_pos_id: COUNTER1
display: {{driver: fake, size: 250x122, frames: /var/lib/kiosk/frames}}
signals: {{driver: fake, record: /var/lib/kiosk/signals.jsonl}}
"""
# What a running system writes by itself.
_ALIVE = ("dev", "proc", "run", "sys", "tmp", "var/cache", "var/lib/systemd", "var/log", "var/tmp")
_LATEST_LOG = ("journalctl", "--unit=kiosk", "--lines=60", "--no-pager", "--output=short-precise")
# A trial ends sooner than at a real counter.
_HURRY = {
    "kiosk.service.d/test.conf": "[Service]\nRestartSec=1\n",
    "kiosk-trial.service.d/test.conf": "[Service]\nEnvironment=KIOSK_TRIAL_SECONDS=8\n",
}
# A hang is noticed sooner. Not for a test without one: a busy computer may be as slow as a hang.
_WATCHED = {
    "kiosk.service.d/watched.conf": "[Service]\nWatchdogSec=10\nTimeoutAbortSec=1\n",
    "kiosk-trial.service.d/watched.conf": "[Service]\nEnvironment=KIOSK_TRIAL_SECONDS=120\n",
}


def unpack(root: Path, flavour: Flavour = image.LITE, port: int = 9) -> Path:
    """Unpack a system, and put the technician's files in it: checkout, wheels and configuration."""
    image.unpack(flavour, root)
    for timer in ("apt-daily", "apt-daily-upgrade"):
        (root / f"etc/systemd/system/{timer}.timer").symlink_to("/dev/null")
    home = root / "root"
    copy_checkout(home / "kiosk")
    shutil.copytree(wheels(flavour.python), home / "wheels")
    (home / "kiosk.yaml").write_text(CONFIG.format(port=port))
    (home / "token").write_text("TEST\n")
    return root


def hurry(root: Path) -> None:
    """Shorten the times of the units, by drop-ins as a technician writes them."""
    _add_drop_ins(root, _HURRY)


def watch_closely(machine: Machine) -> None:
    """Shorten the time after which a hang is noticed, in a trial that does not end before."""
    _add_drop_ins(machine.root, _WATCHED)
    machine.run("systemctl", "daemon-reload")


def _add_drop_ins(root: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        file = root / "etc/systemd/system" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)


def copy_checkout(to: Path) -> None:
    """Copy the files of this checkout that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    parts = ["kiosk", "systemd", "config", "scripts", "pyproject.toml", "README.md", "LICENSE"]
    listed = subprocess.run([*command, *parts], cwd=CHECKOUT, check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (CHECKOUT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(CHECKOUT / name, to / name)


@functools.cache
def wheels(python: str = "3.11") -> Path:
    """Return a folder with all locked wheels and none of our own; made once for each lock file."""
    lock = CHECKOUT / "scripts/requirements-inky.txt"
    key = hashlib.sha256(lock.read_bytes()).hexdigest()[:8]
    folder = image.CACHE / f"wheels-{python}-{key}"
    with image.only_one(folder):
        if not folder.exists():
            draft = image.CACHE / f"{folder.name}.unfinished"
            shutil.rmtree(draft, ignore_errors=True)
            bundle(draft, python)
            next((draft / "wheels").glob("kiosk-*.whl")).unlink()
            (draft / "wheels").rename(folder)
    return folder


def bundle(
    place: Path, python: str = "3.11", tree: Path = CHECKOUT, key: Path | None = None
) -> None:
    """Make a bundle, for an install without a network: a folder, or with a key a signed file."""
    command = [str(tree / "scripts/bundle-wheels"), str(place), python]
    environment = dict(os.environ)
    if key:  # the wheels have been fetched before
        command += ["--sign", str(key)]
        environment |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels(python))}
    subprocess.run(command, env=environment, check=True)


def bundle_of_another_version(folder: Path, key: Path, name: str = "new") -> Path:
    """Make a signed bundle of another program and other units, which lets hooks in: see steps."""
    tree = folder / name
    copy_checkout(tree)
    make_another_version(tree, name)
    steps.let_hooks_in(tree / "scripts")
    bundle(made := folder / f"{name}.bundle.tar", tree=tree, key=key)
    return made


def make_another_version(tree: Path, name: str) -> None:
    """Change a checkout: another program, and other units."""
    for part in ("kiosk/__init__.py", "systemd/kiosk.service", "systemd/kiosk-trial.service"):
        with (tree / part).open("a") as file:
            file.write(f"# version: {name}\n")


def new_key(folder: Path) -> tuple[Path, str]:
    """Make a releaser's key; return it, and the line that makes a counter trust it."""
    key = folder / "release-key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    return key, f'kiosk-releases namespaces="kiosk-update" {key.with_suffix(".pub").read_text()}'


def trusted_key(root: Path, folder: Path) -> Path:
    """Make a key whose updates the kiosk in this system installs."""
    key, line = new_key(folder)
    signers = root / "etc/kiosk/update-signers"
    signers.write_text(line)
    signers.chmod(0o644)
    return key


def install(machine: Machine, *words: str, good: bool = True, **environment: str) -> str:
    """Run the installer with the technician's wheels, and return what it says."""
    command = (INSTALL, "--from", "/root/wheels", *words)
    done = machine.run(*command, check=False, **environment)
    assert (done.returncode == 0) is good, f"{done.returncode}: {done.stdout}"
    return done.stdout


def install_first(machine: Machine) -> str:
    """Install on a bare system, with the technician's settings."""
    return install(machine, "--config", "/root/kiosk.yaml", "--token", "/root/token")


def release(root: Path, link: str = "current") -> str:
    """Return the name of the release behind the link, from outside."""
    name = os.readlink(root / "opt/kiosk" / link)
    assert name.startswith("releases/")
    return name.removeprefix("releases/")


@contextmanager
def copied(golden: Path, to: Path) -> Iterator[Path]:
    """Copy a system that is off, and remove the copy at the end."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(golden), str(to)], check=True)
    try:
        yield to
    finally:
        shutil.rmtree(to)


@contextmanager
def payment_service(folder: Path, port: int, *words: str) -> Iterator[Api]:
    """Run the fake Orders API on loopback; its payer pays at once by default."""
    words = words or ("--pay-after", "0.2")
    log = folder / "api.log"
    with running("simulate-api", "--port", str(port), *words, log=log) as process:
        api = Api(f"http://127.0.0.1:{port}")
        with closing(api.http):
            eventually(api.answers)
            try:
                yield api
            finally:  # a sale then fails for another reason than the test says
                assert process.poll() is None, log.read_text()


def sell(machine: Machine, amount: str) -> None:
    """Wait until the kiosk is idle, and sell."""
    eventually(lambda: machine.out("kiosk", "status").startswith("idle"), within=300)
    sold = machine.out("kiosk", "sale", amount)
    assert sold.startswith(f"paid {amount}"), f"{sold}\n{machine.out(*_LATEST_LOG)}"


Snapshot = dict[str, tuple[int, int, int, int, str]]


def snapshot(root: Path, *beside: str) -> Snapshot:
    """Return what is on the disk and when it was written; ``beside`` names folders left out."""
    found: Snapshot = {}
    left_out = {str(root / name) for name in (*_ALIVE, *beside)}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if f"{folder}/{name}" not in left_out]
        for name in (*folders, *files):
            path = Path(folder, name)
            seen = path.lstat()
            size = 0 if path.is_dir() else seen.st_size
            target = os.readlink(path) if path.is_symlink() else ""
            what = (seen.st_mode, seen.st_uid, seen.st_mtime_ns, size, target)
            found[str(path.relative_to(root))] = what
    return found


def differences(before: Snapshot, after: Snapshot) -> list[str]:
    """Return the paths that are not the same."""
    return sorted(path for path in before | after if before.get(path) != after.get(path))
