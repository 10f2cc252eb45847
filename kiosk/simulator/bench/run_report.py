"""A run of the bench as one HTML file that can be sent to somebody: it needs nothing else."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from kiosk.base.language import _, language, mark

FRAMES_SHOWN = 100  # the newest ones; a picture of the largest panel has some kilobytes

_CSS = """
:root { color-scheme: light dark; font: 16px/1.45 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
td, th { text-align: left; vertical-align: top; padding: .3rem; border-bottom: 1px solid #8885; }
td:first-child, .code { font-family: ui-monospace, monospace; white-space: nowrap; }
pre { margin: .3rem 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .8rem; }
img { image-rendering: pixelated; max-width: 100%; border: 1px solid #8885; margin-top: .3rem; }
.bad { color: #c0392b; } .scroll { overflow-x: auto; }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

KINDS = {
    "act": mark("done at the counter"),
    "sent": mark("bytes to the kiosk"),
    "reading": mark("reading"),
    "intent": mark("intent on the disk"),
    "journal": mark("journal"),
    "request": mark("request"),
    "answer": mark("answer"),
    "screen": mark("panel"),
    "signal": mark("signal"),
    "said": mark("voice"),
    "reply": mark("reply to the register"),
    "note": mark("note"),
}


def report(
    state: Mapping[str, Any],
    timeline: Iterable[Mapping[str, Any]],
    frame: Callable[[int], Path | None],
    scenario: str,
) -> str:
    """Return the HTML. ``state`` is what the page shows; ``scenario`` is what was recorded."""
    counter = state["counter"]
    title = _("Counter {name}, {when}", name=counter["name"], when=_when(state["now"]))
    panel = f"{counter['panel']['name']}, {counter['currency']}"
    return f"""<!doctype html>
<html lang="{language()}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<style>{_CSS}</style>
<h1>{escape(title)}</h1>
<p>{escape(panel)}</p>
{_list(_("Problems"), state["problems"])}
<h2>{escape(_("What happened"))}</h2>
<table>{"".join(_entries(timeline, frame))}</table>
<h2>{escape(_("The journal"))}</h2>
<div class="scroll">{_table(state["journal"])}</div>
<h2>{escape(_("As a scenario"))}</h2>
<pre>{escape(scenario)}</pre>
</html>
"""


def _entries(
    timeline: Iterable[Mapping[str, Any]], frame: Callable[[int], Path | None]
) -> Iterable[str]:
    entries = sorted(timeline, key=lambda each: float(each["at"]))
    pictures = [each for each in entries if "frame" in each][-FRAMES_SHOWN:]
    for entry in entries:
        kind = KINDS.get(entry["kind"], entry["kind"])
        bad = ' class="bad"' if entry.get("bad") else ""
        picture = _picture(frame(entry["frame"])) if entry in pictures else ""
        title = escape(str(entry["title"]))
        yield (
            f"<tr{bad}><td>{_clock(entry['at'])}</td><td>{escape(_(kind))}</td>"
            f"<td>{title}{_bytes(entry)}{_json(entry)}{picture}</td></tr>\n"
        )


def _bytes(entry: Mapping[str, Any]) -> str:
    shown = [str(entry[name]) for name in ("text", "hex") if name in entry]
    return f"<pre>{escape(chr(10).join(shown))}</pre>" if shown else ""


def _json(entry: Mapping[str, Any]) -> str:
    if "json" not in entry:
        return ""
    text = json.dumps(entry["json"], indent=1, ensure_ascii=False)
    return f"<details><summary>JSON</summary><pre>{escape(text)}</pre></details>"


def _picture(path: Path | None) -> str:
    try:
        data = path.read_bytes() if path else b""
    except FileNotFoundError:
        data = b""
    if not data:
        return ""
    source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    return f'<br><img src="{source}" alt="{escape(_("the panel"))}">'


def _table(journal: Mapping[str, Any]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in journal["columns"])
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(str(value))}</td>' for value in row)}</tr>\n"
        for row in journal["rows"]
    )
    return f"<table><tr>{head}</tr>\n{rows}</table>"


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{escape(title)}</h2><ul>{items}</ul>" if items else ""


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M")


def _clock(at: float) -> str:
    moment = datetime.fromtimestamp(at, UTC).astimezone()
    return f"{moment:%H:%M:%S}.{moment.microsecond // 1000:03}"
