"""What ``kiosk status`` prints about a daemon that runs, that was stopped, and that was killed."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.e2e.rig import Api, Counter, Register
from tests.support.processes import power_cut


def ask(counter: Counter) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "kiosk", "status", "--json", "-c", str(counter.config)]
    return subprocess.run(words, check=False, capture_output=True, text=True)


def test_the_status_is_the_daemons_and_never_a_dead_ones(
    api: Api, register: Register, counter: Counter
) -> None:
    with counter.running():
        counter.becomes("idle")
        register.send(b"TOTAL 20,00\r\n")
        counter.becomes("paying")
        answer = ask(counter)
        status = json.loads(answer.stdout)
        (order,) = api.orders()
        assert answer.returncode == 0
        assert (status["state"], status["reference"]) == ("paying", order["external_reference"])
        assert set(status["health"].values()) == {"ok"}
    stopped = ask(counter)
    assert (stopped.returncode, "not running" in stopped.stderr) == (1, True)
    with counter.running() as daemon:
        counter.becomes("finished")
        power_cut(daemon)
        killed = ask(counter)
    assert (killed.returncode, "the kiosk is not running" in killed.stderr) == (1, True)


def test_a_file_that_was_spoiled_since_does_not_hide_the_running_kiosk(counter: Counter) -> None:
    with counter.running():
        counter.becomes("idle")
        counter.change("currency: ARS", "currency: ARG")
        answer = ask(counter)
        assert (answer.returncode, json.loads(answer.stdout)["state"]) == (0, "idle")
        assert "configuration" not in json.loads(answer.stdout), "it runs by the good file"
        assert f"{counter.config} has faults, see kiosk check" in answer.stderr
    stopped = ask(counter)
    assert (stopped.returncode, "did you mean ARS?" in stopped.stderr) == (2, True)
