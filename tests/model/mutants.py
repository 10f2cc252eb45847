"""``python -m tests.model.mutants NAME``: make a mistake in the kiosk, and explore a variant.

If the model finds it, the program prints the shortest play that shows it, and exits 1.
"""

from __future__ import annotations

import importlib
import sys

from tests.simulation.mutants import Mutant, MutantFinder

MOST = 300_000  # states; each mistake shows much earlier

WIRE, PANEL, LATE = "a lossy wire and power cuts", "a broken panel", "late payments"
PRINTED_CODE = "a printed code"
REFUSALS, ENDS, DISK = "refusals and strange answers", "strange ends", "a full disk and power cuts"

# Each mistake: the variant that shows it, and the change.
MUTANTS: dict[str, tuple[str, Mutant]] = {
    "the register hears twice that the end is unknown": (
        "a printed code, set aside again",
        Mutant("kiosk.sale.endings", "() if sale.set_aside else (", "("),
    ),
    "a cancel that comes too late counts as canceled": (
        WIRE,
        Mutant(
            "kiosk.sale.closing",
            "    if event.failure is Failure.CONFLICT:\n",
            "    if event.failure is Failure.CONFLICT:\n"
            "        return finish(transition, phase.sale, Outcome.CANCELED, '409')\n",
        ),
    ),
    "time running out here is final": (
        WIRE,
        Mutant(
            "kiosk.sale.paying",
            "    if transition.now >= phase.until:\n",
            "    if transition.now >= phase.until:\n"
            "        from kiosk.sale.endings import finish\n"
            "        return finish(transition, phase.sale, Outcome.EXPIRED, 'time ran out')\n",
        ),
    ),
    "an unanswered create counts as never sent": (
        WIRE,
        Mutant(
            "kiosk.sale.creating",
            "phase.maybe_sent or event.failure is Failure.UNKNOWN",
            "phase.maybe_sent",
        ),
    ),
    "a new amount does not wait for the old order": (
        "two sales",
        Mutant(
            "kiosk.sale.paying",
            "    return _give_up(transition.with_waiting(event), phase)\n",
            "    from kiosk.sale.phase_changes import open_sale\n"
            "    return open_sale(transition, event, transition.now)\n",
        ),
    ),
    "the QR stays while nobody sees the order": (
        WIRE,
        Mutant("kiosk.sale.phases", "return max(self.seen_at + BLIND_AFTER,", "return max(NEVER,"),
    ),
    "a broken panel changes nothing": (
        PANEL,
        Mutant(
            "kiosk.sale.paying",
            "    return _close(failed, phase)\n",
            "    return failed\n",
        ),
    ),
    "a result is shown before it is written": (
        WIRE,
        Mutant(
            "kiosk.sale.endings",
            "        Remember(ended),\n"
            "        *say_about(Screen(outcome.value), sale, _paid_twice(evidence)),\n",
            "        *say_about(Screen(outcome.value), sale, _paid_twice(evidence)),\n"
            "        Remember(ended),\n",
        ),
    ),
    "another order's payment counts": (
        REFUSALS,
        Mutant(
            "kiosk.sale.verdict",
            "    if seen.order_id != sale.order_id or seen.reference not in (sale.reference, ''):\n".replace(
                "''", '""'
            )
            + "        return Standing.FOREIGN\n",
            "",
        ),
    ),
    "less than was asked counts as paid": (
        ENDS,
        Mutant("kiosk.sale.verdict", "if not _is_enough(sale, seen, told)", "if False"),
    ),
    "failed payments count as paid": (
        ENDS,
        Mutant("kiosk.sale.verdict", "if seen.payments and all(", "if False and all("),
    ),
    "a refused token ends an unanswered create": (
        REFUSALS,
        Mutant(
            "kiosk.sale.creating",
            "event.failure in (Failure.CONFLICT, Failure.TOKEN)",
            "event.failure is Failure.CONFLICT",
        ),
    ),
    "nothing is settled at the start": (
        WIRE,
        Mutant(
            "kiosk.journal",
            '"+outcome IS NULL AND set_aside_at IS NULL"',
            '"FALSE"',
        ),
    ),
    "nobody looks again after an end": (
        LATE,
        Mutant(
            "kiosk.sale.endings",
            "    if outcome in (Outcome.CANCELED, Outcome.EXPIRED):\n",
            "    if False:\n",
        ),
    ),
    "money that a later look finds is left": (
        LATE,
        Mutant(
            "kiosk.sale.later",
            "            return _found_paid(transition, look, evidence, seen)\n",
            "            return _plan(transition, look, look.after_answer(transition.now))\n",
        ),
    ),
    "a sale is set aside while its order is valid": (
        WIRE,
        Mutant(
            "kiosk.sale.phase_changes",
            "    return valid_until + transition.policy.set_aside_after\n",
            "    return transition.now + 2.0\n",
        ),
    ),
    "a sale that is set aside is not written": (
        WIRE,
        Mutant(
            "kiosk.sale.endings",
            "        Remember(do.SaleSetAside(sale.reference, reason)), *told",
            "        *told",
        ),
    ),
    "a second later look is asked beside the first": (
        "two sales",
        Mutant("kiosk.sale.phases", "return NEVER if self.looking else min", "return min"),
    ),
    "a look that fails is the last one": (
        WIRE,
        Mutant(
            "kiosk.sale.closing",
            "    looking = transition.to(replace(phase, asking=asking, look=True, said=event.reason))\n",
            "    looking = transition.to(replace(phase, look=True))\n",
        ),
    ),
    "a sale whose intent is not on disk goes on": (
        DISK,
        Mutant(
            "kiosk.sale.creating",
            "    if event.fault is not Fault.JOURNAL:\n",
            "    if True:\n",
        ),
    ),
    "a sale that was looked at for 30 days leaves the status": (
        ENDS,
        Mutant(
            "kiosk.sale.look", "replace(later, due=NEVER) if self.ended is None else None", "None"
        ),
    ),
    "a printed code's create is sent until it is given up": (
        PRINTED_CODE,
        Mutant("kiosk.sale.creating", "transition.now > last_send", "False"),
    ),
    "a start forgets the second looks": (
        "refunds, power cuts",
        Mutant("kiosk.journal", "DESC LIMIT {LATELY}", "DESC LIMIT 0"),
    ),
    "nobody looks again after the end of a sale that was set aside": (
        LATE,
        Mutant("kiosk.sale.later", "again = outcome in", "again = False and outcome in"),
    ),
    "a hint counts as a payment": (
        "hints",
        Mutant(
            "kiosk.sale.paying",
            "    return transition.to(watching.hinted(phase, transition.now))\n",
            "    from kiosk.sale.endings import finish\n"
            "    return finish(transition, phase.sale, Outcome.PAID, 'a hint')\n",
        ),
    ),
    "a result that a look has changed is shown again": (
        "refunds, power cuts",
        Mutant(
            "kiosk.sale.later",
            "transition.with_untold(None) if is_old else transition",
            "transition",
        ),
    ),
}


def main() -> int:
    """Explore the variant of one mutant."""
    name, mutant = MUTANTS[sys.argv[1]]
    sys.meta_path.insert(0, MutantFinder(mutant))
    model = importlib.import_module("tests.model.telling")  # imports the kiosk
    report = model.explored(MOST, name)
    print(report.told)
    return 1 if report.broken else 0


if __name__ == "__main__":
    sys.exit(main())
