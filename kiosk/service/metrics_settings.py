"""The section ``metrics:``. Without it nothing is counted for Prometheus."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from kiosk.base.language import _
from kiosk.base.permissions import Permissions, files
from kiosk.base.ports import checked_port
from kiosk.base.settings import Settings


class MetricsSettings(Settings):
    """How Prometheus gets the figures of this counter: a file, an address, or both."""

    textfile: Path | None = Field(
        None,
        examples=["/run/kiosk-metrics/kiosk.prom"],
        description=(
            "The file for the textfile collector of Prometheus' node_exporter. It ends with .prom, "
            "and the kiosk's user must own its folder."
        ),
    )
    listen: str = Field(
        "",
        examples=["127.0.0.1:9464"],
        description=(
            "The address and port for Prometheus itself: 127.0.0.1:9464. Everybody who reaches it "
            "can read the figures."
        ),
    )

    @field_validator("listen")
    @classmethod
    def _is_an_address(cls, listen: str) -> str:
        if listen:
            _address(listen)
        return listen

    @field_validator("textfile")
    @classmethod
    def _is_collected(cls, textfile: Path | None) -> Path | None:
        if textfile and textfile.suffix != ".prom":
            raise ValueError(_("node_exporter reads only files that end with .prom"))
        return textfile

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if not (self.textfile or self.listen):
            raise ValueError(_("write textfile, for node_exporter, or listen, for Prometheus"))
        return self

    @property
    def address(self) -> tuple[str, int] | None:
        """The address and the port to listen on, if any."""
        return _address(self.listen) if self.listen else None

    def permissions(self) -> Permissions:
        """Return what it needs of the system."""
        listens = frozenset({self.address[1]} if self.address else ())
        return files(self.textfile) | Permissions(listens=listens)


def _address(text: str) -> tuple[str, int]:
    """Return address and port of ``127.0.0.1:9464`` or ``[::1]:9464``."""
    host, _colon, port = text.rpartition(":")
    try:
        address, number = ipaddress.ip_address(host.strip("[]")), int(port)
    except ValueError:
        raise ValueError(
            _("{text!r} is not a valid address; write it like 127.0.0.1:9464", text=text)
        ) from None
    return str(address), checked_port(number)
