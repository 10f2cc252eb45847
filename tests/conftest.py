"""What all tests share: the options of the test run, and the order in which it does its work."""

from __future__ import annotations

import gc
import logging
import os
import re
import shutil
import tty
from collections import defaultdict
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import hypothesis
import pytest

pytest.register_assert_rewrite("tests.support")
gc.disable()  # until all modules are imported and all tests are collected

# No limit in milliseconds: a slow computer must not fail a test. The quick loop tries fewer examples
# (see tests/support/examples.py).
hypothesis.settings.register_profile(
    "whole", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile(
    "quick", parent=hypothesis.settings.get_profile("whole"), max_examples=20
)

# What programs look at, to find out where they run.
OF_THIS_PLACE = {
    *("CI", "GITHUB_ACTIONS", "COLUMNS", "LINES", "TTY_COMPATIBLE", "TTY_INTERACTIVE"),
    *("CLICOLOR", "CLICOLOR_FORCE", "COLORTERM", "FORCE_COLOR", "NO_COLOR", "KIOSK_TOKEN"),
}

# Of the cases of one parametrised test, the quick loop takes so many, evenly spread over its table.
QUICK_CASES = 3


# In these folders every test is slow: it starts processes, measures, builds, or uses the network.
SLOW_FOLDERS = ("tests/bench/", "tests/e2e/", "tests/release/")
# Files in which most tests run whole commands, wait for a device that does not answer, or go through
# all pages, panels or scenarios.
SLOW_FILES = (
    "tests/cli/first_start/test_questions.py",
    "tests/cli/sheets/test_card_drawing.py",
    "tests/cli/sheets/test_panel_template.py",
    "tests/cli/test_comparison.py",
    "tests/cli/test_device_tests.py",
    "tests/cli/test_doctor.py",
    "tests/cli/test_installed.py",
    "tests/cli/test_language.py",
    "tests/cli/test_live_status.py",
    "tests/cli/test_refunds_and_receipts.py",
    "tests/cli/test_safe_mode.py",
    "tests/cli/test_settle.py",
    "tests/cli/test_start.py",
    "tests/cli/test_streams.py",
    "tests/display/test_epaper_settings_on_the_wire.py",
    "tests/display/test_read_back.py",
    "tests/display/test_settings_on_the_wire.py",
    "tests/inputs/ecr/test_transbank_sdk.py",
    "tests/inputs/scanner/test_file_watch.py",
    "tests/installer/test_fetched.py",
    "tests/installer/test_interfaces.py",
    "tests/installer/test_trial.py",
    "tests/installer/test_wrong_bundles.py",
    "tests/manual/test_pages.py",
    "tests/orders/http/test_forgetful_router.py",
    "tests/orders/http/test_forgotten.py",
    "tests/orders/test_beside_the_sdk.py",
    "tests/sale/test_types.py",
    "tests/shell/test_panel_trouble.py",
    "tests/signals/voice/test_speaker.py",
    "tests/simulation/test_voice.py",
    "tests/simulator/scenario/test_headless_play.py",
    "tests/simulator/scenario/test_shipped.py",
    "tests/simulator/service/test_api_server.py",
    "tests/test_linear_time.py",
)
_ALL_SLOW = re.compile(r"^pytestmark = \[?(?:.*, )?pytest\.mark\.slow", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick", action="store_true", help="leave out the slow tests, live through 6 days"
    )
    parser.addoption(
        "--seeds", type=int, help="how many days the simulation lives through (default: 800)"
    )
    parser.addoption(
        "--sales", type=int, default=500, help="how many the booted system sells in 96 MB"
    )


def pytest_configure(config: pytest.Config) -> None:
    _forget_where_the_tests_run()
    quick = config.getoption("--quick")
    hypothesis.settings.load_profile("quick" if quick else "whole")
    if config.getoption("--seeds") is None:
        config.option.seeds = 6 if quick else 800


def _forget_where_the_tests_run() -> None:
    """Give tests, and the programs that they start, the same environment on every computer.

    A developer's terminal and a CI's machine change the colours, widths and languages of outputs.
    """
    for name in [name for name in os.environ if name in OF_THIS_PLACE or name.startswith("LC_")]:
        del os.environ[name]
    os.environ |= {"LANGUAGE": "en", "LANG": "C.UTF-8", "TERM": "xterm"}


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """In the quick loop, do not even import the files in which every test is slow."""
    if not config.getoption("--quick"):
        return None
    name = str(collection_path.relative_to(config.rootpath))
    marked = name.endswith(".py") and _ALL_SLOW.search(collection_path.read_text("utf-8"))
    return True if marked or name.startswith(SLOW_FOLDERS + SLOW_FILES) else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let several workers share the tests in units that do not repeat each other's work."""
    from tests.support.work_units import scheduler  # noqa: PLC0415 - only several workers need it

    return scheduler(config, log)


class _TokensInLogs(logging.Handler):
    """Keeps each line of any log that has the form of a token in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if _TOKEN.search(line := record.getMessage()):
            self.found.append(line)


_TOKEN = re.compile(r"\b(APP_USR|TEST)-[\w-]{6,}")
_tokens_in_logs = _TokensInLogs()
logging.getLogger().addHandler(_tokens_in_logs)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let each test begin with an empty list of tokens, and with English.

    A hook, because two more fixtures for each of 11,000 tests take seconds.
    """
    _tokens_in_logs.found.clear()
    os.environ["LANGUAGE"] = "en"  # a command that a test runs in its own process may speak
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Fail each test in which a token was logged."""
    done = yield
    assert _tokens_in_logs.found == []
    return done


def pytest_collection_finish() -> None:
    """Keep the garbage collector from the modules and tests, which stay until the end."""
    gc.freeze()
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the slow tests, or have several workers begin with them.

    The many short tests come last, so that all workers have something to do until the end.
    """
    slow = [item for item in items if _is_slow(item)]
    short = [item for item in items if not _is_slow(item)]
    if config.getoption("--quick"):
        items[:] = _some_cases([item for item in short if not _is_second_loop(item)])
        config.hook.pytest_deselected(items=[*{*slow, *short}.difference(items)])
    elif hasattr(config, "workerinput"):
        items[:] = [*_in_turn(slow), *short]


def _is_slow(item: pytest.Item) -> bool:
    slow_place = item.nodeid.startswith(SLOW_FOLDERS + SLOW_FILES)
    return slow_place or item.get_closest_marker("slow") is not None


def _is_second_loop(item: pytest.Item) -> bool:
    """Whether it is a test on trio that is the same on asyncio, the daemon's own loop."""
    call = getattr(item, "callspec", None)
    return call is not None and call.params.get("anyio_backend") == "trio"


def _some_cases(items: list[pytest.Item]) -> list[pytest.Item]:
    """Keep the first and the last of the cases of each test, and some in between."""
    cases = defaultdict(list)
    for item in items:
        cases[item.nodeid.partition("[")[0]].append(item)
    spread = [number / (QUICK_CASES - 1) for number in range(QUICK_CASES)]
    kept = {
        each
        for table in cases.values()
        for each in (
            table
            if len(table) <= QUICK_CASES
            else [table[round(place * (len(table) - 1))] for place in spread]
        )
    }
    return [item for item in items if item in kept]


def _in_turn(items: list[pytest.Item]) -> list[pytest.Item]:
    """Take one of each folder in turn: tests that compute run beside tests that wait."""
    folders = defaultdict(list)
    for item in items:
        folders[item.path.parent].append(item)
    return [item for row in zip_longest(*folders.values()) for item in row if item is not None]


@pytest.fixture
def ordinary() -> tuple[str, ...]:
    """Return a command that runs another one without root's access to every file."""
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("this test needs root and setpriv")
    return "setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"


@pytest.fixture
def tty_pair() -> Iterator[tuple[int, str]]:
    """A serial cable: the register's end, and the name of the kiosk's port."""
    wire, device = os.openpty()
    tty.setraw(device)
    yield wire, os.ttyname(device)
    os.close(wire)
    os.close(device)
