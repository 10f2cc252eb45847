"""The lists that the manual generates: complete, and true of what the kiosk writes."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from kiosk.base.language import LOCALE
from kiosk.cli.manual import record_lists
from kiosk.cli.manual.fences import fences
from kiosk.cli.manual.manual_pages import FOLDER
from kiosk.cli.manual.plain_directives import generated
from kiosk.cli.verbs import FILE_OF, _commands_of
from kiosk.config.sections import Config
from kiosk.config.settings_models import driver_names, models_in
from kiosk.inputs.common.counters import ReadingCounts
from kiosk.journal.schema import MIGRATIONS
from kiosk.sale.phases import Counter
from kiosk.sale.words import Fault
from kiosk.service.status_file import StatusFile
from kiosk.shell.input_report import InputReport
from kiosk.signals.patterns import PATTERNS

ROOT = Path(__file__).parents[2]


def test_every_setting_of_every_driver_is_listed_with_its_sentence() -> None:
    text = generated("settings").replace("\\", "")
    for name, field in Config.model_fields.items():
        assert f"## {name}\n" in text
        for model in models_in(field.annotation):
            for key, setting in model.model_fields.items():
                if key != "driver":
                    assert f"- `{key}`: {setting.description}" in text


@pytest.mark.parametrize(
    ("place", "expected", "not_there"),
    [
        ("display.oled", "- `contrast`", "- `bgr_order`"),
        ("signals.gpio", "- `buzzer`", "- `record`"),
        ("signals.voice", "- `says`", "- `buzzer`"),
        ("inputs.scanner_hid", "- `device`", "- `baud`"),
        ("inputs.escpos_printer", "- `several_totals`", "- `device`"),
        ("sale", "- `expires_after`", "- `port`"),
    ],
)
def test_the_settings_of_one_place_are_listed(place: str, expected: str, not_there: str) -> None:
    text = generated(f"settings {place}")
    assert expected in text
    assert not_there not in text


@pytest.mark.parametrize("place", ["display.olde", "displays", "sale.expires", "inputs.oled"])
def test_a_place_that_does_not_exist_stops_the_build(place: str) -> None:
    with pytest.raises(ValueError, match="is not a section or a driver"):
        generated(f"settings {place}")


def test_every_driver_is_on_the_page_of_all_settings() -> None:
    text = generated("settings")
    for name, field in Config.model_fields.items():
        for model in models_in(field.annotation):
            for driver in driver_names(model):
                assert f"### {name}: `driver: {driver}`" in text


def test_every_command_and_option_is_listed() -> None:
    text = generated("commands")
    for verb, file in FILE_OF.items():
        command = _commands_of(file)[verb]
        if not command.hidden:
            assert f"### `kiosk {verb}" in text
            for parameter in getattr(command, "params", []):
                names = () if parameter.hidden else parameter.opts
                assert all(f"`{name}`" in text for name in names if name.startswith("-"))


def test_every_reason_code_and_signal_has_its_place_and_its_advice() -> None:
    reasons, signals = generated("reason-codes"), generated("signals")
    for fault in Fault:
        advice = reasons.split(f"(code-{fault.replace('_', '-')})=")[1].split("\n(code-")[0]
        assert f"## {fault}\n" in advice
        assert len(advice.splitlines()) > 6
    for screen in PATTERNS:
        assert f"## {screen}\n" in signals


def test_the_listed_columns_are_those_of_a_journal() -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        for migration in MIGRATIONS:
            db.executescript(migration.script)
        names = [row[1] for row in db.execute("PRAGMA table_info(sales)")]
    assert [*record_lists.COLUMNS] == names


@pytest.mark.slow
@pytest.mark.parametrize("language", ["es", "pt"])
def test_a_list_says_nothing_that_has_no_translation(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue = (LOCALE / language / "LC_MESSAGES/kiosk.mo").read_bytes()
    known = {str(each.id) for each in read_mo(BytesIO(catalogue)) if each.string}
    said: set[str] = set()

    def looked_up(_: object, message: str) -> str:
        said.add(message)
        return message

    monkeypatch.setattr("gettext.NullTranslations.gettext", looked_up)  # English has no catalogue
    monkeypatch.setattr("gettext.dgettext", looked_up)  # what click says
    for page in FOLDER.rglob("*.md"):
        for fence in fences(page.read_text()):
            if fence.name == "{generated}":
                generated(fence.argument)
    assert len(said) > 100
    assert said - known - {""} == set()


def test_the_listed_fields_are_those_of_a_status_file(tmp_path: Path) -> None:
    status = StatusFile(
        tmp_path / "status.json", lambda: InputReport(lambda: 0.0).fields({"caja": object()})
    )
    status.report("configuration", "it has faults")
    status.write(Counter().status())
    written = json.loads(status.path.read_text())
    assert written.keys() == record_lists.STATUS.keys()
    (one,) = written["inputs"].values()
    assert one.keys() == record_lists.INPUT_STATUS.keys()
    assert ReadingCounts.__dataclass_fields__.keys() < record_lists.INPUT_STATUS.keys()


def test_the_listed_files_are_those_that_the_installer_and_the_units_name() -> None:
    names = "\n".join(
        file.read_text(errors="replace")
        for folder in ("scripts", "systemd")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "requirements" not in file.name and "__pycache__" not in file.parts
    )
    for place in record_lists.FILES:
        short = place.replace("/opt/kiosk", "$opt").replace("/etc/kiosk", "$etc")
        assert place in names or short in names, place


def test_a_scenario_may_do_all_that_is_listed() -> None:
    text = generated("scenarios")
    for act in ("send", "key", "scan", "press", "payer", "network", "power", "expect", "never"):
        assert f"- `{act}`" in text
