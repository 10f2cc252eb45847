"""``kiosk --help``, shell completion, and Ctrl-C while a command starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli.verbs import EXAMPLES, FILE_OF, GROUPS
from tests.config.counter import COUNTER

KIOSK = Path(sys.executable).with_name("kiosk")  # the shell completes by its name
HIDDEN = {"safe-mode", "simulate-api"}

# Sends SIGINT to itself as soon as a certain module is imported: the user was impatient.
IMPATIENT = """
import os, signal, sys
from kiosk.cli import main
wanted, sys.argv = sys.argv[1], ["kiosk", *sys.argv[2:]]
class Impatient:
    pressed = False
    def find_spec(self, name, path=None, target=None):
        if name == wanted and not self.pressed:
            self.pressed = True
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Impatient())
main()
"""


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(KIOSK), *words], capture_output=True, text=True, check=False, env=os.environ | environ,

    )  # fmt: skip


def test_every_verb_is_in_a_group_with_examples_below() -> None:
    assert set(GROUPS) == {*FILE_OF.values()}
    said = run("--help").stdout
    for title in GROUPS.values():
        assert f"\n{title}:\n" in said
    listed = {
        line.split()[0] for line in said.splitlines() if line.startswith("  ") and line.split()
    }
    assert set(FILE_OF) - listed == HIDDEN
    examples = said.split("Examples:")[1]
    assert all(line in examples for line in EXAMPLES)


@pytest.mark.parametrize("verb", sorted(HIDDEN))
def test_a_hidden_verb_has_its_help(verb: str) -> None:
    assert f"kiosk {verb}" in run(verb, "--help").stdout


@pytest.mark.slow
@pytest.mark.parametrize("example", sorted(EXAMPLES))
def test_each_example_is_right_usage(example: str, tmp_path: Path) -> None:
    words = example.split()[1:]
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", *words], capture_output=True, text=True, check=False,
        cwd=tmp_path, stdin=subprocess.DEVNULL, timeout=60,
    ) if "--watch" not in words else run(*words, "--for", "0")  # fmt: skip
    assert "Usage:" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("kiosk st", "status"), ("kiosk orders ref", "refund"),
        pytest.param("kiosk status --wa", "--watch", marks=pytest.mark.slow),
        pytest.param("kiosk test lig", "lights", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_the_shell_completes_what_is_typed(typed: str, completed: str) -> None:
    at = str(len(typed.split()) - 1)
    done = run(_KIOSK_COMPLETE="complete_bash", COMP_WORDS=typed, COMP_CWORD=at)
    assert completed in done.stdout.split()


def test_the_completion_is_installed_for_a_shell(tmp_path: Path) -> None:
    script = f"{KIOSK} --install-completion; exit $?"  # it installs for the shell that started it
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=False,
        env=os.environ | {"HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "complete" in (tmp_path / ".bash_completions/kiosk.sh").read_text()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("typer", "--version"),
        ("kiosk.cli.verbs", "--help"),
        ("kiosk.cli.verbs.sales_verbs", "--help"),
        ("pydantic", "check"),
        ("yaml", "check"),
        ("anyio", "status"),
        ("kiosk.cli.run", "run"),
        ("kiosk.app", "run"),
        ("PIL", "preview"),
        ("kiosk.wiring.plan", "wiring"),
        ("rich", "manual"),
        ("kiosk.cli.examination", "doctor"),
        ("kiosk.cli.first_start.questions", "setup"),
    ],
)
def test_ctrl_c_while_a_command_starts_is_no_traceback(
    module: str, words: str, tmp_path: Path
) -> None:
    config = tmp_path / "kiosk.yaml"
    config.write_text(COUNTER)
    file = {"check": [str(config)], "status": ["-c", str(config)], "run": ["-c", str(config)]} | {
        "preview": ["--panel", "epd-2.13", "--screen", "idle", "-o", str(tmp_path / "a.png")],
        "wiring": [str(config)], "manual": ["mounting"], "doctor": [str(config)],
        "setup": ["-c", str(tmp_path / "new.yaml")],
    }  # fmt: skip
    command = [sys.executable, "-c", IMPATIENT, module, words, *file.get(words, [])]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"KIOSK_TOKEN": "T"}
    )
    assert (done.returncode, done.stderr) == (130, "")
