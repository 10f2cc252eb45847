"""The message of ``health``: how the counter's computer is."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from kiosk.base.language import mark
from kiosk.fleet.payloads import At, Boot, Payload, Seq


class CallTimes(BaseModel):
    """How long the service needed to answer, in milliseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    p50: int = Field(ge=0, description=mark("Half of the answers took less."))
    p99: int = Field(ge=0, description=mark("99 of 100 answers took less."))


class UpdateState(BaseModel):
    """What is known of updates."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    ring: int | None = Field(
        None,
        ge=0,
        le=99,
        description=mark("Its place: an update for 10 of 100 is taken by those below 10."),
    )
    trial_failed: str | None = Field(
        None, description=mark("The version that was tried and did not work here, if any.")
    )


class Health(Payload):
    """Retained in ``health``: how the counter's computer is. Published each five minutes."""

    boot: Boot
    seq: Seq
    at: At
    uptime_s: int = Field(ge=0, description=mark("Seconds since this start: see `boot`."))
    temp_c: float | None = Field(None, description=mark("The processor's temperature, in °C."))
    undervoltage: bool | None = Field(
        None, description=mark("Whether the power supply was too weak since the computer started.")
    )
    disk_free: int | None = Field(
        None, ge=0, description=mark("Free bytes on the disk of the journal.")
    )
    clock_skew_s: float | None = Field(
        None, description=mark("The kiosk's clock less the service's, in seconds.")
    )
    api_ms: CallTimes | None = Field(None, description=mark("Of the service's latest answers."))
    sales: dict[str, int] = Field(
        description=mark("How many sales since the start have ended, by outcome.")
    )
    panel: str = Field(description=mark("`ok`, or what is wrong."))
    inputs: dict[str, str] = Field(description=mark("By input: `ok`, or what is wrong."))
    update: UpdateState | None = Field(None, description=mark("What is known of updates."))
