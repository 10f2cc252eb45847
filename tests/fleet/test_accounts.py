"""The shipped rules at a real broker: each account can do exactly what it should."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import anyio
import pytest

from kiosk.cli.chain.chain_add import RULES
from kiosk.fleet.broker import Broker, opened
from kiosk.fleet.mqtt.client import Client, connected
from kiosk.fleet.mqtt.vocabulary import Login, MessageRefused, MqttMessage
from tests.fleet.mosquitto import (
    ACCOUNTS,
    EXAMPLES,
    PASSWORD,
    Mosquitto,
    needs_mosquitto,
    running_broker,
)

pytestmark = needs_mosquitto

PAGE = Path(__file__).parents[2] / "kiosk/manual/start/fleet.md"
MINE, OTHER, FAR = (
    "kiosk/v1/shop1/counter-1",
    "kiosk/v1/shop1/counter-2",
    "kiosk/v1/shop2/counter-1",
)
BELOW = ("state", "sale", "health", "out/amount", "out/answer", "in/amount", "in/hint", "in/ask")
HOME = "homeassistant/device/shop1/counter-{}/config"
TOPICS = {f"{root}/{topic}" for root in (MINE, OTHER, FAR) for topic in BELOW}
TOPICS |= {HOME.format(1), HOME.format(2), f"{MINE}/out/amount/till4", "elsewhere"}
TOLD = {"state", "sale", "health", "out/amount", "out/answer"}
ASKED = {"in/amount", "in/hint", "in/ask"}


def below(topics: set[str], *roots: str) -> set[str]:
    return {f"{root}/{topic}" for root in roots for topic in topics}


EVERY = MINE, OTHER, FAR
MAY_WRITE = {
    "shop1/counter-1": below({*TOLD, "out/amount/till4"}, MINE) | {HOME.format(1)},
    "shop1/counter-2": below(TOLD, OTHER) | {HOME.format(2)},
    "register-shop1": below({"in/amount"}, MINE, OTHER),
    "relay": below({"in/hint"}, *EVERY),
    "viewer": below({"in/ask"}, *EVERY),
    "manager": below({"in/ask", "state", "health"}, *EVERY) | {HOME.format(1), HOME.format(2)},
}
MAY_READ = {
    "shop1/counter-1": below(ASKED, MINE),
    "shop1/counter-2": below(ASKED, OTHER),
    "register-shop1": below({"out/amount"}, MINE, OTHER) | {f"{MINE}/out/amount/till4"},
    "relay": below({"state", "sale"}, *EVERY),
    "viewer": below(TOLD | ASKED, *EVERY) | {f"{MINE}/out/amount/till4"},
    "manager": below(TOLD | ASKED, *EVERY) | {f"{MINE}/out/amount/till4"},
}


ALL_RULES = "\nuser admin\ntopic readwrite #\n"  # of an account more, which may do everything


class Heard:
    """Keeps the topics that an account hears."""

    def __init__(self) -> None:
        self.topics: set[str] = set()

    async def take(self, message: MqttMessage) -> None:
        self.topics.add(message.topic)


@asynccontextmanager
async def client_of(broker: Mosquitto, account: str, heard: Heard) -> AsyncIterator[Client]:
    place = Broker("127.0.0.1", broker.port, tls=False, ca="")
    login = Login(account, PASSWORD.encode(), session_kept=0)
    async with opened(place.open) as stream, connected(stream, login, heard.take) as client:
        await client.subscribe("#", retained=True)  # with QoS 0, so nothing waits in a queue
        yield client


async def written_by(client: Client) -> set[str]:
    """Return the topics in which the broker takes a message of this client."""
    taken = set()
    for topic in sorted(TOPICS):
        with suppress(MessageRefused):
            await client.publish(MqttMessage(topic, b"{}"))
            taken.add(topic)
    return taken


def who_may_what(broker: Mosquitto) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return in which topics each account can write, and which it hears."""
    written: dict[str, set[str]] = {}
    heard: dict[str, Heard] = defaultdict(Heard)

    async def run() -> None:
        async with AsyncExitStack() as stack:
            clients = {
                account: await stack.enter_async_context(client_of(broker, account, heard[account]))
                for account in ACCOUNTS
            }
            for account in MAY_WRITE:
                written[account] = await written_by(clients[account])
            assert await written_by(clients["admin"]) == TOPICS
            for client in clients.values():  # what was sent before it has come, too
                await client.subscribe("elsewhere/done")

    anyio.run(run)
    return written, {account: heard[account].topics for account in MAY_READ}


@pytest.mark.parametrize("patterns", [True, False], ids=["patterns", "lines for each kiosk"])
def test_each_account_writes_and_reads_what_it_should(tmp_path: Path, patterns: bool) -> None:
    with running_broker(tmp_path, ALL_RULES, patterns=patterns) as broker:
        written, read = who_may_what(broker)
    assert written == MAY_WRITE
    assert read == MAY_READ


def test_the_script_of_the_manual_writes_the_lines_for_each_kiosk(tmp_path: Path) -> None:
    (script,) = re.findall(r"```sh\n(.*?)systemctl.*?```", PAGE.read_text(), re.DOTALL)
    shutil.copy(EXAMPLES / "acl", tmp_path)
    (tmp_path / "passwords").write_text("viewer:$7$101$x\nshop1/k1:$7$101$y\nshop2/k-1:$7$101$z\n")
    here = script.replace("/etc/mosquitto/kiosk", str(tmp_path))
    subprocess.run(["sh", "-e"], input=here, check=True, text=True)
    acl = (tmp_path / "acl").read_text()
    for account in ("shop1/k1", "shop2/k-1"):
        assert RULES.format(account=account) in acl
    assert "user viewer\ntopic read kiosk/v1/#" in acl
    assert "\npattern" not in acl
    assert sorted(path.name for path in tmp_path.iterdir()) == ["acl", "passwords"]


def test_the_lines_for_each_kiosk_say_the_same_as_the_patterns() -> None:
    patterns = [line for line in (EXAMPLES / "acl").read_text().splitlines() if "%u" in line]
    rules = [line.replace("pattern", "topic").replace("%u", "{account}") for line in patterns]
    assert RULES.splitlines() == ["user {account}", *(it for it in rules if it[0] != "#")]
