"""The configuration of a simulated counter: a file's own settings, with other paths.

Each device keeps its driver, name, mode and limits. Only where it is found changes: everything is
in the simulation's folder, and the service is on this computer. So nothing here can reach the
devices, the journal or the token of a real kiosk.
"""

from __future__ import annotations

import csv
import math
import os
import secrets
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from kiosk.base import atomic_file
from kiosk.base.http_server import LOOPBACK, listen
from kiosk.base.language import _
from kiosk.base.money import CURRENCIES, Currency
from kiosk.config.loader import CheckedFile
from kiosk.display.chips.known_panels import MM_PER_INCH, KnownPanel
from kiosk.inputs import InputSettings
from kiosk.inputs.codes.settings import CatalogueSettings
from kiosk.inputs.command import CommandSettings
from kiosk.inputs.escpos_printer import EscposPrinterSettings
from kiosk.inputs.fake import FakeInputSettings
from kiosk.inputs.mqtt import MqttSettings
from kiosk.inputs.scanner.scanner_input import ScannerSettings
from kiosk.inputs.scanner_hid import ScannerHidSettings
from kiosk.inputs.tef_files import TefFilesSettings
from kiosk.simulator.acts.changed_settings import merged
from kiosk.simulator.twins.cables import SerialInput
from kiosk.simulator.twins.simulation_folder import SimulationFolder
from kiosk.simulator.twins.wire.other_end import amount_texts

TOKEN_VARIABLE = "KIOSK_TOKEN"  # noqa: S105 - its name
_KEY_BYTES = 32

# The price list if that of the shop is not here: code, title, price, unit. The codes of one
# digit are for the labels of scales.
_ROWS = (
    ("7790001001054", "Yerba 1 kg", 4250, ""),
    ("7730002002041", "Leche 1 l", 1500, ""),
    ("7891000100103", "Café 500 g", 8900, ""),
    ("1", "Queso", 9000, "kg"),
    ("2", "Pan", 1200, "kg"),
)


