"""What the directives in the pages stand for, as Markdown, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiosk.base.language import _, mark
from kiosk.cli.manual import code_lists, command_list, record_lists, settings_list
from kiosk.cli.manual.fences import Fence, complete
from kiosk.cli.manual.manual_pages import name_of, title_of

WIDTH = 80  # columns of a page on a terminal
DRAWING = mark("How the parts are connected; kiosk wiring prints the same as a table.")
BENCH = mark("The page of the simulator, {width} pixels wide")
TABLE = mark("The same as a table")
_NOTES = {"{note}": mark("Note:"), "{warning}": mark("Warning:")}
_LISTS: dict[str, Callable[..., str]] = {
    "settings": settings_list.settings,
    "commands": command_list.commands,
    "exit-codes": command_list.exit_codes,
    "reason-codes": code_lists.reason_codes,
    "signals": code_lists.signals,
    "status": record_lists.status,
    "input-status": record_lists.input_status,
    "topics": record_lists.topics,
    "journal": record_lists.journal,
    "files": record_lists.installed_files,
    "scenarios": record_lists.scenarios,
    "scenario-files": record_lists.scenario_files,
}


def generated(words: str) -> str:
    """Return what the directive ``{generated}`` with these words stands for."""
    name, *arguments = words.split()
    return _LISTS[name](*arguments)


def plain(fence: Fence, page: Path, known: dict[str, str]) -> str | None:
    """Return a directive as Markdown that every reader can show."""
    match fence.name:
        case "{yaml-file}":
            known[fence.argument or "kiosk.yaml"] = complete(fence.body)
            return f"```yaml\n{fence.body}```"
        case "{command-output}":
            return f"```console\n$ {fence.argument}\n```"
        case "{device-test}":
            return f"```console\n{fence.body}```"
        case "{wiring}":
            return f"```text\n{wires(known[fence.argument or 'kiosk.yaml'])}\n```"
        case "{screen}":
            picture = fence.options.get("alt", "")
            return f"{picture}\n\n```console\n$ kiosk preview {fence.argument} -o screen.png\n```"
        case "{bench-picture}":
            return ""
        case "{generated}":
            return generated(fence.argument)
        case "{toctree}":
            return _contents(page, fence.body)
        case "{note}" | "{warning}":
            lines = [
                f"**{_(_NOTES[fence.name])}** {fence.argument}".strip(),
                *fence.body.splitlines(),
            ]
            return "\n".join(f"> {line}".rstrip() for line in lines)
    return None


def wires(configuration: str) -> str:
    """Return what ``kiosk wiring`` prints for a configuration."""
    from kiosk.cli.wiring import parts_of  # noqa: PLC0415 - few pages have wires
    from kiosk.config.loader import parse_bytes  # noqa: PLC0415
    from kiosk.config.sections import Config  # noqa: PLC0415
    from kiosk.wiring.plan import plan  # noqa: PLC0415
    from kiosk.wiring.table import as_text  # noqa: PLC0415

    settings = parse_bytes(configuration.encode(), Config).settings
    assert settings, "tests check the settings of every page"
    return "\n".join(as_text(plan(parts_of(settings)), WIDTH - 4))


def _contents(page: Path, entries: str) -> str:
    """Return a list of the pages that a table of contents names."""
    folder = page.parent
    named = [line.strip() for line in entries.splitlines() if line.strip()]
    found = [
        file
        for entry in named
        for file in (sorted(folder.glob("*.md")) if entry == "*" else [folder / f"{entry}.md"])
        if file != page
    ]
    return "\n".join(f"- `kiosk manual {name_of(file)}`: {title_of(file)}" for file in found)
