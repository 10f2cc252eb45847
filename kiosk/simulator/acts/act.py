r"""The acts. Each is a mapping with one key: ``send``, ``key``, ``payer``, ``network`` and others.

- key: "22.50"                                   # the register keys a total; its input's dialect
- send: {input: caja, text: "TOTAL 22,50\r\n"}     # the bytes that the device puts on its line
- send: {input: tef, bytes: "02 30 32 03 01"}
- scan: "7790001001054"
- press: cancel                                  # a button
- unplug: caja                                   # an input, panel or lamps; and plug_in
- hang: panel                                    # its driver does not return
- payer: pays                                    # or declines, scans, walks_away, refunds
- payer: {does: pays, takes: 5 s}
- network: {state: unreachable, lasts: 120 s}
- service: {order_status: in_review}
- power: off
- clock: 60
- wait: 5 s
- person: {settles: paid}
- reload: {sale: {expires_after: 2 min}}         # the file is changed, and read again
"""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from kiosk.base.language import _
from kiosk.base.settings import Duration, Whole
from kiosk.sale.words import Decision
from kiosk.simulator.acts.changed_settings import ChangedSettings
from kiosk.simulator.acts.device_acts import KeyAct, PressAct, ScanAct, SendAct
from kiosk.simulator.acts.outside_acts import NetworkAct, PayerAct, ServiceAct
from kiosk.simulator.acts.plain_form import Chosen, ShortForm


class PersonAct(ShortForm):
    """A person gives a command for a sale: refund it, cancel its order, or decide how it ended."""

    short: ClassVar[str] = "does"
    does: Literal["refunds", "cancels"] | None = Field(
        None, description="refunds: as kiosk orders refund; cancels: as kiosk orders cancel."
    )
    settles: Decision | None = Field(
        None, description="How the sale ended, as with kiosk orders settle --as."
    )
    note: str = Field(
        "decided in the scenario", min_length=1, max_length=500, description="Who decided, and why."
    )
    sale: Whole | None = Field(
        None, ge=1, description="Which sale: 1 for the first of the scenario. Default: the newest."
    )

    @model_validator(mode="after")
    def _is_one_command(self) -> Self:
        if (self.does is None) == (self.settles is None):
            raise ValueError(_("write refunds, cancels, or settles: and how the sale ended"))
        return self


class Act(Chosen):
    """One act: exactly one of these."""

    send: SendAct | None = Field(
        None,
        description="A device puts bytes on its line.",
        examples=['"TOTAL 22,50\\r\\n"'],
    )
    key: KeyAct | None = Field(None, description="The cashier keys a total.", examples=["22.50"])
    scan: ScanAct | None = Field(
        None, description="The scanner reads a code.", examples=["7790001001054"]
    )
    press: PressAct | None = Field(None, description="Somebody presses a button.")
    unplug: str | None = Field(
        None, min_length=1, description="An input, panel or lamps is unplugged."
    )
    plug_in: str | None = Field(
        None, min_length=1, description="An input, panel or lamps is plugged in again."
    )
    hang: Literal["panel"] | None = Field(
        None, description="A call of the panel's driver does not return, until it is plugged in."
    )
    payer: PayerAct | None = Field(None, description="What the payer does.")
    network: NetworkAct | None = Field(None, description="How the network is from now on.")
    service: ServiceAct | None = Field(None, description="What Mercado Pago does from now on.")
    power: Literal["on", "off"] | None = Field(
        None, description="off: the plug is pulled. on: it is plugged in again."
    )
    clock: Whole | None = Field(
        None, ge=1, le=60, description="How fast the counter's time runs on the page: 1 to 60."
    )
    wait: Duration | None = Field(
        None, gt=0, le=30 * 86_400, description="Time passes.", examples=["5 s"]
    )
    person: PersonAct | None = Field(None, description="A person gives a command.")
    reload: ChangedSettings | None = Field(
        None,
        description=(
            "Settings of the configuration that are changed in its file, perhaps by mistake; then "
            "the kiosk is told to read it again. inputs, journal and service stay as they are."
        ),
        examples=["{sale: {expires_after: 2 min}}"],
    )
