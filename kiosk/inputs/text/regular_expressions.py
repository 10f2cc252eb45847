"""Regular expressions that a technician writes: refused where they can't do their work."""

from __future__ import annotations

import re

# A group that repeats and ends in a repeat: matching can take longer than the universe is old.
_RUNAWAY = re.compile(r"(?<!\\)[+*]\)[+*{]")


def checked(pattern: str, *groups: str) -> str:
    """Return the pattern if it can be used and has these groups; raise ValueError."""
    try:
        names = re.compile(pattern).groupindex
    except re.error as fault:
        raise ValueError(f"it is no regular expression ({fault}); mend it") from None
    for group in groups:
        if group not in names:
            raise ValueError(f"it has no group for the {group}; write (?P<{group}>...) around it")
    if _RUNAWAY.search(pattern):
        raise ValueError("a repeat within a repeat may never end; write it without one of them")
    return pattern
