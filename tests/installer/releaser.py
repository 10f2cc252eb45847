"""A releaser, who makes and signs bundles; and a counter in a folder, which takes them or not."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.processes import LONG_ENOUGH

INSTALLER = Path(__file__).resolve().parents[2] / "scripts" / "installer"
BUNDLE = INSTALLER / "bundle"
TODAY = "2026-11-27"
_KEYS = ("current", "next", "revoked", "stranger")
# What the installer in a bundle does here: it says with what it was started, and what it can see.
_INSTALL = '#!/bin/sh\necho "installed: $* $(cat "$(dirname "$0")/../made-from")"\n'
FILES = {"scripts/install": _INSTALL.encode(), "made-from": b"1.3.0 0123\n", "wheels/a.whl": b"PK"}
Member = tuple[str, bytes, bytes]  # name, type in the archive, contents


class Releaser:
    """Has four keys; counters trust the current, the next and the revoked one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name in _KEYS:
            words = ("-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name)
            subprocess.run(("ssh-keygen", *words), check=True)
        self.public = {name: (folder / f"{name}.pub").read_text() for name in _KEYS}
        trusted = (
            f'kiosk-releases namespaces="kiosk-update" {self.public[name]}' for name in _KEYS[:3]
        )
        self.signers = "# who may release\n" + "".join(trusted)
        self.revoked = "# stolen in May\n" + self.public["revoked"]

    def sign(self, bundle: Path, key: str = "current", namespace: str = "kiosk-update") -> Path:
        words = ("-q", "-Y", "sign", "-f", self._folder / key, "-n", namespace, bundle)
        signature = Path(f"{bundle}.sig")
        signature.unlink(missing_ok=True)
        subprocess.run(("ssh-keygen", *words), check=True, capture_output=True)
        return bundle

    def bundle(self, folder: Path, name: str = "kiosk-1.3.0", **manifest: Any) -> Path:
        """Make a good bundle, but for what the manifest is told to say."""
        path = folder / f"{name}.bundle.tar"
        path.write_bytes(
            archive([(n, tarfile.REGTYPE, data) for n, data in FILES.items()], manifest)
        )
        return self.sign(path)


def manifest(named: dict[str, bytes] | None = None, /, **other: Any) -> dict[str, Any]:
    """Return the manifest of a good bundle for this computer, with some fields changed."""
    contents = FILES if named is None else named
    good = {
        "format": 1,
        "version": "1.3.0",
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "processor": platform.machine(),
        "follows": "1.0.0",
        "made": "2026-11-20",
        "until": "2027-11-20",
        "share": 100,
        "files": {
            name: {
                "size": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "mode": "755" if name == "scripts/install" else "644",
            }
            for name, data in contents.items()
        },
    }
    return good | other


def archive(members: list[Member], manifest_fields: dict[str, Any] | bytes) -> bytes:
    """Return an archive with these members, whatever they are, after its manifest."""
    text = (
        manifest_fields
        if isinstance(manifest_fields, bytes)
        else json.dumps(manifest(**manifest_fields)).encode()
    )
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, kind, data in [("manifest.json", tarfile.REGTYPE, text), *members]:
            info = tarfile.TarInfo(name)
            info.type = kind
            if kind in {tarfile.SYMTYPE, tarfile.LNKTYPE}:
                info.linkname = data.decode()
            else:
                info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


@dataclass
class Counter:
    """The folders of an installed counter, with release 1.2.0 of 20 October 2026."""

    root: Path
    releaser: Releaser
    today: str = TODAY
    settings: dict[str, str] = field(default_factory=dict)  # variables of the installer

    def __post_init__(self) -> None:
        share = self.opt / "releases/1.2.0-0a/share"
        for folder in (share, self.etc, self.updates):
            folder.mkdir(parents=True)
        (self.opt / "current").symlink_to("releases/1.2.0-0a")
        (share / "made-from").write_text("1.2.0 4567\n")
        (share / "made-on").write_text("2026-10-20\n")
        (self.etc / "update-signers").write_text(self.releaser.signers)
        (self.etc / "update-revoked").write_text(self.releaser.revoked)
        (self.root / "machine-id").write_text("0123456789abcdef\n")

    @property
    def opt(self) -> Path:
        return self.root / "opt/kiosk"

    @property
    def etc(self) -> Path:
        return self.root / "etc/kiosk"

    @property
    def updates(self) -> Path:
        return self.root / "var/lib/kiosk-updates"

    def update(
        self, bundle: Path, *words: str, before: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run scripts/install --from BUNDLE with the paths of this counter."""
        values = {
            "opt": self.opt,
            "releases": self.opt / "releases",
            "etc": self.etc,
            "signers": self.etc / "update-signers",
            "revoked": self.etc / "update-revoked",
            "machine_id": self.root / "machine-id",
            "installer_lock": self.root / "lock",
            "here": INSTALLER.parents[1],
            "task": "rollback" if "--rollback" in words else "install",
            "unsigned": "yes" if "--unsigned" in words else "no",
            "nightly": "yes" if "--nightly" in words else "no",
            "dry_run": "yes" if "--dry-run" in words else "no",
            "example": "kiosk.yaml",
            "configuration": "",
            "token": "",
            "from": bundle,
        } | self.settings
        script = "".join(
            f'. "{INSTALLER}/{part}.sh"\n'
            for part in ("say", "paths", "durable", "lock", "preflight", "bundle")
        )
        script += "".join(f"{name}='{value}'\n" for name, value in values.items())
        if os.geteuid() != 0:
            script += "check_owner() { :; }\n"  # only root has folders of root's
        script += f'date() {{ case $* in +%F) echo {self.today};; *) command date "$@";; esac; }}\n'
        script += f"{before}\ntake_lock\ninstall_bundle\n"
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            timeout=LONG_ENOUGH,
        )

    def disk(self) -> dict[str, tuple[int, bytes]]:
        """Return what is on its disk, but for the lock: mode and contents, or target, of each path."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            what = b""
            if path.is_symlink():
                what = str(path.readlink()).encode()
            elif path.is_file():
                what = path.read_bytes()
            if path.name != "lock":
                found[str(path.relative_to(self.root))] = (path.lstat().st_mode, what)
        return found
