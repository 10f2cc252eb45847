"""The ring of a counter is that of the installer; a version that did not work is read."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.box.system import System
from kiosk.fleet.health_topic import update_facts

INSTALLER = Path(__file__).parents[2] / "scripts/installer"
MACHINE = "0123456789abcdef0123456789abcdef"


def computer(folder: Path, files: dict[str, str]) -> System:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return System(root=folder)


def test_the_ring_is_the_number_of_the_installer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(INSTALLER / "bundle"))
    judgement = importlib.import_module("judgement")

    def takes(share: int) -> bool:
        try:
            judgement.wait_for_others(SimpleNamespace(share=share, version="1.5.0"), MACHINE)
        except judgement.NotYet:
            return False
        return True

    ring = update_facts(computer(tmp_path, {"etc/machine-id": f"{MACHINE}\n"})).ring
    assert ring is not None
    assert [takes(share) for share in range(101)] == [share > ring for share in range(101)]
    for name in ("judgement", "manifest"):
        monkeypatch.delitem(sys.modules, name)


def test_different_computers_have_different_rings(tmp_path: Path) -> None:
    rings = {
        update_facts(computer(tmp_path, {"etc/machine-id": f"{number:032x}"})).ring
        for number in range(500)
    }
    assert len(rings) > 90


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("release 1.5.0-0a1b2c3d: it did not become ready: kiosk: no\n", "1.5.0"),
        ("release 1.5.0.post2+gabc123-0a1b2c3d: x\n", "1.5.0.post2+gabc123"),
        ("", ""),
        ("half of a li", ""),
        ("\0" * 4096, ""),
        (f"release {'9' * 5000}-0a1b2c3d: x", ""),
    ],
)
def test_the_version_that_did_not_work(text: str, version: str, tmp_path: Path) -> None:
    facts = update_facts(computer(tmp_path, {"opt/kiosk/refused": text}))
    assert (facts.ring, facts.refused) == (None, version)
