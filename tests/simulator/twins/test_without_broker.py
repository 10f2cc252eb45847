"""A counter of a chain is simulated without its broker: nobody else hears of it."""

from __future__ import annotations

from pathlib import Path

from kiosk.inputs.command import CommandSettings
from kiosk.simulator.twins.counter import SimulatedCounter
from kiosk.simulator.twins.simulation_folder import SimulationFolder

COUNTER = """
kiosk: {name: counter-1, currency: ARS}
inputs: [{driver: mqtt, name: office, max: 100}]
orders: {driver: mercadopago, token: {env: KIOSK_TOKEN}, external_pos_id: COUNTER1}
display: {driver: fake, size: 250x122, frames: frames}
signals: {driver: fake, record: signals.jsonl}
fleet: {broker: mqtt://127.0.0.1, shop: shop1, password: {env: BROKER_PASSWORD}}
"""


def test_amounts_of_the_broker_come_from_a_program_here(tmp_path: Path) -> None:
    file, folder = tmp_path / "kiosk.yaml", SimulationFolder(tmp_path / "simulation")
    folder.devices.mkdir(parents=True)
    file.write_text(COUNTER)
    simulated = SimulatedCounter(file, folder, 1, lambda: 0.0).config
    assert simulated.fleet is None
    (program,) = simulated.inputs
    assert isinstance(program, CommandSettings)
    assert (program.name, str(program.max)) == ("office", "100")
