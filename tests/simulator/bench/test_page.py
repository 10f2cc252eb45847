"""The page's server, with the daemon switched off: what it shows, what it does, whom it refuses."""

from __future__ import annotations

import io
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import zxingcpp
from PIL import Image

from kiosk.cli.manual.html_page import as_html
from kiosk.simulator.bench.documents import documents, manual_pages
from kiosk.simulator.bench.page import create_page
from kiosk.simulator.bench.page_acts import act_routes
from kiosk.simulator.bench.start import Simulation
from kiosk.simulator.scenario.scenario_file import check_scenario
from kiosk.simulator.scenario.written_steps import in_one_line
from tests.simulator.bench.bench_rig import token_in, write_config

TOKEN = "of-this-run"
ADDRESS = "http://127.0.0.1:8800"


class Visitor:
    """Somebody at the page. ``act`` sends what a button sends."""

    def __init__(self, http: httpx.AsyncClient, simulation: Simulation) -> None:
        self.http, self.simulation = http, simulation
        self.token = ""

    async def act(self, act: Any, path: str = "/act", **headers: str) -> httpx.Response:
        return await self.http.post(path, json=act, headers={"x-kiosk-token": self.token} | headers)

    async def state(self, **query: str) -> dict[str, Any]:
        state: dict[str, Any] = (await self.http.get("/state", params=query)).json()
        return state


@pytest.fixture
def visit(tmp_path: Path) -> Callable[[Callable[[Visitor], Awaitable[None]]], None]:
    """Plays a story at the page of a counter whose daemon is not started."""

    async def open_page(story: Callable[[Visitor], Awaitable[None]]) -> None:
        simulation = Simulation(write_config(tmp_path), tmp_path, 8801)
        async with anyio.create_task_group() as tasks:
            bench = simulation.bench(tasks)
            transport = httpx.ASGITransport(
                create_page(
                    bench,
                    TOKEN,
                    *documents(bench),
                    *manual_pages(as_html),
                    *act_routes(bench, TOKEN),
                )
            )
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as http:
                visitor = Visitor(http, simulation)
                visitor.token = token_in((await http.get("/")).text)
                await story(visitor)
            tasks.cancel_scope.cancel()

    return lambda story: anyio.run(open_page, story, backend="asyncio")


Visit = Callable[[Callable[[Visitor], Awaitable[None]]], None]


# --- what it shows ------------------------------------------------------------------------------


