"""``kiosk bundle``: what support needs to find a fault, without secrets and payers' data."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import sys
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import typer

from kiosk.base import atomic_file
from kiosk.base.errors import ConfigError
from kiosk.base.language import _, system_reason
from kiosk.cli import bundle_sources as sources
from kiosk.cli.bundle_log import LogMark, end_of, log
from kiosk.cli.bundle_sources import BundlePart, SourceMissing
from kiosk.cli.common import fail, stated_path
from kiosk.cli.masking import Masker
from kiosk.cli.status import status_file
from kiosk.cli.trial import is_yes
from kiosk.config.loader import check_file
from kiosk.journal import JournalSettings

_MODE = 0o600
_SHORTEST = 8  # characters of a secret; less is found by chance
# What no part may have, whatever it was masked with.
_FORBIDDEN = re.compile(r"APP_USR-|TEST-\d|Bearer |\w@\w|00020101|\d{8}")


def bundle(
    output: Path, config: Path, *, log_file: Path | None, record: bool, yes: bool, as_json: bool
) -> None:
    """Perform ``kiosk bundle``."""
    if output.exists() and not output.is_file():
        fail(_("{path} is not a file; choose another name", path=output), code=2)
    if not yes and not sys.stdin.isatty():
        fail(_("a question needs a terminal; use one, or add --yes"), code=2)
    marks = _recorded(log_file, aside=as_json) if record else []
    parts, missing = _collected(config, log_file, marks)
    _refuse_leaks(parts, _secrets(config))
    contents = _contents(parts, missing)
    typer.echo(contents, nl=False, err=as_json)
    if not yes and not is_yes(_("Write {path}?", path=output), aside=as_json):
        fail(_("nothing was written"))
    _write(output, [*parts, BundlePart("contents.txt", contents, "")])
    if as_json:
        typer.echo(json.dumps(_as_json(output, parts, missing)))
    else:
        typer.echo(_("{path} is written; only you can read it", path=output))


def _as_json(output: Path, parts: list[BundlePart], missing: list[str]) -> dict[str, object]:
    sizes = [
        {"name": part.name, "bytes": len(part.text.encode()), "left_out": part.left_out or None}
        for part in parts
    ]
    return {"file": str(output), "parts": sizes, "missing": missing}


def _recorded(log_file: Path | None, *, aside: bool) -> list[LogMark]:
    """Let somebody show the fault, and return a mark for the begin and for the end."""
    try:
        begin = LogMark(end_of(log_file), "the fault is shown from here")
        typer.echo(_("Show the fault now. Press Enter as soon as it has happened."), err=aside)
        typer.prompt("", default="", show_default=False, prompt_suffix="", err=aside)
        return [begin, LogMark(end_of(log_file), "the fault was shown until here")]
    except SourceMissing as error:
        fail(error)
    except typer.Abort:
        fail(_("nothing was written"), code=130)


def _collected(
    config: Path, log_file: Path | None, marks: list[LogMark]
) -> tuple[list[BundlePart], list[str]]:
    """Return the parts, and a sentence for each source that can't be read."""
    masker = Masker()
    live, _faults = status_file(config)
    wanted: list[Callable[[], BundlePart]] = [
        lambda: sources.versions(masker),
        lambda: sources.configuration(config, masker),
        lambda: sources.finding("check", config, masker),
        lambda: sources.finding("doctor", config, masker),
        lambda: sources.status(live, masker),
        lambda: log(log_file, marks, masker),
        lambda: sources.journal(_journal(config), masker),
    ]
    parts, missing = [], []
    for collect in wanted:
        try:
            parts.append(collect())
        except SourceMissing as error:
            missing.append(str(error))
    return parts, missing


def _journal(config: Path) -> Path:
    """Return where the journal is, also if the configuration has faults."""
    with suppress(ConfigError):
        checked = check_file(config, os.environ)
        if path := stated_path(checked, "journal", "path"):
            return path
    return JournalSettings().path


def _secrets(config: Path) -> Iterator[str]:
    """Yield the access token, if it can be read here, in the forms that it may have."""
    with suppress(ConfigError):
        settings = check_file(config, os.environ).require_config(config)
        token = settings.orders.token.read(os.environ).get_secret_value()
        if len(token) >= _SHORTEST:
            data = token.encode()
            yield from (token, token[::-1], quote(token, safe=""), data.hex())
            # The characters of base64 depend on how many bytes are before; those at its ends too.
            for before in range(3):
                encoded = base64.b64encode(b"\0" * before + data).decode()
                yield encoded[4:-4]


def _refuse_leaks(parts: list[BundlePart], secrets: Iterator[str]) -> None:
    """Exit if a part still has what must not be in it: then the masks have a fault."""
    known = list(secrets)
    for part in parts:
        text = "".join(part.text.split())
        if _FORBIDDEN.search(part.text) or any(secret in text for secret in known):
            fail(
                _(
                    "{part} would have had confidential data in it; nothing was written; report "
                    "this as a fault of kiosk bundle",
                    part=part.name,
                )
            )


def _contents(parts: list[BundlePart], missing: list[str]) -> str:
    """Return the list of what is in the bundle, and of what is not."""
    lines: list[str] = [_("In the bundle:")]
    for part in parts:
        size = len(part.text.encode())
        lines.append("  " + _("{name}: {size} bytes", name=part.name, size=size))
        if part.left_out:
            lines.append("    " + _("left out: {what}", what=part.left_out))
    if missing:
        lines.append(_("Not in the bundle:"))
        lines += [f"  {sentence}" for sentence in missing]
    lines.append(
        _(
            "[#1], [#2] and so on stand for what was masked. A name stays only if it is also a "
            "word of the kiosk; read the files before you send them."
        )
    )
    return "\n".join(lines) + "\n"


def _write(output: Path, parts: list[BundlePart]) -> None:
    """Write the archive at once, readable for its owner only."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for part in parts:
            data = part.text.encode()
            entry = tarfile.TarInfo(f"kiosk-bundle/{part.name}")
            entry.size, entry.mode = len(data), _MODE
            archive.addfile(entry, io.BytesIO(data))
    try:
        atomic_file.replace(output, packed.getvalue(), _MODE)
    except OSError as error:
        with suppress(OSError):
            output.with_name(f"{output.name}.new").unlink()
        reason = system_reason(error)
        fail(_("{path} can't be written ({reason}); choose another", path=output, reason=reason))
