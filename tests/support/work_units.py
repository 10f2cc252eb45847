"""How several workers share the tests of a run."""

from __future__ import annotations

from typing import Any

from xdist.scheduler import LoadScopeScheduling

# Folders of tests that need nothing but themselves, many of them long: each test is a unit of work.
# All other files stay whole, so that a browser, a simulation or a package is started or built once.
SINGLE = ("tests/e2e/", "tests/model/", "tests/simulation/")
WHOLE = ("tests/e2e/test_nothing_bricks.py",)


def scheduler(config: Any, log: Any) -> Any:
    """Return what gives a worker one unit after the other, in the order of the collected tests."""
    config.option.loadscopereorder = False  # the slow ones come first, not the many
    units = LoadScopeScheduling(config, log)
    units._split_scope = unit_of
    return units


def unit_of(nodeid: str) -> str:
    """Return the name of a test's unit of work.

    The files directly in ``tests/`` are one, because all read the syntax trees of the package.
    """
    file = nodeid.partition("::")[0]
    if file.count("/") == 1:
        return "tests"
    return nodeid if file.startswith(SINGLE) and file not in WHOLE else file
