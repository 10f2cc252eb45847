"""Check and unpack the bundle of an update, or pack one: `python3 -IB .../bundle --help`.

With -I, Python runs nothing of the current folder; with -B, it writes nothing beside this program.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import date, timedelta
from pathlib import Path

from archive import MAX_BUNDLE, check, members_of, open_manifest, pack, unpack
from judgement import Counter, NotYet, wait_for_others
from manifest import Manifest, Refusal
from private_copy import copy_privately, open_file
from signature import Trust

REFUSED, NOT_YET = 3, 4  # exit codes
_MAX_SIGNATURE = 16 << 10  # bytes


def main(words: list[str]) -> int:
    """Do what the words say, and return the exit code."""
    arguments = _parser().parse_args(words)
    try:
        arguments.action(arguments)
    except NotYet as reason:
        print(f"{arguments.bundle}: {reason}; it waits")
        return NOT_YET
    except Refusal as reason:
        return _refused(arguments, reason)
    except OSError as fault:
        return _refused(
            arguments,
            f"{fault.filename or 'the disk'}: {fault.strerror}; correct that and try again",
        )
    return 0


def _refused(arguments: argparse.Namespace, reason: object) -> int:
    print(f"{arguments.bundle} was refused: {reason}", file=sys.stderr)
    return REFUSED


def check_and_unpack(arguments: argparse.Namespace) -> None:
    """Copy the bundle to a private folder, check everything, and only then unpack it there."""
    bundle = arguments.into / "bundle.tar"
    _take(arguments, arguments.bundle, bundle, MAX_BUNDLE)
    if arguments.unsigned:
        print(f"{arguments.bundle}: the signature is not checked")
    else:
        _verify(arguments, bundle)
    counter = _counter(arguments)
    with bundle.open("rb") as archive:
        manifest = open_manifest(archive)
        counter.judge(manifest, may_go_back=arguments.rollback)
        if arguments.nightly is not None:
            wait_for_others(manifest, arguments.nightly)
        files = archive.tell()
        check(archive, manifest)
        archive.seek(files)
        (arguments.into / "tree").mkdir()
        unpack(archive, manifest, arguments.into / "tree")
    bundle.unlink()
    print(f"{arguments.bundle}: version {manifest.version}, until {manifest.until}")


def _take(arguments: argparse.Namespace, path: Path, to: Path, most: int) -> None:
    """Copy a file of the update; at night and without a signature, only root may write it."""
    guarded = arguments.nightly is not None or arguments.unsigned
    owners = frozenset({0, os.geteuid(), *arguments.owner}) if guarded else None
    copy_privately(open_file(path, owners), path, to, most)


def _verify(arguments: argparse.Namespace, bundle: Path) -> None:
    signature = arguments.into / "bundle.tar.sig"
    beside = Path(f"{arguments.bundle}.sig")
    try:
        _take(arguments, beside, signature, _MAX_SIGNATURE)
    except FileNotFoundError:
        raise Refusal(
            f"it is not signed: {beside} is missing; copy it too"
            + (
                ""
                if arguments.nightly is not None
                else ", or add --unsigned if you made the bundle yourself"
            )
        ) from None
    for path in (arguments.signers, arguments.revoked):
        if os.path.lexists(path):
            os.close(open_file(path, frozenset({0, os.geteuid()})))
    Trust(arguments.signers, arguments.revoked).verify(bundle, signature)


def _counter(arguments: argparse.Namespace) -> Counter:
    counter = Counter(
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        processor=platform.machine(),
        today=arguments.today,
        installed=arguments.installed,
        installed_made=arguments.installed_made,
    )
    if counter.day != counter.today:
        print(
            f"the clock says {counter.today}, before the installed release was made"
            f" ({counter.day}); the last day of the bundle is compared with that day",
            file=sys.stderr,
        )
    return counter


def make(arguments: argparse.Namespace) -> None:
    """Pack a folder of scripts/bundle-wheels."""
    manifest = Manifest(
        version=arguments.version,
        python=arguments.python,
        processor=arguments.processor,
        follows=arguments.follows,
        made=arguments.made,
        until=arguments.until or arguments.made + timedelta(days=365),
        share=arguments.share,
        files=members_of(arguments.folder),
    )
    with arguments.bundle.open("xb") as archive:
        pack(arguments.folder, manifest, archive)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bundle", description=__doc__)
    actions = parser.add_subparsers(required=True)
    here = actions.add_parser(
        "unpack", help="check a bundle and unpack it; exit 3: refused, 4: not yet"
    )
    here.set_defaults(action=check_and_unpack)
    here.add_argument("bundle", type=Path, help="the whole path of NAME.bundle.tar")
    here.add_argument("--into", type=Path, required=True, help="an empty private folder")
    here.add_argument("--signers", type=Path, required=True, help="allowed signers of ssh-keygen")
    here.add_argument("--revoked", type=Path, required=True, help="revoked keys, or a KRL")
    here.add_argument("--today", type=date.fromisoformat, required=True)
    here.add_argument("--installed", default="", metavar="VERSION")
    here.add_argument("--installed-made", type=date.fromisoformat, default=date.min, metavar="DATE")
    here.add_argument("--rollback", action="store_true", help="also an older version")
    here.add_argument("--unsigned", action="store_true", help="also without a signature")
    here.add_argument("--nightly", metavar="ID", help="not by hand; the machine's ID")
    here.add_argument("--owner", type=int, action="append", default=[], help="trusted like root")
    there = actions.add_parser("pack", help="make a bundle from a folder")
    there.set_defaults(action=make)
    there.add_argument("folder", type=Path)
    there.add_argument("bundle", type=Path)
    for name in ("version", "python", "processor"):
        there.add_argument(f"--{name}", required=True)
    there.add_argument("--made", type=date.fromisoformat, required=True)
    there.add_argument("--until", type=date.fromisoformat, help="default: 365 days later")
    there.add_argument("--follows", default="0.0.0", help="the oldest release that it can replace")
    there.add_argument("--share", type=int, default=100, help="of 100 counters, at night")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
