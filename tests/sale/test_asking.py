"""When the service is asked again."""

from __future__ import annotations

import pytest

from kiosk.sale.asking import NEVER, Asking, delay


@pytest.mark.parametrize("failures", range(12))
def test_the_pause_grows_with_each_failure_up_to_15_s(failures: int) -> None:
    usual = min(2.0 * 1.6**failures, 15.0)
    pauses = {delay(f"K-{number}", 1, failures) for number in range(200)}
    assert usual * 0.9 <= min(pauses) < usual * 0.92
    assert usual * 1.08 < max(pauses) <= usual * 1.1


def test_the_pause_depends_on_the_sale_and_the_number_of_the_question() -> None:
    assert delay("K-1", 1, 0) == delay("K-1", 1, 0)
    assert len({delay(seed, asked, 0) for seed in ("K-1", "K-2") for asked in (1, 2)}) == 4


def test_the_service_may_ask_for_a_longer_pause_but_not_for_a_shorter_one() -> None:
    assert delay("K-1", 1, 0, retry_after=30.0) == 30.0
    assert delay("K-1", 1, 0, retry_after=0.5) == delay("K-1", 1, 0)


def test_one_question_after_another() -> None:
    asking = Asking("K-1")
    assert (asking.due, asking.underway) == (NEVER, False)
    asking = asking.sent()
    assert (asking.due, asking.underway, asking.asked) == (NEVER, True, 1)
    assert asking.at(5.0) == asking, "it is underway already"
    asking = asking.failed(100.0, None).sent().failed(200.0, None)
    assert (asking.underway, asking.failures) == (False, 2)
    assert asking.due == 200.0 + delay("K-1", 2, 2)
    asking = asking.sent().answered(300.0)
    assert (asking.underway, asking.failures) == (False, 0)
    assert asking.due == 300.0 + delay("K-1", 3, 0)
    assert asking.at(305.0).due == 305.0
