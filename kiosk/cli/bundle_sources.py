"""What ``kiosk bundle`` collects, each as a masked text: logs, findings, configuration, journal."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from kiosk.base.errors import JournalFailed
from kiosk.base.frozen import frozen
from kiosk.base.language import _, system_reason
from kiosk.box.system import System
from kiosk.cli.masking import Masker, is_harmless
from kiosk.journal import Journal, SaleRecord

SALES = 200
COMMAND_TAKES = 120  # seconds at most
# Settings whose value support needs as it is, unless it looks like a secret.
_READABLE = {"port", "device", "amount", "begins_with", "baud", "size", "panel", "chip",
             "vendor", "product", "i2c_address"}  # fmt: skip
_TOO_LONG = 60  # characters; a real value is shorter


@frozen
class BundlePart:
    """A file in the bundle. ``left_out`` says what of its source is not in it."""

    name: str
    text: str
    left_out: str


class SourceMissing(Exception):
    """A source that can't be read here; its message says why."""


def versions(masker: Masker) -> BundlePart:
    """Return the versions of the kiosk, of Python, of the system and of the packages."""
    packages = sorted({f"{each.name} {each.version}" for each in metadata.distributions()})
    system = [
        platform.platform(),
        platform.python_version(),
        System().read("/proc/device-tree/model"),
    ]
    lines = [masker.numbers(line) for line in (*system, *packages) if line]
    return BundlePart("versions.txt", "\n".join(lines) + "\n", "")


def configuration(file: Path, masker: Masker) -> BundlePart:
    """Return the configuration without its comments, its values masked where they may be secret."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = system_reason(error) if isinstance(error, OSError) else "UTF-8"
        raise SourceMissing(f"{file}: {reason}") from error
    try:
        # BaseLoader makes texts of all values, as they are written: 0x3C is not 60.
        tree = _masked_tree(yaml.load(text, yaml.BaseLoader), "", masker)  # noqa: S506
        shown = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    except (yaml.YAMLError, RecursionError):
        shown = masker.text(text)
    return BundlePart(
        "kiosk.yaml", shown, _("comments; names, and every value that may be confidential")
    )


def _masked_tree(value: Any, key: str, masker: Masker) -> Any:
    match value:
        case dict():
            return {
                masker.text(str(name)): _masked_tree(inner, str(name), masker)
                for name, inner in value.items()
            }
        case list():
            return [_masked_tree(inner, key, masker) for inner in value]
        case text if key in _READABLE and not _may_be_secret(text):
            return text
        case other:
            return masker.text(other)


def _may_be_secret(text: str) -> bool:
    """Return whether a value has something that no port, device or pattern needs."""
    digits = sum(map(str.isdigit, text))
    plain = "".join(character if character.isalnum() else " " for character in text).split()
    opaque = any(len(word) > 8 and not is_harmless(word) for word in plain)
    return digits > 6 or opaque or "@" in text or "%" in text or len(text) > _TOO_LONG


def status(file: Path, masker: Masker) -> BundlePart:
    """Return the live state of the kiosk."""
    try:
        text = json.dumps(json.loads(file.read_text()), indent=1, ensure_ascii=False)
    except (OSError, ValueError) as error:
        raise SourceMissing(_("{path}: the kiosk is not running", path=file)) from error
    return BundlePart("status.json", masker.text(text) + "\n", _("what was read, and references"))


def finding(verb: str, file: Path, masker: Masker) -> BundlePart:
    """Return what ``kiosk check`` or ``kiosk doctor`` says."""
    command = [sys.executable, "-m", "kiosk", verb, str(file)]
    environ = os.environ | {"LANGUAGE": "en"}
    done = run_command(command, environ)
    text = masker.text(done.stdout + done.stderr)
    return BundlePart(f"{verb}.txt", text, _("names, references and codes"))


def journal(path: Path, masker: Masker) -> BundlePart:
    """Return the newest sales: amounts, outcomes and times, without whatever names a payment."""
    try:
        with closing(Journal.open_read_only(path)) as opened:
            rows = [_row(record, masker) for record in opened.sales(SALES)]
    except JournalFailed as error:
        raise SourceMissing(str(error)) from error
    return BundlePart(
        "sales.jsonl",
        "".join(json.dumps(row) + "\n" for row in rows),
        _("orders, payments, notes, tickets, what was sent and answered"),
    )


def _row(record: SaleRecord, masker: Masker) -> dict[str, str | None]:
    sale = record.sale
    times = (record.created_at, record.ended_at, record.told_at, record.set_aside_at)
    created, ended, told, set_aside = (_time(text) for text in times)
    return {
        "reference": masker.name(sale.reference),
        "source": masker.text(sale.source),
        "amount": sale.amount.plain(),
        "currency": sale.amount.currency.code,
        "outcome": record.outcome and record.outcome.value,
        "created_at": created,
        "ended_at": ended,
        "told_at": told,
        "set_aside_at": set_aside,
    }


def _time(text: str | None) -> str | None:
    """Return the time; None if the text is something else."""
    try:
        return datetime.fromisoformat(text).isoformat(timespec="milliseconds") if text else None
    except ValueError:
        return None


def run_command(
    words: Sequence[str], environ: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; raises SourceMissing if it is not there, or does not end."""
    try:
        return subprocess.run(  # noqa: S603 - our own words
            words, env=environ, capture_output=True, text=True, errors="replace",
            timeout=COMMAND_TAKES, check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise SourceMissing(
            _("{command} is not there; add --log with a log file", command=words[0])
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SourceMissing(_("{command} does not end", command=words[0])) from error
