"""The settings ``min`` and ``max`` of an input."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from kiosk.base.language import _
from kiosk.base.settings import PlainDecimal, Settings


class LimitSettings(Settings):
    """The smallest and the largest amount that an input may deliver, both inclusive."""

    min: PlainDecimal | None = Field(None, description="A smaller amount is rejected.")
    max: PlainDecimal | None = Field(None, description="A larger amount is rejected.")

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(
                _("min {min:f} is above max {max:f}; swap them", min=self.min, max=self.max)
            )
        return self
