"""The daemon of a simulation: ``kiosk run`` with replaced hardware and a clock that can run faster.

    python -m kiosk.cli.simulated_run COUNTER.yaml

``kiosk/simulator/bench/daemon_process.py`` starts it, and sends it commands on its standard input.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.cli.run import run
from kiosk.simulator.twins.daemon_control import Obedience
from kiosk.simulator.twins.pace import Pace
from kiosk.simulator.twins.replaced_hardware import replace_hardware
from kiosk.simulator.twins.simulation_folder import SimulationFolder


def simulated_run(config: Path) -> None:
    """Run the daemon until it is stopped, or the simulation has ended."""
    pace = Pace()
    obedience = Obedience(sys.stdin.fileno(), pace)
    replace_hardware(SimulationFolder(config.parent), pace)
    run(config, pace.clock, {"loop_factory": obedience.make_loop})


if __name__ == "__main__":
    simulated_run(Path(sys.argv[1]))
