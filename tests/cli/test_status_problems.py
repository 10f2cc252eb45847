"""``kiosk status`` names what people must do something about."""

from __future__ import annotations

import json
import os

from tests.cli.conftest import Shell

PROBLEM = (
    "sale k-1 of 20.00 ARS is set aside; run: kiosk orders settle k-1 --as OUTCOME --note TEXT"
)


def test_the_problems_are_printed(shell: Shell) -> None:
    state = {"state": "idle", "reference": None, "health": {"network": "ok"}, "inputs": {}}
    live = {**state, "pid": os.getpid(), "set_aside": ["k-1"], "problems": [PROBLEM]}
    (shell.folder / "status.json").write_text(json.dumps(live))
    assert shell.run("status").splitlines() == ["idle", "  network: ok", f"  problem: {PROBLEM}"]
    assert shell.run("status", "--json")["problems"] == [PROBLEM]
