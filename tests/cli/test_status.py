"""What ``kiosk status`` prints for people."""

from __future__ import annotations

import json
import os
from typing import Any

from tests.cli.conftest import Shell


def write(shell: Shell, **status: Any) -> None:
    whole = {"state": "idle", "reference": None, "health": {"token": "ok"}, "pid": os.getpid()}
    (shell.folder / "status.json").write_text(json.dumps(whole | status))


def test_what_people_must_do_something_about_is_printed(shell: Shell) -> None:
    sentence = "sale k-1 is set aside; run: kiosk orders settle k-1 --as OUTCOME --note TEXT"
    write(shell, problems=[sentence], set_aside=["k-1"])
    assert shell.run("status") == f"idle\n  token: ok\n  problem: {sentence}\n"
    assert shell.run("status", "--json")["problems"] == [sentence]


def test_the_status_of_an_earlier_version_has_no_problems(shell: Shell) -> None:
    write(shell)
    assert shell.run("status") == "idle\n  token: ok\n"
