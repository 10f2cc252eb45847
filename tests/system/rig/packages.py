"""Debian packages of the kiosk, in several versions, and what apt and dpkg do with them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.system.rig import counter
from tests.system.rig.nspawn import Machine

Change = Callable[[Path], None]  # changes a checkout
_NOBODY = {
    f"GIT_{who}_{what}": "nobody" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


class Releaser:
    """Has a checkout with a tag for each version, and makes packages of them."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._tree = folder, folder / "checkout"
        counter.copy_checkout(self._tree)
        self._git("init", "--quiet")

    def release(self, version: str, python: str = "3.11", change: Change | None = None) -> Path:
        """Return the package of that version for this computer's processor."""
        for name in ("kiosk/__init__.py", "systemd/kiosk.service", "systemd/kiosk-trial.service"):
            with (self._tree / name).open("a") as file:
                file.write(f"# version {version}\n")
        if change:
            change(self._tree)
        self._git("add", ".")
        self._git("commit", "--quiet", "--message", version)
        self._git("tag", f"v{version}")
        return self.package(python)

    def package(self, python: str) -> Path:
        """Return the package of the last version, for the Debian with that Python."""
        bundle = self._folder / f"bundle-{python}"
        # The third-party wheels are in the cache; nothing is fetched.
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(counter.wheels(python))}
        make = [f"{self._tree}/scripts/bundle-wheels", str(bundle), python]
        subprocess.run(make, check=True, env=os.environ | offline)
        make = [f"{self._tree}/scripts/debian-package", str(bundle), str(self._folder)]
        done = subprocess.run(make, check=True, stdout=subprocess.PIPE, text=True)
        shutil.rmtree(bundle)
        return Path(done.stdout.strip())

    def _git(self, *words: str) -> None:
        subprocess.run(["git", *words], cwd=self._tree, env=os.environ | _NOBODY, check=True)


def bring(machine: Machine, *debs: Path) -> list[str]:
    """Copy the packages into the technician's folder; return their names there."""
    for deb in debs:
        shutil.copy(deb, machine.root / "root")
    return [f"/root/{deb.name}" for deb in debs]


def apt(machine: Machine, *words: str, good: bool = True, **environment: str) -> str:
    """Run apt as a technician does, at no terminal, and return what it says."""
    done = machine.run("apt-get", "-y", *words, check=False, **environment)
    assert (done.returncode == 0) is good, f"{done.returncode}: {done.stdout}"
    return done.stdout


def dpkg(machine: Machine, *words: str, good: bool = True, **environment: str) -> str:
    """Run dpkg, which fetches nothing, and return what it says."""
    done = machine.run("dpkg", *words, check=False, **environment)
    assert (done.returncode == 0) is good, f"{done.returncode}: {done.stdout}"
    return done.stdout


def sells_from_now_on(machine: Machine, port: int) -> None:
    """Do by files what ``kiosk setup`` does by questions, after the package was installed."""
    etc = machine.root / "etc/kiosk"
    (etc / "kiosk.yaml").write_text(counter.CONFIG.format(port=port))
    (etc / "token").write_text("TEST\n")
    (etc / "token").chmod(0o600)
    machine.run("kiosk", "setup", "--units")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "enable", "--now", "kiosk.service")


def state(machine: Machine) -> str:
    """Return dpkg's word for the state of the package, and its version; such as ``ii 1.0.0+deb12``."""
    form = "${db:Status-Abbrev}${Version}"
    done = machine.run("dpkg-query", "--show", f"--showformat={form}", "kiosk", check=False)
    return done.stdout if done.returncode == 0 else ""


def open_to_hooks(root: Path, hook: str) -> None:
    """Let the installer of the package read the hook, though it drops BASH_ENV and reads none with -p.

    ``scripts/install`` starts it with env, for which the system looks here first.
    """
    (root / "root/hook").write_text(hook)
    env = root / HOOKED_ENV[1:]
    env.parent.mkdir(parents=True, exist_ok=True)
    env.write_text(ENV_WITH_HOOK)
    env.chmod(0o755)


HOOKED_ENV = "/usr/local/sbin/env"
ENV_WITH_HOOK = """\
#!/bin/bash
if [ "$1" != -i ]; then exec /usr/bin/env "$@"; fi
words=()
for word in "${@:2}"; do [ "$word" = -p ] || words+=("$word"); done
exec /usr/bin/env -i BASH_ENV=/root/hook "${words[@]}"
"""
