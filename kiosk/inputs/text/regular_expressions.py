"""Check the regular expressions that a technician writes."""

from __future__ import annotations

import re

# A repeated group that ends in a repetition: matching can take exponential time.
_RUNAWAY = re.compile(r"(?<!\\)[+*]\)[+*{]")


def checked(pattern: str, *groups: str) -> str:
    """Return the pattern if it is valid and has these groups; raise ValueError otherwise."""
    try:
        names = re.compile(pattern).groupindex
    except re.error as fault:
        raise ValueError(f"it is not a valid regular expression ({fault}); correct it") from None
    for group in groups:
        if group not in names:
            raise ValueError(
                f"it has no group named {group}; write (?P<{group}>...) around the {group}"
            )
    if _RUNAWAY.search(pattern):
        raise ValueError("a repetition within a repetition can be endless; remove one of them")
    return pattern
