"""How many examples hypothesis tries."""

from __future__ import annotations

from hypothesis import settings


def examples(whole: int) -> int:
    """Return this number, or a fifth of it in the quick loop."""
    return whole * settings().max_examples // 100