class TwinFile:
    """Writes the simulated counter's file, again after each change."""

    def __init__(
        self, file: Path, checked: CheckedFile, folder: SimulationFolder, api_port: int
    ) -> None:
        """Take the original file as it was checked; ``remarks`` is filled. Raises OSError."""
        config = checked.require_config(file)
        self.remarks: list[str] = []
        self._beside, self._folder = file.parent, folder
        self._currency = CURRENCIES[config.kiosk.currency]
        self._tree: dict[str, Any] = dict(checked.document.tree)
        self._tree["inputs"] = [
            {**section, "name": each.name, **dict(self._moved(each, section))}
            for section, each in zip(self._tree["inputs"], config.inputs, strict=True)
        ]
        self._tree.pop("fleet", None)  # a simulation has no broker
        self._service = f"http://{LOOPBACK}:{api_port}"
        self._change("journal", path=str(folder.journal))
        self._change("service", status_file=str(folder.status))
        self._lead_here()

    def write(self) -> Path:
        """Write the file. Raises OSError."""
        text = yaml.safe_dump(_stated(self._tree), allow_unicode=True, sort_keys=False, width=100)
        file = self._folder.config_file
        atomic_file.replace(file, text.encode())
        return file

    @property
    def currency(self) -> str:
        """The code of the currency."""
        return str(self._tree["kiosk"]["currency"])

    def change(self, panel: KnownPanel | None, language: str, currency: str) -> Callable[[], None]:
        """Use these from the next ``write`` on. Return what undoes the change."""
        before = dict(self._tree)
        if panel:
            self._tree["display"] = self._display_of(panel)
        if language:
            self._change("kiosk", language=language)
        if currency:
            self._change("kiosk", currency=currency)
        return lambda: self._tree.update(before)

    def _display_of(self, panel: KnownPanel) -> dict[str, str]:
        width, height = panel.pixels
        inches = {"inches": f"{_diagonal(panel):.2f}"} if panel.pitch else {}
        return {
            "driver": "fake",
            "size": f"{width}x{height}",
            "glass": panel.surface.value,
            "shades": panel.palette.value,
            **inches,
            **self._panel_files(),
        }

    def edit(self, changes: dict[str, Any]) -> None:
        """Change settings, perhaps by mistake, from the next ``write`` on."""
        self._tree = merged(self._tree, changes)
        self._lead_here()

    def _change(self, name: str, **changes: Any) -> None:
        settings = self._tree.get(name)
        if settings and not isinstance(settings, dict):
            return  # a mistake
        self._tree[name] = {**(settings or {}), **changes}

    def _moved(self, settings: InputSettings, section: Any) -> Iterator[tuple[str, Any]]:
        """Yield the settings of an input that name a place."""
        device = str(self._folder.devices / settings.name)
        match settings:
            case EscposPrinterSettings(port=""):
                with listen(0) as free:
                    yield "listen", f"{LOOPBACK}:{free.getsockname()[1]}"
            case _ if isinstance(settings, SerialInput):
                yield "port", device
            case ScannerHidSettings():
                yield "device", device
                yield "match", None
            case CommandSettings():
                yield "path", device
            case MqttSettings():
                yield from (("driver", "command"), ("path", device))
            case FakeInputSettings():
                yield "path", str(self._folder.path / settings.path.name)
                yield "replies", str(self._folder.devices / f"{settings.name}.jsonl")
            case TefFilesSettings():
                yield "request", f"{device}/requests"
                yield "response", f"{device}/responses"
        if isinstance(settings, ScannerSettings):
            yield "codes", self._codes(settings, section)

    def _codes(self, settings: ScannerSettings, section: Any) -> dict[str, Any]:
        """Return the section ``codes`` with files that are here."""
        codes = dict(section.get("codes") or {})
        if catalogue := settings.codes.catalogue:
            file = self._price_list(settings.name, catalogue)
            codes["catalogue"] = {**codes["catalogue"], "file": str(file), "last_good": None}
        if settings.codes.signed:
            key = self._folder.devices / f"{settings.name}.key"
            if not key.exists():
                atomic_file.replace(key, secrets.token_hex(_KEY_BYTES).encode(), 0o600)
            used = self._folder.devices / f"{settings.name}.used"
            codes["signed"] = {"key_file": str(key), "used_file": str(used)}
        return codes

    def _price_list(self, name: str, settings: CatalogueSettings) -> Path:
        """Return the shop's own list if it is here, also beside the configuration; or a sample."""
        for file in (settings.file, self._beside / settings.file):
            if os.access(file, os.R_OK):
                return file.absolute()
        sample = self._folder.devices / f"{name}.csv"
        _write_sample_prices(sample, settings, self._currency)
        self.remarks.append(
            _(
                "{file} is not here; the scanner {name} has a list of samples: {sample}",
                file=settings.file,
                name=name,
                sample=sample,
            )
        )
        return sample

    def _lead_here(self) -> None:
        """Let each section name the service, the panel and the lamps of the simulation."""
        self._change("orders", base_url=self._service, token={"env": TOKEN_VARIABLE})
        match self._driver("display"):
            case "fake":
                self._change("display", **self._panel_files())
            case "framebuffer":
                self._change("display", device=str(self._folder.devices / "framebuffer"))
        if self._driver("signals") == "fake":
            self._change("signals", record=str(self._folder.record))

    def _driver(self, section: str) -> Any:
        settings = self._tree.get(section)
        return settings.get("driver") if isinstance(settings, dict) else None

    def _panel_files(self) -> dict[str, str]:
        return {
            "frames": str(self._folder.frames),
            "fail_while": str(self._folder.panel_unplugged),
        }


def _diagonal(panel: KnownPanel) -> float:
    """Return the diagonal in inches."""
    assert panel.pitch
    return math.hypot(*panel.pixels) * panel.pitch / MM_PER_INCH


def _stated(tree: Any) -> Any:
    """Return the tree without the settings that are None."""
    if isinstance(tree, dict):
        return {key: _stated(value) for key, value in tree.items() if value is not None}
    return [_stated(value) for value in tree] if isinstance(tree, list) else tree


def _write_sample_prices(file: Path, settings: CatalogueSettings, currency: Currency) -> None:
    """Write the list as the settings say. Raises OSError."""
    form = settings.number.format()
    with file.open("w", encoding=settings.encoding, errors="replace", newline="") as output:
        rows = csv.writer(output, delimiter=settings.delimiter)
        rows.writerow(("code", "title", "price", "unit"))
        for code, title, price, unit in _ROWS:
            rows.writerow((code, title, next(amount_texts(Decimal(price), form, currency)), unit))
