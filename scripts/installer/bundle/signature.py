"""The signature of a bundle, as `ssh-keygen -Y sign -n kiosk-update` makes it.

The format: OpenSSH, PROTOCOL.sshsig.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from manifest import Refusal

NAMESPACE = "kiosk-update"
RELEASER = "kiosk-releases"  # the name at the beginning of each line of the signers' file


@dataclass(frozen=True)
class Trust:
    """The keys that this counter trusts, and those that it trusts no more."""

    signers: Path
    revoked: Path

    def verify(self, bundle: Path, signature: Path) -> None:
        """Refuse the bundle if none of the keys has signed these bytes for this purpose."""
        if not self.signers.exists():
            raise Refusal(
                f"there is no {self.signers} with the keys of the releasers; write it first"
            )
        revoked = ["-r", str(self.revoked)] if self.revoked.exists() else []
        if not self._is_signed(bundle, signature, *revoked):
            raise Refusal(self._why_not(bundle, signature))

    def _is_signed(self, bundle: Path, signature: Path, *revoked: str) -> bool:
        words = ("-f", str(self.signers), "-I", RELEASER, "-n", NAMESPACE, *revoked)
        return _ssh_keygen("verify", bundle, "-s", str(signature), *words)[0]

    def _why_not(self, bundle: Path, signature: Path) -> str:
        """Return the reason for people; the bundle is refused already."""
        fits, said = _ssh_keygen("check-novalidate", bundle, "-s", str(signature), "-n", NAMESPACE)
        if "namespace" in said:
            return f"it was not signed for {NAMESPACE}; sign it again with scripts/bundle-wheels"
        if not fits and "parse" in said:
            return "its file .sig is not a signature; copy it again"
        if not fits:
            return "its signature is not for these bytes: it was changed or damaged; copy it again"
        if self._is_signed(bundle, signature):
            return f"its key is revoked in {self.revoked}, or that list is damaged; get a newer one"
        return f"its key is not in {self.signers}; ask the releaser which key it is"


def _ssh_keygen(action: str, bundle: Path, *words: str) -> tuple[bool, str]:
    try:
        with bundle.open("rb") as data:
            done = subprocess.run(  # noqa: S603 - our own words
                ["/usr/bin/ssh-keygen", "-Y", action, *words],
                stdin=data,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            )
    except FileNotFoundError:
        raise Refusal(
            "ssh-keygen is missing, which checks signatures; run: sudo apt install openssh-client"
        ) from None
    return done.returncode == 0, done.stderr
