"""Logs to standard error, in the form that journald understands."""

from __future__ import annotations

import logging
import os
import sys

# syslog(3) priorities: journald reads them from "<N>" at the start of a line (sd-daemon(3)).
_PRIORITY = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3}


class _JournaldFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        mark = f"<{_PRIORITY.get(record.levelno, 2)}>"
        return "\n".join(mark + line for line in super().format(record).splitlines())


def start(level: str) -> None:
    """Log from ``level`` on; with time stamps only if journald does not add its own."""
    handler = logging.StreamHandler(sys.stderr)
    if "JOURNAL_STREAM" in os.environ:
        handler.setFormatter(_JournaldFormatter("%(name)s: %(message)s"))
    else:
        form = "%(asctime)s.%(msecs)03d %(levelname)-7s %(name)s: %(message)s"
        handler.setFormatter(logging.Formatter(form, "%H:%M:%S"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for library in ("httpx", "httpcore", "PIL"):
        logging.getLogger(library).setLevel(logging.WARNING)