def test_the_page_comes_whole_from_this_computer(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        page = (await visitor.http.get("/")).text
        parts = re.findall(r'(?:src|href)="([^"]+)"', page)
        files = [part for part in parts if part.startswith("/static/")]
        assert set(parts) - set(files) == {"#counter", "/recording.yaml", "/report.html"}
        assert {(await visitor.http.get(part)).status_code for part in files} == {200}

    visit(story)


def test_the_manual_is_read_in_each_language_without_a_network(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        titles = {"en": "on a laptop", "es": "una computadora", "pt": "um notebook"}
        for language, title in titles.items():
            page = (await visitor.http.get(f"/manual/laptop?lang={language}")).text
            assert title in page
            others = re.findall(r'href="(/manual/[^"]+)"', page)
            assert len(others) >= 2
            assert {(await visitor.http.get(other)).status_code for other in others} == {200}
            assert {other.partition("?")[2] for other in others} == {f"lang={language}"}
        missing = await visitor.http.get("/manual/scaner")
        assert (missing.status_code, "scanner" in missing.text) == (404, True)
        assert (await visitor.http.get("/manual/..%2Findex.md")).status_code == 404

    visit(story)


def test_while_the_daemon_is_off_its_devices_are_dark(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        state = await visitor.state()
        assert (state["kiosk"], state["starts"], state["order"]) == (None, 0, None)
        assert state["counter"]["panel"]["width"] == 250
        assert state["counter"]["symbol"] == "$"
        assert [each["name"] for each in state["inputs"]] == ["fake"]
        assert (await visitor.http.get("/panel/1.png")).status_code == 404
        assert (await visitor.http.get("/panel/..%2Fstatus.json.png")).status_code == 404

    visit(story)


def test_a_page_that_is_left_open_gets_nothing_again(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        first = await visitor.state()
        assert first["complete"] is True
        again = await visitor.http.get("/state", params={"after": first["version"]})
        assert (again.status_code, again.content) == (204, b"")
        await visitor.act({"network": "slow"})
        changed = await visitor.state(after=first["version"])
        assert changed["complete"] is False
        assert [entry["title"] for entry in changed["timeline"]] == ["network: slow"]
        assert (await visitor.state(after="an-earlier-run"))["complete"] is True

    visit(story)


def test_two_languages_at_once_do_not_disturb_each_other(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        await visitor.act({"network": "unreachable"})
        said, versions = {}, {}
        for language in ("en", "es-AR,es;q=0.9", "pt-BR", "fr"):
            headers = {"accept-language": language}
            state = (await visitor.http.get("/state", headers=headers)).json()
            said[language] = state["problems"][0]
            versions[language] = state["version"]
        assert said["en"] == said["fr"] == "the network is down: no call arrives"
        assert len(set(said.values())) == 3
        again = {"after": versions["pt-BR"]}
        headers = {"accept-language": "pt-BR"}
        answer = await visitor.http.get("/state", params=again, headers=headers)
        assert answer.status_code == 204

    visit(story)


# --- what it does -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "status", "sentence"),
    [
        ({"key": "12.50"}, 409, "the kiosk is off"),
        ({"press": "cancel"}, 409, "the kiosk is off"),
        ({"send": "x\n"}, 409, "the kiosk is off"),
        ({"scan": "779"}, 409, "no input of this counter can do this"),
        ({"key": {"input": "caja", "amount": "1.00"}}, 409, "this counter has no input 'caja'"),
        ({"payer": "pays"}, 409, "sees no code"),
        ({"payer": "refunds"}, 409, "no payment"),
        ({"unplug": "toaster"}, 409, "toaster has no plug"),
        ({"person": "refunds"}, 409, "no such sale"),
        ({"key": "twelve"}, 400, "key.amount"),
        ({"clock": 61}, 400, "clock"),
        ({"power": "maybe"}, 400, "power"),
        ({"reload": "inputs: []"}, 400, "inputs can't change"),
        ({"reload": "sale: {"}, 400, "reload"),
        ({"reload": {}}, 400, "reload"),
        ({"key": "1.00", "press": "cancel"}, 400, "two steps"),
        ({"ghosts": "on"}, 400, "ghosts"),
        ({}, 400, "does nothing"),
        ([], 400, "dictionary"),
        ("key", 400, "dictionary"),
    ],
)
def test_an_act_that_is_not_possible_says_why(
    visit: Visit, act: Any, status: int, sentence: str
) -> None:
    async def story(visitor: Visitor) -> None:
        answer = await visitor.act(act)
        assert (answer.status_code, sentence in answer.json()["error"]) == (status, True), (
            answer.text
        )

    visit(story)


def test_garbage_is_answered_with_a_sentence(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        headers = {"x-kiosk-token": visitor.token, "content-type": "application/json"}
        deep = b"[" * 60_000
        for garbage in (b"", b"{", b"\xff\xfe", b'{"key": NaN}', deep, b'{"key": 1e999}'):
            answer = await visitor.http.post("/act", content=garbage, headers=headers)
            assert answer.status_code == 400, garbage[:20]
            assert answer.json()["error"]
        long = b'{"send": "' + b"x" * 70_000 + b'"}'
        answer = await visitor.http.post("/act", content=long, headers=headers)
        assert answer.status_code == 413

    visit(story)


def test_what_a_person_is_told_is_in_their_language(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        english = (await visitor.act({"payer": "pays"})).json()["error"]
        spanish = (await visitor.act({"payer": "pays"}, **{"accept-language": "es"})).json()
        assert spanish["error"] != english

    visit(story)


def test_the_network_the_plugs_and_the_clock_stay_as_they_were_set(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        await visitor.act({"network": {"status": 503}})
        await visitor.act({"unplug": "panel"})
        await visitor.act({"unplug": "lamps"})
        await visitor.act({"clock": 30})
        await visitor.act({"power": "off"})
        await visitor.act({"power": "off"})
        state = await visitor.state()
        assert (state["network"]["kind"], state["network"]["status"]) == ("status", 503)
        assert (state["unplugged"], state["clock"]) == (["panel", "lamps"], 30)
        assert state["power"] == "off"
        assert len(state["problems"]) == 5
        for act in ({"network": "ok"}, {"plug_in": "panel"}, {"plug_in": "lamps"}, {"clock": 1}):
            await visitor.act(act)
        await visitor.act({"power": "on"})
        assert (await visitor.state())["problems"] == []

    visit(story)


def test_a_counter_can_have_any_panel_that_is_known(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        for panel in ("epd-2.9", "st7789-2.0", "ssd1306-0.96"):
            assert (await visitor.act({"panel": panel}, "/counter")).status_code == 200
            seen = (await visitor.state())["counter"]["panel"]
            assert seen["name"] == panel
            assert seen["mm"]
        assert (await visitor.act({"panel": "tv"}, "/counter")).status_code == 409
        assert (await visitor.act({"tv": "yes"}, "/counter")).status_code == 400

    visit(story)


def test_codes_to_scan_can_be_read_and_a_wrong_one_says_why(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        for kind, text in (("ean13", "7790001001054"), ("code128", "CAJA-1"), ("qr", "ñandú")):
            answer = await visitor.http.get("/code.png", params={"text": text, "kind": kind})
            picture = Image.open(io.BytesIO(answer.content))
            assert [found.text for found in zxingcpp.read_barcodes(picture)] == [text]
        for text, kind in (("7790001001055", "ean13"), ("", "qr"), ("x", "tv"), ("ñ" * 999, "qr")):
            answer = await visitor.http.get("/code.png", params={"text": text, "kind": kind})
            assert answer.status_code == 400

    visit(story)


def test_the_report_has_everything_in_one_file_and_no_token(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        await visitor.act({"network": {"random": 7}})
        await visitor.act({"send": "<script>alert(1)</script>"})
        answer = await visitor.http.get("/report.html", headers={"accept-language": "es"})
        text = answer.text
        assert "attachment" in answer.headers["content-disposition"]
        assert "network: {" in text
        assert visitor.token not in text
        assert "<script" not in text
        assert 'lang="es"' in text
        assert not re.findall(r'(?:src|href)="(?!data:)', text)

    visit(story)


def test_what_was_done_is_saved_as_a_scenario_that_can_be_played(
    visit: Visit, tmp_path: Path
) -> None:
    async def story(visitor: Visitor) -> None:
        await visitor.act({"clock": 5})
        await visitor.act({}, "/recording")
        await visitor.act({"network": {"state": "unreachable", "lasts": "30 s"}})
        await visitor.act({"key": "1.00"})  # nothing happens: the kiosk is off
        answer = await visitor.http.get("/recording.yaml", headers={"accept-language": "es"})
        (tmp_path / "recorded.yaml").write_bytes(answer.content)
        steps = check_scenario(tmp_path / "recorded.yaml").required().steps
        assert [in_one_line(step) for step in steps] == [
            "network: {state: unreachable, lasts: 30 s}"
        ]

    visit(story)


# --- whom it refuses ----------------------------------------------------------------------------


def test_without_the_token_of_this_run_nothing_is_changed(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        for path in ("/act", "/counter", "/recording", "/scenario"):
            for token in ("", "of-another-run", visitor.token[:-1], "ñ"):
                headers = httpx.Headers({"x-kiosk-token": token}, encoding="utf-8")
                answer = await visitor.http.post(path, json={"network": "slow"}, headers=headers)
                assert answer.status_code == 403
        assert (await visitor.state())["network"]["kind"] == "ok"

    visit(story)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example:8800"}, 421),
        ({"host": "127.0.0.1:8801"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "application/yaml"}, 415),
    ],
)
def test_no_page_of_another_site_can_do_anything(
    visit: Visit, headers: dict[str, str], status: int
) -> None:
    async def story(visitor: Visitor) -> None:
        sent = {"x-kiosk-token": visitor.token, "content-type": "application/json"} | headers
        answer = await visitor.http.post("/act", content=b'{"network": "slow"}', headers=sent)
        assert answer.status_code == status
        assert (await visitor.state())["network"]["kind"] == "ok"
        if "host" in headers:
            for path in ("/", "/state", "/report.html", "/panel/1.png", "/static/bench.css"):
                assert (await visitor.http.get(path, headers=headers)).status_code == 421

    visit(story)


def test_every_answer_has_the_headers_that_keep_it_here(visit: Visit) -> None:
    async def story(visitor: Visitor) -> None:
        for path in ("/", "/state", "/static/bench.css", "/report.html", "/none"):
            headers = (await visitor.http.get(path)).headers
            assert headers["content-security-policy"].startswith("default-src 'self'")
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert "access-control-allow-origin" not in headers

    visit(story)
