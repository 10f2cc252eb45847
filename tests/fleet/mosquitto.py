"""A real Mosquitto with the shipped example of its configuration, and clients that are not ours."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli.chain.chain_add import RULES
from tests.fleet.memory_broker import check
from tests.support.processes import LONG_ENOUGH, eventually, free_port

EXAMPLES = Path(__file__).parents[2] / "config" / "fleet"
PASSWORD = "none-of-your-business"
FLEET = """
fleet:
  broker: mqtt://127.0.0.1:{port}
  shop: shop1
  password: {{env: BROKER_PASSWORD}}
"""

ACCOUNTS = (
    *("shop1/counter-1", "shop1/counter-2", "register-shop1", "relay", "viewer", "manager"),
    "admin",
)

needs_mosquitto = pytest.mark.skipif(
    not all(map(shutil.which, ("mosquitto", "mosquitto_passwd", "mosquitto_sub"))),
    reason="mosquitto is missing; on Debian: sudo apt install mosquitto mosquitto-clients",
)


class Mosquitto:
    """The broker, and what its viewer hears."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._write_configuration()

    @property
    def section(self) -> str:
        """The section ``fleet:`` of a kiosk at this broker."""
        return FLEET.format(port=self.port)

    def _write_configuration(self) -> None:
        passwords = self.folder / "passwords"
        for account in ACCOUNTS:
            create = [] if passwords.exists() else ["-c"]
            words = ["mosquitto_passwd", "-b", *create, str(passwords), account, PASSWORD]
            subprocess.run(words, check=True, capture_output=True)
        shutil.copy(EXAMPLES / "acl", self.folder / "acl")
        lines = (EXAMPLES / "mosquitto.conf").read_text().splitlines()
        kept = [line for line in lines if not line.startswith(("cafile", "certfile", "keyfile"))]
        text = "\n".join(kept).replace("/etc/mosquitto/kiosk", str(self.folder))
        text = text.replace("listener 8883", f"listener {self.port} 127.0.0.1")
        text += f"\npersistence_location {self.folder}/\nuser root\n"
        (self.folder / "mosquitto.conf").write_text(text)

    def encrypt(self) -> None:
        """Serve TLS from the next start on, with the files ca.crt, broker.crt and broker.key."""
        names = ("cafile ca.crt", "certfile broker.crt", "keyfile broker.key")
        lines = "".join(f"\n{name.replace(' ', f' {self.folder}/')}" for name in names)
        with (self.folder / "mosquitto.conf").open("a") as file:
            file.write(lines + "\n")

    def start(self) -> None:
        """Start it, and wait until it listens."""
        with (self.folder / "mosquitto.log").open("ab") as log:
            words = ["mosquitto", "-c", str(self.folder / "mosquitto.conf")]
            self._process = subprocess.Popen(words, stdout=log, stderr=log)
        eventually(self._listens)

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        assert self._process
        self._process.kill()
        self._process.wait(LONG_ENOUGH)

    def stop(self) -> None:
        """Stop it as systemd does: it keeps its sessions."""
        assert self._process
        self._process.terminate()
        self._process.wait(LONG_ENOUGH)

    def publish(self, account: str, topic: str, payload: str, *, retain: bool = False) -> str:
        """Publish with mosquitto_pub; return what it complains about."""
        words = ["mosquitto_pub", *self._account(account), "-t", topic, "-m", payload, "-q", "1"]
        words += ["-r"] if retain else []
        done = subprocess.run(words, check=False, capture_output=True, text=True)
        return done.stderr

    def request(self, account: str, topic: str, payload: str, response_topic: str) -> str:
        """Publish with mosquitto_rr, and return the first answer in the response topic."""
        words = ["mosquitto_rr", *self._account(account), "-t", topic, "-m", payload, "-q", "1"]
        words += ["-e", response_topic, "-W", "60"]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout

    @contextmanager
    def viewer(self, kept_for: int = 0) -> Iterator[Viewer]:
        """Listen to all kiosks with mosquitto_sub.

        ``kept_for``: the seconds for which the broker keeps what comes while the viewer is away.
        """
        heard = self.folder / "heard"
        words = [
            "stdbuf",
            "-oL",
            "mosquitto_sub",
            *self._account("viewer"),
            "-t",
            "kiosk/v1/#",
            "-q",
            "1",
            *(["-c", "-i", "viewer", "-x", str(kept_for)] if kept_for else []),
        ]
        with heard.open("wb") as out:
            process = subprocess.Popen([*words, "-F", "%t %p"], stdout=out)
        try:
            yield Viewer(heard)
        finally:
            process.kill()
            process.wait(LONG_ENOUGH)

    def _account(self, name: str) -> list[str]:
        return ["-p", str(self.port), "-V", "5", "-u", name, "-P", PASSWORD]

    def _listens(self) -> bool:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False


class Viewer:
    """What a viewer has heard so far."""

    def __init__(self, heard: Path) -> None:
        self._heard = heard

    def messages(self, topic: str) -> list[dict[str, Any]]:
        """Return the messages of the topics that end so, oldest first."""
        lines = self._heard.read_text().splitlines()
        pairs = [line.partition(" ")[::2] for line in lines]
        for name, payload in pairs:
            if "/in/" not in name:
                check(name, payload.encode())
        return [json.loads(payload) for name, payload in pairs if name.endswith(topic)]

    def hears(self, topic: str, **fields: Any) -> dict[str, Any]:
        """Wait for a message with these values, and return it."""

        def find() -> dict[str, Any] | None:
            found = (each for each in self.messages(topic) if fields.items() <= each.items())
            return next(found, None)

        try:
            return eventually(find) or {}
        except AssertionError:
            raise AssertionError(self._heard.read_text()) from None


@contextmanager
def running_broker(
    folder: Path, more_rules: str = "", *, patterns: bool = True
) -> Iterator[Mosquitto]:
    """Run a broker while the body runs, with the shipped rules and perhaps more.

    Without ``patterns``, with the lines for each kiosk that Mosquitto 2.1 needs in their place.
    """
    broker = Mosquitto(folder)
    acl = folder / "acl"
    rules = acl.read_text()
    if not patterns:
        lines = [line for line in rules.splitlines() if not line.startswith("pattern ")]
        kiosks = [each for each in ACCOUNTS if "/" in each]
        rules = "\n".join([*lines, *(RULES.format(account=each) for each in kiosks), ""])
    acl.write_text(rules + more_rules)
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()
