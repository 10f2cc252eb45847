"""``kiosk fleet remove`` on virtual time: what the broker keeps of a counter is emptied."""

from __future__ import annotations

from kiosk.base.errors import KioskError
from kiosk.base.retry import reason_of
from kiosk.cli.chain.chain_account import Connect
from kiosk.cli.chain.chain_remove import forgotten
from tests.cli.chain.performed import perform
from tests.fleet.viewer.chain import ChainBroker, goodbye, health, state

KEPT = "homeassistant/device/shop1/k1/config", "kiosk/v1/shop1/k1/health", "kiosk/v1/shop1/k1/state"


def broker() -> ChainBroker:
    """Return a broker with a counter that was stopped, and one that is connected."""
    return ChainBroker(
        {"shop1/k1/state": goodbye(), "shop1/k1/health": health(), "shop1/k2/state": state()}
    )


def remove(broker: ChainBroker, word: str) -> str:
    async def act(connect: Connect) -> str:
        return await forgotten(connect, word)

    return perform(broker, act)


def refusal(broker: ChainBroker, word: str) -> str:
    """Return why a counter is not removed."""
    reason = ""
    try:
        remove(broker, word)
    except* KioskError as group:
        reason = reason_of(group)
    return reason


def test_all_that_is_kept_of_it_is_emptied_and_its_state_last() -> None:
    chain = broker()
    assert remove(chain, "k1") == "shop1/k1"
    assert tuple(chain.emptied) == KEPT


def test_one_that_is_connected_stays() -> None:
    chain = broker()
    assert refusal(chain, "k2").startswith("shop1/k2: it is connected; stop the kiosk first")
    assert chain.emptied == []


def test_one_that_nobody_knows_is_not_guessed() -> None:
    assert refusal(broker(), "k3").startswith("k3: the broker knows no such counter")


def test_an_account_that_may_not_leaves_the_counter_in_the_list() -> None:
    chain = broker()
    chain.refused = KEPT[1]
    assert refusal(chain, "k1").startswith("this account may not remove counters; use one that")
    assert chain.emptied == [KEPT[0]]
