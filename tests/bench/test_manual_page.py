"""The manual takes its figures from the bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import manual_page
from tests.bench.__main__ import scripts
from tests.bench.manual_page import PAGE, rows_in, write
from tests.bench.table import ROWS_FILE, Row, print_rows

STARTS = [
    Row("start", 1.62, 1.5, "×", "the libraries 218 ms"),
    Row("wire", None, 2, "×", "no root"),
]


def test_the_rows_that_a_script_prints_reach_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROWS_FILE, str(tmp_path / "rows"))
    page = tmp_path / "figures.md"

    print_rows(STARTS)
    print_rows([Row("memory", 53.94, 54, "MiB")])
    write({"start": rows_in(tmp_path / "rows")}, ["start"], page)

    assert page.read_text("utf-8").splitlines()[-3:] == [
        "- start: **1.62 ×** (goal ≤ 1.5 ×, not reached); the libraries 218 ms",
        "- wire: **not measured** (goal ≤ 2 ×); no root",
        "- memory: **53.9 MiB** (goal ≤ 54 MiB)",
    ]


def test_a_script_that_did_not_run_keeps_its_figures(tmp_path: Path) -> None:
    page, order = tmp_path / "figures.md", ["memory", "start"]
    write({"start": STARTS}, order, page)
    write({"memory": [Row("memory", 60, 54, "MiB")]}, order, page)
    before = page.read_text("utf-8")

    write({"memory": [Row("memory", 50, 54, "MiB")]}, order, page)

    assert page.read_text("utf-8") == before.replace("**60 MiB**", "**50 MiB**").replace(
        "54 MiB, not reached", "54 MiB"
    )
    assert before.index("## `memory`") < before.index("## `start`")


def test_the_page_in_the_manual_has_figures_of_the_bench() -> None:
    sections = manual_page._sections(PAGE)
    assert sections
    assert set(sections) <= set(scripts())
