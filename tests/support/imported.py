"""Which modules a process imports: Python tells each on standard error if it is asked to."""

from __future__ import annotations

import re

ASKED = {"PYTHONVERBOSE": "1"}  # for the environment of the process


def imported(text: str) -> set[str]:
    """Return the modules that are named in the standard error of a process that was ASKED."""
    return set(re.findall(r"^import '([\w.]+)' #", text, re.MULTILINE))


def packages(modules: set[str]) -> set[str]:
    """Return the packages of the modules: ``httpx`` for ``httpx._config``."""
    return {module.split(".")[0] for module in modules}
