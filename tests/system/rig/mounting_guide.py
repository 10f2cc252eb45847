"""The manual's page start/mounting.md, to be followed to the letter in a booted system."""

from __future__ import annotations

from pathlib import Path

import kiosk
from kiosk.cli.manual.fences import Fence, fences
from tests.system.rig.board import Register, Scanner
from tests.system.rig.shop import BLUE, BUZZER, GREEN, Shop

PAGE = Path(kiosk.__file__).parent / "manual/start/mounting.md"
RED = 17  # what the page says; DC of the rig's panels on SPI needs another line
TOKEN = "TEST-4934588586838432-112233-8a7b6c5d4e3f-241983636"
_ASKED = "[y/n]: "


def step(see: str, line: str | None = None, **more: str) -> dict[str, str]:
    """Return a step of a technician: see these words, and type this line."""
    return {"see": see, **({} if line is None else {"type": line}), **more}


def blocks(section: str) -> list[Fence]:
    """Return the blocks of a section: ``Step 5: Set it up``."""
    _before, _heading, text = PAGE.read_text().partition(f"\n## {section}\n")
    assert text, f"{PAGE} has no section {section}"
    return [*fences(text.partition("\n## ")[0])]


def commands(section: str) -> list[list[str]]:
    """Return the commands of each console block of a section, without sudo: root runs them."""
    return [
        [line.removeprefix("$ ").removeprefix("sudo ") for line in block.body.splitlines()]
        for block in blocks(section)
        if block.name == "console"
    ]


def answers() -> list[tuple[str, str]]:
    """Return each question of kiosk setup on the page, and what to type."""
    _before, _heading, text = PAGE.read_text().partition("| it asks | you type |\n|---|---|\n")
    rows = text.partition("\n\n")[0].splitlines()
    return [(row.split("|")[1].strip(), row.split("|")[2].strip()) for row in rows]


def steps_of_setup(shop: Shop) -> list[dict[str, str]]:
    """Return what the technician sees, types and does in ``kiosk setup``."""
    steps = [step("Access token", "BAD"), step("The token is not right")]
    for question, answer in answers():
        steps += _of_row(question, answer, shop)
    return [*steps, step("order canceled: ")]


def _of_row(question: str, answer: str, shop: Shop) -> list[dict[str, str]]:
    """Return the steps of a row, and what somebody else would do or look at meanwhile."""
    code = answer.split("`")[1] if "`" in answer else ""
    match question:
        case "Access token":
            return [step(question, TOKEN), step("The token is right: TESTUSER")]
        case "Panel, by chip and inches":
            found = [
                "Found a panel: /dev/i2c-1, 0x3C.",
                f"Found a serial port: {Register.PORT}.",
                "Found a scanner or keyboard: /dev/input/event",
            ]
            return [*map(step, found), step(question, code)]
        case "Find a register or a scanner by using it now?":
            assert "ring up a total" in answer
            rings = f"printf 'TOTAL 22,50\\r\\n' >{shop.register.FIFO}"
            scans = f"cat /run/keys >{shop.scanner.FIFO}"
            return [
                step(question, code),
                step("Ring up a total", again=rings),
                step(f"{Register.PORT} sends."),
                step("by using it now?", "y"),  # this shop has a scanner, too
                step("Ring up a total", again=scans),
                step(f"{Scanner.NAME} sends."),
            ]
        case "Create it?":
            return [step(question, code), step("Created the point of sale CAJA1.")]
        case _:
            return [step(question, code, **_looks_at(question, shop))]


def _looks_at(question: str, shop: Shop) -> dict[str, str]:
    """Return what a person looks at before the answer."""

    def is_at(level: int, *lines: int) -> str:
        # A passive buzzer's line goes up and down.
        files = [shop.lines.value_of(line) for line in lines]
        return " && ".join(
            f"timeout 20 sh -c 'until grep -q {level} {file}; do :; done'" for file in files
        )

    checks = {
        "Is the square black on white?": f"cp {shop.buses.RECORD} /run/card",
        "Is the red lamp on?": is_at(1, RED),
        "Is the green lamp on?": is_at(1, GREEN),
        "Is the blue lamp on?": is_at(1, BLUE),
        "Are all lamps off now?": is_at(0, RED, GREEN, BLUE),
        "Do you hear the buzzer?": is_at(1, BUZZER),
    }
    return {"check": checks[question]} if question in checks else {}


def dialog(block: Fence, shop: Shop) -> tuple[list[str], list[dict[str, str]]]:
    """Return the command of a ``device-test`` block, and the steps of its dialog."""
    first, *lines = block.body.splitlines()
    steps = []
    for line in lines:
        question, asked, answer = line.partition(_ASKED)
        if asked:
            steps.append(step(question + asked, answer))
        elif line.startswith("Ring up a total"):
            steps.append(step(line, again=f"printf 'TOTAL 1.234,56\\r\\n' >{shop.register.FIFO}"))
    return first.removeprefix("$ sudo ").split(), steps


def words(text: str) -> list[str]:
    """Return the words on a terminal, however its lines are broken."""
    return text.split()
