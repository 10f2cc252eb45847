"""The parts of what is shipped: its wheels, and the font in our own."""

from __future__ import annotations

import hashlib
import re
import zipfile
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from pathlib import Path, PurePosixPath

OUR_NAME = "kiosk"
_SHORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+ -]{0,60}")
_TEXTS = re.compile(r"LICEN[CS]E|COPYING|NOTICE", re.IGNORECASE)


class NoLicence(Exception):
    """What is shipped must say under which licence it may be shipped."""


@dataclass(frozen=True)
class Part:
    """A wheel, or something of a wheel that has its own licence."""

    name: str
    version: str
    file: str
    sha256: str
    authors: str
    licence: str  # as the part says: an SPDX expression, or a name
    is_expression: bool
    texts: tuple[str, ...]


def parts_of(wheels: Path) -> list[Part]:
    """Return the parts in a folder of wheels, ours first."""
    found = [_read(wheel) for wheel in sorted(wheels.glob("*.whl"))]
    return sorted(found, key=lambda part: (part.name != OUR_NAME, part.name.lower()))


def _read(wheel: Path) -> Part:
    with zipfile.ZipFile(wheel) as archive:
        about = [name for name in archive.namelist() if ".dist-info/" in name]
        # Not those of packages that a wheel carries inside; but the texts of their licences, too.
        (metadata,) = (name for name in about if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        told = message_from_string(archive.read(metadata).decode())
        licences = sorted(name for name in about if _TEXTS.search(PurePosixPath(name).name))
        texts = tuple(archive.read(name).decode() for name in licences if not name.endswith("/"))
    licence, is_expression = _licence(told, wheel)
    return Part(
        name=told["Name"],
        version=told["Version"],
        file=wheel.name,
        sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        authors=_authors(told),
        licence=licence,
        is_expression=is_expression,
        texts=texts,
    )


def _licence(told: Message, wheel: Path) -> tuple[str, bool]:
    if expression := told["License-Expression"]:
        return expression, True
    if (name := told["License"]) and _SHORT.fullmatch(name):
        return name, False
    for classifier in told.get_all("Classifier", []):
        if classifier.startswith("License :: "):
            return classifier.rpartition(" :: ")[2], False
    raise NoLicence(f"{wheel.name} names no licence; find out which it has before you ship it")


def _authors(told: Message) -> str:
    name = told["Author"] or re.sub(r"\s*<[^>]*>", "", told["Author-email"] or "")
    return " ".join(name.split()) or f"the authors of {told['Name']}"
