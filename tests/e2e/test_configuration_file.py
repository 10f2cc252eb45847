"""A configuration that is a link, that can't be read, or whose token is missing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.rig import SOMEBODY, Api, Counter, Register, sells
from tests.support.processes import LONG_ENOUGH, eventually


def test_a_configuration_may_be_a_link_and_be_put_elsewhere(
    api: Api, register: Register, counter: Counter
) -> None:
    real = counter.folder / "version-1.yaml"
    counter.config.rename(real)
    counter.config.symlink_to(real)
    with counter.running() as daemon:
        counter.becomes("idle")
        other = counter.folder / "version-2.yaml"
        other.write_text(real.read_text().replace("counter-1", "counter-2"))
        counter.config.unlink()
        counter.config.symlink_to(other)
        daemon.send_signal(signal.SIGHUP)
        counter.says("will be used")
        eventually(lambda: "counter-2" in (counter.folder / "kiosk.yaml.good").read_text())
        sells(api, register, counter)
    assert counter.sales()[0]["reference"].startswith("counter-2-")


def dangling(config: Path) -> None:
    config.unlink()
    config.symlink_to(config.with_name("nowhere.yaml"))


def a_folder(config: Path) -> None:
    config.unlink()
    config.mkdir()


def somebody_elses(config: Path) -> None:
    os.chown(config, SOMEBODY, SOMEBODY)
    os.chmod(config, 0o600)


@pytest.mark.parametrize(
    ("spoil", "because"),
    [
        (dangling, "No such file or directory"),
        (a_folder, "Is a directory"),
        (somebody_elses, "Permission denied"),
    ],
)
def test_a_configuration_that_can_not_be_read(
    api: Api,
    counter: Counter,
    ordinary: tuple[str, ...],
    spoil: Callable[[Path], None],
    because: str,
) -> None:
    spoil(counter.config)
    with counter.running(through=ordinary) as daemon:
        assert daemon.wait(LONG_ENOUGH) == 2
    sentence = f"the file can't be read ({because}); check its name and its permissions"
    assert counter.log.read_text() == f"{counter.config}: {sentence}\n"


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("{credential: token}", "there is no /etc/kiosk/token; write the access token into"),
        ("{file: /nowhere/token}", "can't read /nowhere/token: No such file or directory"),
        ("{env: NO_SUCH_TOKEN}", "this environment variable is not set; set it"),
    ],
)
def test_a_token_that_is_missing(api: Api, counter: Counter, token: str, sentence: str) -> None:
    counter.change("{env: KIOSK_TOKEN}", token)
    with counter.running() as daemon:
        assert daemon.wait(LONG_ENOUGH) == 2
    assert sentence in counter.log.read_text()
