"""``python -m tests.simulation.mutants NAME``: make a mistake, and simulate days until it shows.

A mutant is one module of the kiosk with a few words changed. It is compiled when it is imported; no
file is written. If a day breaks a promise, the program prints what happened on it and exits 1.

Without a NAME it prints a day that shows each mistake. Most days are others after a change of the
kiosk's tasks; then write these days below, so that the tests find the mistakes in seconds.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType

DAYS = 800  # as many as the whole run lives through


@dataclass(frozen=True)
class Mutant:
    """A change of the source of one module.

    ``day`` is a seed whose day shows the mistake. It comes first, which saves time. After a change
    of the simulation it may show nothing; then all days are tried. The model has no days.
    """

    module: str
    before: str
    after: str
    day: int = 0


def try_apart(program: str, mistake: str) -> subprocess.CompletedProcess[str]:
    """Run a program of mutants with one mistake, in a process that imports it again."""
    return subprocess.run(
        [sys.executable, "-m", program, mistake], capture_output=True, text=True, check=False
    )


MUTANTS = {
    "commits are not flushed": Mutant(
        "kiosk.journal.file", "PRAGMA synchronous=FULL", "PRAGMA synchronous=OFF", day=2
    ),
    "a retry uses a fresh key": Mutant(
        "kiosk.journal",
        "return Intent(key, request,",
        "import uuid; return Intent(str(uuid.uuid4()), request,",
        day=1,
    ),
    "a retry sends fresh bytes": Mutant(
        "kiosk.journal",
        "return Intent(key, request,",
        "import uuid; return Intent(key, request + b' ' * (uuid.uuid4().int % 9),",
        day=11,
    ),
    "a cancel that comes too late counts as canceled": Mutant(
        "kiosk.sale.closing",
        "    if event.failure is Failure.CONFLICT:\n",
        "    if event.failure is Failure.CONFLICT:\n"
        "        return finish(transition, phase.sale, Outcome.CANCELED, '409')\n",
        day=12,
    ),
    "time running out here is final": Mutant(
        "kiosk.sale.paying",
        "    if transition.now >= phase.until:\n",
        "    if transition.now >= phase.until:\n"
        "        from kiosk.sale.endings import finish\n"
        "        return finish(transition, phase.sale, Outcome.EXPIRED, 'time ran out')\n",
        day=7,
    ),
    "nothing is settled at boot": Mutant(
        "kiosk.shell.journal_writer", "journal.unsettled()", "()", day=1
    ),
    "an unanswered create counts as never sent": Mutant(
        "kiosk.sale.creating",
        "phase.maybe_sent or event.failure is Failure.UNKNOWN",
        "phase.maybe_sent",
        day=18,
    ),
    "a new amount does not wait for the old order": Mutant(
        "kiosk.sale.paying",
        "    return _give_up(transition.with_waiting(event), phase)\n",
        "    from kiosk.sale.phase_changes import open_sale\n"
        "    return open_sale(transition, event, transition.now)\n",
        day=19,
    ),
    "a new configuration does not wait for the sale's end": Mutant(
        "kiosk.app",
        "on.HandoverRequested and self.counter.at_rest and self.events.quiet",
        "on.HandoverRequested",
        day=7,
    ),
    "results that a power cut kept back are forgotten": Mutant(
        "kiosk.shell.journal_writer", "journal.untold()", "()", day=14
    ),
    "what is set aside is forgotten at boot": Mutant(
        "kiosk.shell.journal_writer", "journal.set_aside()", "()", day=7
    ),
    "a sale without an end keeps the counter": Mutant(
        "kiosk.sale.phase_changes",
        "return valid_until + transition.policy.set_aside_after",
        "return valid_until + 9e9",
        day=7,
    ),
    "less money counts as paid": Mutant(
        "kiosk.sale.verdict",
        "return told.amount >= sale.amount.amount or told in seen.offered",
        "return True",
        day=17,
    ),
    "payments that all failed count as paid": Mutant(
        "kiosk.sale.verdict",
        "if seen.payments and all(payment.failed for payment in seen.payments):",
        "if False:",
        day=10,
    ),
    "nobody looks again at an order that ended": Mutant(
        "kiosk.sale.endings",
        "transition = transition.with_later((*transition.counter.later, again))",
        "pass",
        day=4,
    ),
    "the register is not told a late end": Mutant(
        "kiosk.sale.later",
        "look, following).doing(ended, told)",
        "look, following).doing(ended)",
        day=51,
    ),
    "an outdated result is sent after the end": Mutant(
        "kiosk.inputs.common.reports",
        "outdated = box.take_back(",
        "outdated = (lambda _: None)(",
        day=8,
    ),
    "a sale is not told again when the broker says nothing": Mutant(
        "kiosk.fleet.mqtt.client",
        "await answered.wait()",
        "await anyio.sleep(0)",
        day=44,
    ),
    "it is forgotten which sales the broker has": Mutant(
        "kiosk.fleet.sale_topic",
        "await self._ask(lambda journal: journal.broker_has(end.number))",
        "await anyio.sleep(1)",
    ),
    "sales before the first connection are not told": Mutant(
        "kiosk.shell.fleet_link",
        "[self._hints.run, sales.begin]",
        "[self._hints.run]",
        day=28,
    ),
    "the number of an amount is not kept": Mutant(
        "kiosk.sale.phase_changes",
        "amount_id=reading.amount_id",
        "amount_id=''",
        day=128,
    ),
    "the link waits for a broker that never answers": Mutant(
        "kiosk.fleet.mqtt.client", "ANSWER_TAKES = 20.0", "ANSWER_TAKES = 9e9", day=12
    ),
}


class MutantFinder(MetaPathFinder):
    """Finds the mutant instead of the module."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec
        assert isinstance(spec.loader, SourceFileLoader)
        spec.loader = MutantLoader(fullname, spec.loader.path, self._mutant)
        return spec


class MutantLoader(SourceFileLoader):
    """Compiles the changed source, and does not use the cache of compiled modules."""

    def __init__(self, fullname: str, path: str, mutant: Mutant) -> None:
        super().__init__(fullname, path)
        self._mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_data(self.path).decode()
        assert self._mutant.before in source, "the mutant no longer fits the code: correct it"
        return self.source_to_code(
            source.replace(self._mutant.before, self._mutant.after).encode(), self.path
        )


def main() -> int:
    """Simulate the days of one mutant, or find the days of all."""
    if not sys.argv[1:]:
        for name in MUTANTS:
            said = try_apart("tests.simulation.mutants", name).stdout
            print(f"{said.partition(chr(10))[0]}: {name}", flush=True)
        return 0
    mutant = MUTANTS[sys.argv[1]]
    sys.meta_path.insert(0, MutantFinder(mutant))
    simulation = importlib.import_module("tests.simulation.__main__")  # imports the kiosk
    bad = simulation.bad_day_among([mutant.day, *range(DAYS)])
    print(bad or f"{DAYS} days: every promise kept")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
