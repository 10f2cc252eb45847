"""What the daemon tells systemd, from its start to its end."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.rig import Api, Counter, Register
from tests.e2e.unit import started
from tests.support.processes import LONG_ENOUGH


def test_from_the_start_to_the_end(
    api: Api, register: Register, counter: Counter, tmp_path: Path
) -> None:
    """READY comes when the first screen is out and the open sale is being settled."""
    counter.change("result_shown_for: 8 s", "result_shown_for: 1 s")
    counter.loses_power_in_mid_sale(register)
    for frame in (counter.folder / "frames").iterdir():
        frame.unlink()
    with started(counter, tmp_path / "notify") as unit:
        unit.hears("EXTEND_TIMEOUT_USEC=300000000")
        unit.hears("STATUS=starting")
        unit.hears("STATUS=sale counter-1-")
        unit.hears("READY=1")
        assert list((counter.folder / "frames").iterdir()), "the first screen is out"
        unit.hears("WATCHDOG=1")
        unit.hears("STATUS=ready to sell")
        unit.daemon.terminate()
        unit.hears("STOPPING=1")
        assert unit.daemon.wait(LONG_ENOUGH) == 0
    assert register.hears().startswith(b"FAIL canceled ")


def test_without_a_panel_it_is_ready_too_and_says_so(
    api: Api, register: Register, counter: Counter, tmp_path: Path
) -> None:
    unplugged = tmp_path / "unplugged"
    unplugged.touch()
    counter.change("size: 250x122", f"size: 250x122, fail_while: {unplugged}")
    with started(counter, tmp_path / "notify") as unit:
        unit.hears("READY=1")
        unit.hears("STATUS=out of service: panel (the panel does not work)")
        unplugged.unlink()
        unit.hears("STATUS=ready to sell")
