"""The page of ``kiosk fleet serve``: what it shows, and whom it answers."""

from __future__ import annotations

import json
import re
from typing import Any

import anyio
import httpx
import pytest

from kiosk.cli.chain.chain_page import page
from kiosk.cli.chain.chain_serve import application
from kiosk.cli.chain.chain_watch import ChainWatch
from kiosk.fleet.viewer.chain_counters import ChainCounters, CounterMessage
from tests.fleet.viewer.chain import sale, state, will


def counters(**told: dict[str, Any]) -> ChainCounters:
    """Return counters of shop1, each with its state."""
    known = ChainCounters()
    for name, message in told.items():
        known.take(CounterMessage(f"shop1/{name}", "state", json.dumps(message).encode()))
    return known


def test_counters_that_are_not_well_come_first_with_what_is_wrong() -> None:
    known = counters(k1=state(), k2=will())
    known.take(CounterMessage("shop1/k1", "sale", json.dumps(sale()).encode()))
    text = page(known, "")
    assert text.index("shop1/k2") < text.index("shop1/k1")
    assert "<li>it has no power or no network</li>" in text
    assert "paid 12.50 ARS" in text
    assert "<title>(1) All counters</title>" in text
    assert 'role="alert"' not in text


def test_a_broker_that_is_away_is_said_and_the_counters_stay() -> None:
    text = page(counters(k1=state()), "the broker is silent for 90 s")
    assert 'role="alert">the broker is silent for 90 s<' in text
    assert "shop1/k1" in text


def test_a_chain_without_counters_says_what_to_check() -> None:
    assert "no counter is known to the broker; check" in page(ChainCounters(), "")


def test_it_speaks_the_language_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "es")
    text = page(counters(k1=will()), "")
    assert '<html lang="es">' in text
    assert "no tiene corriente o no tiene red" in text


def test_what_a_kiosk_tells_is_text_and_no_markup() -> None:
    evil = "</style><script>alert(1)</script>\x1b[2J"
    told = state(problems=[evil, "x" * 5000], version=evil, since=evil, state="paying")
    text = page(counters(k1=told), evil)
    assert "<script" not in text
    assert "\x1b" not in text
    assert len(re.findall("</style>", text)) == 1
    assert len(text) < 10_000


def test_only_this_computer_is_answered_and_nothing_else_is_loaded() -> None:
    async def asked() -> None:
        app = httpx.ASGITransport(application(ChainWatch(lambda *_: None, lambda: None)))
        async with httpx.AsyncClient(transport=app, base_url="http://127.0.0.1:8802") as browser:
            answer = await browser.get("/")
            assert answer.status_code == 200
            assert answer.headers["refresh"] == "5"
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
            for host, status in (("localhost:8802", 200), ("evil.example", 400)):
                assert (await browser.get("/", headers={"host": host})).status_code == status
            assert (await browser.post("/")).status_code == 405
            assert (await browser.get("/other")).status_code == 404

    anyio.run(asked)
