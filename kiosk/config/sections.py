"""The whole configuration: its sections.

The drivers of a section stand in its own folder (``InputSettings.drivers``), and the file of a
driver is imported when a configuration names it: see ``kiosk/base/drivers.py``.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from kiosk.base.permissions import Permissions, files
from kiosk.base.settings import Settings
from kiosk.config.fleet_settings import FleetSettings
from kiosk.config.sale_settings import SaleSettings
from kiosk.display import PanelSettings
from kiosk.display.fonts.shop_text import ShopText
from kiosk.inputs import InputSettings
from kiosk.journal import JournalSettings
from kiosk.orders.account.account_settings import AccountSettings
from kiosk.service.metrics_settings import MetricsSettings
from kiosk.service.settings import ServiceSettings
from kiosk.signals import SignalsSettings


class KioskSettings(Settings):
    """The counter: its name, its language and its currency."""

    name: str = Field(
        pattern="^[A-Za-z0-9_-]{1,32}$",
        examples=["counter-1"],
        description=(
            "The name of this counter in logs and in the journal: up to 32 letters, digits, - "
            "and _. Each counter of a shop needs its own."
        ),
    )
    shop: ShopText = Field(
        "",
        description=(
            "The shop's name on the panel, up to 40 characters: Almacén Doña Rosa. Without it, the "
            "panel invites payers to pay with a QR."
        ),
    )
    language: Literal["es", "pt", "en"] = Field(
        "es", description="The language on the panel: es, pt (as in Brazil) or en."
    )
    currency: Literal["ARS", "BRL", "CLP", "UYU"] = Field(
        examples=["ARS"],
        description="The currency of all amounts: that of the country of the Mercado Pago account.",
    )


def _named(inputs: tuple[InputSettings, ...]) -> tuple[InputSettings, ...]:
    """Name each input without a name after its driver: ``serial_line``, ``serial_line-2``."""
    taken = {entry.name for entry in inputs}
    named = []
    for entry in inputs:
        name = entry.name or _free_name(entry.driver, taken)
        taken.add(name)
        named.append(entry.model_copy(update={"name": name}))
    return tuple(named)


def _free_name(driver: str, taken: set[str]) -> str:
    number, name = 1, driver
    while name in taken:
        number += 1
        name = f"{driver}-{number}"
    return name


class Config(Settings):
    """The configuration of one kiosk."""

    kiosk: KioskSettings = Field(
        description="This counter: its name, its language and its currency."
    )
    inputs: Annotated[tuple[InputSettings, ...], AfterValidator(_named)] = Field(
        min_length=1,
        description="The devices that deliver amounts, and the buttons: one entry for each.",
    )
    sale: SaleSettings = Field(
        default_factory=SaleSettings, description="How this counter handles a sale."
    )
    orders: AccountSettings = Field(
        description="The payment service, and the account that is paid."
    )
    display: PanelSettings = Field(description="The panel that shows the QR and the result.")
    signals: SignalsSettings = Field(description="The lamps and the buzzer.")
    journal: JournalSettings = Field(
        default_factory=JournalSettings, description="The durable record of every sale."
    )
    service: ServiceSettings = Field(
        default_factory=ServiceSettings,
        description="How the daemon reports its state to the system.",
    )

    fleet: FleetSettings | None = Field(
        None,
        description=(
            "The MQTT broker that sees this counter. Leave it out if there is none: the counter "
            "sells without one."
        ),
    )

    metrics: MetricsSettings | None = Field(
        None,
        description="Figures for Prometheus. Leave it out if nobody collects them.",
    )

    def with_last_good_lists(self) -> Config:
        """Return it with a place for the last good price list of each scanner."""
        folder = self.journal.path.parent
        inputs = tuple(entry.with_last_good_list(folder) for entry in self.inputs)
        return self.model_copy(update={"inputs": inputs})

    def permissions(self) -> Permissions:
        """Return what all its devices and files need of the system."""
        devices = (device.permissions() for device in (*self.inputs, self.display, self.signals))
        ours = files(self.journal.path, self.service.status_file)
        if self.metrics:
            ours |= self.metrics.permissions()
        return reduce(or_, devices, ours)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the file, for editors."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    # In this mode of pydantic, defaults have the form of the file: "5 min".
    schema = Config.model_json_schema(mode="serialization")
    return dialect | schema | {"title": "The configuration of a kiosk"}
