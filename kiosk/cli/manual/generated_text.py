"""What the manual generates from the code, as Markdown, in the technician's language."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.cli.manual import code_lists, command_list, record_lists, settings_list

_LISTS: dict[str, Callable[..., str]] = {
    "settings": settings_list.settings,
    "commands": command_list.commands,
    "exit-codes": command_list.exit_codes,
    "reason-codes": code_lists.reason_codes,
    "signals": code_lists.signals,
    "status": record_lists.status,
    "journal": record_lists.journal,
    "files": record_lists.files,
    "scenarios": record_lists.scenarios,
}


def generated(words: str) -> str:
    """Return what the directive ``{generated}`` with these words stands for."""
    name, *arguments = words.split()
    return _LISTS[name](*arguments)
