"""Sells on by the last configuration that sold, while the file itself has faults.

The copy that ``kiosk/service/last_good.py`` keeps beside the journal is used only if it is surely
of the account and the point of sale with which the journal's open orders were created. Otherwise
these orders would be asked for in another account, which does not know them, and payers would pay
somebody else. So all of this must be true:

1. No other account has sold since the copy was made: ``forget_other_account`` deletes the copy
   before a kiosk with another account or point of sale is made, so before its first order.
2. The file with faults, as far as it can be read, names no other account and no other point of
   sale. Somebody who moves the counter and makes a mistake must not go on selling for the old one.
3. The journal can be read, and the request of each sale that is open or set aside names the copy's
   point of sale. The older APIs name it elsewhere, so with them no sale may be open.

If one of them is not, the kiosk does not start, and the safe mode says so.
"""

from __future__ import annotations

import json
import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.base import atomic_file
from kiosk.base.errors import ConfigError, JournalFailed
from kiosk.base.language import _
from kiosk.config.loader import CheckedFile, check_file
from kiosk.config.sections import Config
from kiosk.config.yaml_tree import Document
from kiosk.journal import Journal, JournalSettings
from kiosk.service import last_good

# What says who is paid. Without the last three a file has their defaults.
_REQUIRED = ("token", "external_pos_id")
_OPTIONAL = ("driver", "base_url", "user_id")


def last_sold(file: Path, faulty: CheckedFile | None, error: ConfigError) -> CheckedFile:
    """Return the copy, with the problem that the kiosk reports; raises ``error`` without one.

    ``faulty``: the file as far as it can be read; None if it can't be read at all.
    """
    document = faulty.document if faulty else Document()
    copy = copy_for(document)
    if not copy.exists():
        raise error
    try:
        checked = check_file(copy, os.environ)
        config = checked.require_config(copy)
        _require_same_account(document, checked.document, file)
        _require_own_orders(config, copy)
    except (ConfigError, JournalFailed) as why_not:
        raise ConfigError(*error.faults, str(why_not)) from error
    problem = _("{file} has faults and is not used; run kiosk check", file=file)
    return replace(checked, problem=problem)


def copy_for(document: Document) -> Path:
    """Return where the copy is, for a file as far as it can be read.

    It is beside the journal. If the file does not say where that is, it is in the folder of the
    service's state: systemd names it in STATE_DIRECTORY.
    """
    stated = document.get(("journal", "path"))
    usual = JournalSettings().path
    folder = os.environ.get("STATE_DIRECTORY", "").partition(":")[0] or usual.parent
    return last_good.beside(Path(stated if isinstance(stated, str) else Path(folder, usual.name)))


def forget_other_account(copy: Path, checked: CheckedFile) -> None:
    """Delete the copy if it is of another account than this file, or if it can't be read.

    Raises OSError. Then the journal beside it can't be written either, and nothing is sold.
    """
    try:
        if copy.read_bytes() == checked.data:
            return
    except FileNotFoundError:
        return
    try:
        _require_same_account(checked.document, check_file(copy, os.environ).document, copy)
    except ConfigError:
        atomic_file.delete(copy)


def _require_same_account(stated: Document, copied: Document, file: Path) -> None:
    """Raise ConfigError if a file names another account or point of sale than the copy."""
    for key in (*_REQUIRED, *_OPTIONAL):
        here, there = _stated(stated, key), _stated(copied, key)
        if here != there and not (here is None and (key in _REQUIRED or not _has_orders(stated))):
            raise ConfigError(
                _(
                    "{file}: orders.{key} is not that of the last configuration that sold, so that "
                    "one is not used; correct the file",
                    file=file,
                    key=key,
                )
            )


def _stated(document: Document, key: str) -> Any:
    return document.get(("orders", key))


def _has_orders(document: Document) -> bool:
    return any(_stated(document, key) is not None for key in (*_REQUIRED, *_OPTIONAL))


def _require_own_orders(config: Config, copy: Path) -> None:
    """Raise ConfigError if a sale is open that is not surely of the copy's point of sale."""
    path = config.journal.path
    if last_good.beside(path) != copy:
        raise ConfigError(_("{copy}: it is of another journal, {path}", copy=copy, path=path))
    if not path.exists():
        return
    own = config.orders.external_pos_id
    with closing(Journal.open_read_only(path)) as journal:
        sales = *journal.unsettled(), *journal.set_aside(), *journal.refunds_underway()
        open_sales = [each.reference for each in sales]
        strange = [each for each in open_sales if _point_of_sale(journal, each) != own]
        if strange := [*strange, *journal.problems()]:
            raise ConfigError(
                _(
                    "{copy}: not used, because a sale is open that may be of another point of "
                    "sale: {sale}; correct the configuration",
                    copy=copy,
                    sale=strange[0],
                )
            )


def _point_of_sale(journal: Journal, reference: str) -> object:
    """Return the point of sale in the request that creates the sale's order; None without one."""
    try:
        return json.loads(journal.intent(reference).request)["config"]["qr"]["external_pos_id"]
    except (ValueError, LookupError, TypeError):
        return None
