"""A plugin for pytest: hypothesis draws the same examples for each change."""

from __future__ import annotations

from hypothesis import Phase, settings


def pytest_configure() -> None:
    """Draw the same examples each time; one that fails is enough, and need not be made short."""
    profile = settings(settings.get_profile("ci"), phases=(Phase.explicit, Phase.generate))
    settings.register_profile("mutation", profile)
    settings.load_profile("mutation")
