"""``kiosk check`` reads the price lists too: better now than when the shop is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import app
from kiosk.config.loader import load
from kiosk.inputs.scanner.scanner_input import ScannerSettings
from kiosk.inputs.tools.recording import Chunk, header_line, piece_line
from tests.config.counter import COUNTER

SCANNER = """inputs:
  - driver: scanner_serial
    port: /dev/ttyACM0
    codes:
      catalogue: {file: FOLDER/prices.csv, number: {decimal: "."}}
      signed: {key_file: FOLDER/key, used_file: FOLDER/used}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "prices.csv").write_text("code,title,price\n42,Pan,900\n")
    (tmp_path / "key").write_bytes(b"a secret of sixteen bytes")
    (tmp_path / "key").chmod(0o600)
    text = COUNTER.replace("inputs:\n", SCANNER.replace("FOLDER", str(tmp_path)))
    (tmp_path / "kiosk.yaml").write_text(text)
    return tmp_path


def warnings(folder: Path) -> str:
    file = folder / "kiosk.yaml"
    result = CliRunner().invoke(app, ["check", str(file)], env={"KIOSK_TOKEN": "x"})
    assert result.exit_code == 0, result.output
    lines = result.stderr.replace(f"{file}: warning, on this computer: {folder}/", "")
    devices = "is not there; plug it in"
    return "".join(line for line in lines.splitlines(keepends=True) if devices not in line)


def test_the_articles_of_a_good_list_are_counted(folder: Path) -> None:
    assert warnings(folder) == f"{folder}/kiosk.yaml: {folder}/prices.csv: 1 article\n"


def test_each_faulty_line_is_named(folder: Path) -> None:
    rows = ["42,Pan,x", "42,Pan,1", "42,Pan,2", "7.79E+12,Yerba,1", "7790001001054.0,Té,5"]
    (folder / "prices.csv").write_text("\n".join(["code,title,price", *rows]))
    assert warnings(folder).splitlines() == [
        "prices.csv: 1 article; 4 rows refused:",
        "    line 2, Pan (42): the price 'x' can't be used: it is not written like 1234.56",
        "    line 5, Yerba (7.79E+12): a spreadsheet has written the code in powers of ten (7.79E+12), and its digits are lost; format the column as text, and write the code again",
        "    line 3, Pan (42): the code 42 has two prices, on the lines 3 and 4; remove one",
        "    line 4, Pan (42): the code 42 has two prices, on the lines 3 and 4; remove one",
        "    line 6, Té: a spreadsheet has added decimals to the code 7790001001054.0; it is read as 7790001001054; format the column as text",
    ]


def test_the_last_good_list_is_kept_beside_the_journal(folder: Path) -> None:
    config = load(folder / "kiosk.yaml", {"KIOSK_TOKEN": "x"})
    scanner = config.inputs[0]
    assert isinstance(scanner, ScannerSettings)
    assert scanner.codes.catalogue
    journal = config.journal.path
    assert scanner.codes.catalogue.last_good == journal.with_name("scanner_serial.prices.good")
    assert journal.parent in scanner.permissions().folders


SPREADSHEET = b"PK\x03\x04 and more"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ":1: the file is empty; start it with code,title,price"),
        (
            None,
            ": it can't be read (No such file or directory); check the path and the permissions",
        ),
        (SPREADSHEET, ": it is the own file of a spreadsheet program; save it as CSV"),
        (b"code,title,price\n", ": the file has no articles; fill it"),
        (
            b"code,title,price\n42,Pan,0\n",
            ": 0 articles; 1 row refused:\n    line 2, Pan (42): the price '0' can't be used: the amount is zero",
        ),
    ],
)
def test_a_list_that_sells_nothing_is_a_fault(
    folder: Path, content: bytes | None, said: str
) -> None:
    prices, file = folder / "prices.csv", folder / "kiosk.yaml"
    prices.unlink()
    if content is not None:
        prices.write_bytes(content)
    start = f"no article can be sold with this price list; correct it, and check it again: {prices}"
    code, out = checked(file)
    assert code == 1
    assert f": inputs.scanner_serial.codes.catalogue.file: {start}{said}\n" in out
    assert f"{file}: fine" not in out
    line = next(n for n, row in enumerate(file.read_text().splitlines(), 1) if "prices.csv" in row)
    assert out.startswith(f"{file}:{line}:")
    assert checked(file, "--json")[0] == 1
    load(file, {"KIOSK_TOKEN": "x"})  # the kiosk starts: the list may be corrected later


def test_a_folder_in_place_of_a_list_is_a_fault(folder: Path) -> None:
    prices = folder / "prices.csv"
    prices.unlink()
    prices.mkdir()
    code, out = checked(folder / "kiosk.yaml")
    assert code == 1
    assert f"{prices}: it can't be read (Is a directory); check the path and the permissions" in out


def checked(file: Path, *options: str) -> tuple[int, str]:
    """Return the exit code of ``kiosk check``, and its standard output."""
    words = ["check", *options, str(file)]
    result = CliRunner().invoke(app, words, env={"KIOSK_TOKEN": "x"})
    return result.exit_code, result.stdout


def test_a_secret_that_anyone_can_read(folder: Path) -> None:
    (folder / "key").chmod(0o644)
    assert warnings(folder).startswith("key: other users can read it; set its mode to 600\n")


def test_a_recording_is_not_replayed_with_a_list_that_sells_nothing(folder: Path) -> None:
    (folder / "prices.csv").write_text("code,title,price\n42,Pan,0\n")
    recording = folder / "scans.jsonl"
    recording.write_text(f"{header_line('/dev/ttyACM0')}\n{piece_line(Chunk(1.0, b'42'))}\n")
    config = str(folder / "kiosk.yaml")
    words = ["replay", str(recording), "-c", config, "--input", "scanner_serial"]
    replayed = CliRunner().invoke(app, words, env={"KIOSK_TOKEN": "x"})
    assert replayed.exit_code == 2
    assert "the price list can't be used" in replayed.stderr
    assert "line 2, Pan (42): the price '0' can't be used: the amount is zero" in replayed.stderr
