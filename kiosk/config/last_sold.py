"""Sells on by the last configuration that sold, while the file itself has faults.

The copy that ``kiosk/service/last_good.py`` keeps beside the journal is used only if it is surely
of the account and the point of sale with which the journal's open orders were created. Otherwise
these orders would be asked for in another account, which does not know them, and payers would pay
somebody else. So all of this must be true:

1. No other account has sold since the copy was made: ``forget_other_account`` deletes the copy
   before a kiosk with another account, point of sale or journal can sell, and lets the state
   folder lead to the copy of that kiosk. If a copy can't be deleted, that kiosk is refused.
2. The file with faults, as far as it can be read, names no other account and no other point of
   sale, and has no fault where it names them. Somebody who moves the counter and makes a mistake
   must not go on selling for the old one.
3. The journal is there and can be read, and the request of each sale that is open, set aside or
   being refunded names the copy's point of sale. The older APIs name it elsewhere, so with them no
   sale may be open.

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
from kiosk.base.language import _, system_reason
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
    faulty = faulty or CheckedFile(Document(), None, ())
    copy = copy_for(faulty.document)
    if not os.path.exists(copy):  # Path.exists raises OSError in a folder that may not be read
        raise error
    try:
        checked = check_file(copy, os.environ)
        config = checked.require_config(copy)
        _require_same_account(faulty.document, checked.document, file)
        _require_clear_account(faulty, config, file)
        _require_own_orders(config, copy)
    except (ConfigError, JournalFailed) as why_not:
        raise ConfigError(*error.faults, str(why_not)) from error
    problem = _("{file} has faults and is not used; run kiosk check", file=file)
    return replace(checked, problem=problem)


def copy_for(document: Document) -> Path:
    """Return where the copy is, for a file as far as it can be read.

    It is beside the journal. If the file does not say where that is, it is in the folder of the
    service's state, which systemd names in STATE_DIRECTORY, or a link there leads to it.
    """
    stated = document.get(("journal", "path"))
    if isinstance(stated, str):
        return last_good.beside(Path(stated))
    place = last_good.beside((_state_folder() or JournalSettings().path.parent) / "journal")
    return place.readlink() if os.path.islink(place) else place


def _state_folder() -> Path | None:
    folder = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return Path(folder) if folder else None


def forget_other_account(copy: Path, checked: CheckedFile) -> None:
    """Delete the copy unless it is surely of the account and the journal of this file.

    The state folder leads to the copy then, even if the journal is elsewhere. Raises ConfigError if
    a copy can't be deleted: then the file must not be used to sell.
    """
    wrong = copy
    try:
        if copy.is_file() and not _is_of_same_account(copy, checked):
            atomic_file.delete(copy)
        if folder := _state_folder():
            wrong = last_good.beside(folder / copy.name)
            _lead(wrong, copy)
    except OSError as error:
        raise ConfigError(
            _(
                "{copy}: it may be of another account, and it can't be deleted ({reason}); delete "
                "it, then restart the kiosk",
                copy=wrong,
                reason=system_reason(error),
            )
        ) from error


def _lead(place: Path, copy: Path) -> None:
    """Let the place in the state folder lead to the copy; raises OSError if it leads elsewhere."""
    if place == copy or (place.is_symlink() and place.readlink() == copy):
        return
    link = place.with_name(f"{place.name}.link")
    try:
        link.unlink(missing_ok=True)
        link.symlink_to(copy)
        os.replace(link, place)
        atomic_file.flush(place.parent)
    except OSError:  # such as a full disk: then a copy of another account must go
        if os.path.lexists(place):
            atomic_file.delete(place)


def _is_of_same_account(copy: Path, checked: CheckedFile) -> bool:
    try:
        if copy.read_bytes() == checked.data:
            return True
        copied = check_file(copy, os.environ).require_config(copy)
        return _who_is_paid(copied) == _who_is_paid(checked.require_config(copy))
    except (OSError, ConfigError):
        return False


def _who_is_paid(config: Config) -> tuple[object, ...]:
    """Return all that says whose orders are in which journal."""
    account = config.orders.model_dump(include={*_REQUIRED, *_OPTIONAL})
    return account, config.journal.path


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


def _require_clear_account(faulty: CheckedFile, config: Config, file: Path) -> None:
    """Raise ConfigError if a fault may hide the account or the point of sale that is meant.

    That is a fault in ``orders``, except in the value of a setting that does not say who is paid;
    or a point of sale in a place that is not read: a second one, or one outside of ``orders``.
    """
    harmless = type(config.orders).model_fields.keys() - {*_REQUIRED, *_OPTIONAL}
    for section, *path in (fault.key.split(".") for fault in faulty.faults):
        written = faulty.document.get((section, *path)) is not None
        if section == "orders" and written and not (path and path[0] in harmless):
            raise _unclear(file)
    lines = faulty.data.replace(b"\0", b"").splitlines()  # it may be UTF-16
    named = sum(line.partition(b"#")[0].count(b"external_pos_id") for line in lines)
    read = _stated(faulty.document, "external_pos_id") is not None
    if named != read or "orders" in faulty.document.incomplete:
        raise _unclear(file)


def _unclear(file: Path) -> ConfigError:
    return ConfigError(
        _(
            "{file}: its faults are where it names the account and the point of sale, so the last "
            "configuration that sold is not used; correct the file",
            file=file,
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
