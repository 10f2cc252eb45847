"""The manifest of a bundle: what it is, which counters it is for, and each of its files."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

MANIFEST = "manifest.json"
INSTALLER = "scripts/install"
FORMAT = 1
MAX_FILES = 2_000
MAX_FILE = 64 << 20  # bytes of one file: each is in memory once
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(
    r"([0-9]{1,9})(?:\.([0-9]{1,9}))?(?:\.([0-9]{1,9}))?(?:\.post([0-9]{1,9}))?(?:\+g[0-9a-f]{1,40})?"
)


class Refusal(Exception):
    """The bundle is not installed. The text says what is wrong and what to do."""


@dataclass(frozen=True)
class Member:
    """A file of the bundle."""

    size: int
    sha256: str
    mode: int  # 0o644 or 0o755


@dataclass(frozen=True)
class Manifest:
    """What the releaser says of the bundle."""

    version: str
    python: str  # such as 3.13
    processor: str  # as `uname -m` prints it
    follows: str  # the oldest release that it can replace
    made: date
    until: date  # the last day on which it may be installed
    share: int  # of 100 counters, how many take it by themselves at night
    files: dict[str, Member]


def order_of(version: str) -> tuple[int, ...]:
    """Return what sorts as the version does; raise ValueError if it is not one of ours."""
    if (match := _VERSION.fullmatch(version)) is None:
        raise ValueError(f"{version!r:.60} is not a version such as 1.2.3")
    return tuple(int(number or 0) for number in match.groups())


def read_manifest(text: bytes) -> Manifest:
    """Read it strictly: a field too many or of another type is refused."""
    try:
        return _read(json.loads(text, object_pairs_hook=_each_once))
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise Refusal(f"its manifest is wrong ({fault}); make the bundle again") from None


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _read(tree: object) -> Manifest:
    fields = {
        "format",
        "files",
        "follows",
        "made",
        "processor",
        "python",
        "share",
        "until",
        "version",
    }
    if not isinstance(tree, dict) or set(tree) != fields:
        raise ValueError(f"it must have the fields {', '.join(sorted(fields))}")
    if tree["format"] != FORMAT:
        raise ValueError(f"format {tree['format']!r:.20} is not known here, only {FORMAT}")
    for name in ("version", "follows"):
        order_of(tree[name])
    if type(tree["share"]) is not int or not 0 <= tree["share"] <= 100:
        raise ValueError("share must be from 0 to 100")
    for name in ("python", "processor"):
        if not _PART.fullmatch(tree[name]):
            raise ValueError(f"{name} must be a word")
    return Manifest(
        version=tree["version"],
        python=tree["python"],
        processor=tree["processor"],
        follows=tree["follows"],
        made=date.fromisoformat(tree["made"]),
        until=date.fromisoformat(tree["until"]),
        share=tree["share"],
        files=_read_files(tree["files"]),
    )


def _read_files(tree: object) -> dict[str, Member]:
    if not isinstance(tree, dict) or not 0 < len(tree) <= MAX_FILES:
        raise ValueError(f"files must name 1 to {MAX_FILES} files")
    if INSTALLER not in tree:
        raise ValueError(f"there is no {INSTALLER}")
    folders = {name.rpartition("/")[0] for name in tree}
    for name in tree:
        if not all(_PART.fullmatch(part) for part in name.split("/")) or len(name) > 250:
            raise ValueError(f"{name!r:.80} is not a plain file name inside the bundle")
        if name == MANIFEST or any(f"{folder}/".startswith(f"{name}/") for folder in folders):
            raise ValueError(f"{name!r:.80} can't be a file")
    return {name: _read_member(member) for name, member in tree.items()}


def _read_member(tree: object) -> Member:
    match tree:
        case {"size": int(size), "sha256": str(digest), "mode": "644" | "755" as mode, **rest}:
            if not rest and 0 <= size <= MAX_FILE and _DIGEST.fullmatch(digest):
                return Member(size, digest, int(mode, 8))
    raise ValueError(f"a file needs a size up to {MAX_FILE}, a sha256 and the mode 644 or 755")


def write_manifest(manifest: Manifest) -> bytes:
    """Write what read_manifest reads; the same manifest gives the same bytes."""
    tree = {
        "format": FORMAT,
        **{name: getattr(manifest, name) for name in ("version", "python", "processor", "follows")},
        "made": manifest.made.isoformat(),
        "until": manifest.until.isoformat(),
        "share": manifest.share,
        "files": {
            name: {"size": file.size, "sha256": file.sha256, "mode": f"{file.mode:o}"}
            for name, file in sorted(manifest.files.items())
        },
    }
    return json.dumps(tree, indent=1).encode() + b"\n"
