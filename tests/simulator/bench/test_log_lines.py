"""What the bench reads in the daemon's log."""

from __future__ import annotations

import time

import pytest

from kiosk.simulator.bench.log_lines import LogLines


def shown_by(line: str) -> LogLines:
    log = LogLines()
    log.append(line)
    return log


@pytest.mark.parametrize("ago", [0.0, 7.5, 3_700.0])
def test_a_screen_has_the_time_of_its_line_however_late_it_is_read(ago: float) -> None:
    written = time.time() - ago
    stamp = time.strftime("%H:%M:%S", time.localtime(written)) + f".{int(written % 1 * 1000):03}"
    sale = "INFO    kiosk.sale: sale counter-1-E0S53H57-1: "
    (screen,) = shown_by(f"{stamp} {sale}panel shows paid, code 53H 571").asked_for
    assert (screen.screen, screen.sale) == ("paid", "counter-1-E0S53H57-1")
    assert screen.logged_at == pytest.approx(written, abs=0.01)


def test_a_line_without_a_time_is_of_now() -> None:
    before = time.time()
    (screen,) = shown_by("kiosk.sale: panel shows out_of_service (network)").asked_for
    assert (screen.screen, screen.reason) == ("out_of_service", "network")
    assert before <= screen.logged_at <= time.time()
