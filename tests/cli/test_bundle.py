"""``kiosk bundle``: what support needs is in it; what is secret is not, however it is written."""

from __future__ import annotations

import base64
import codecs
import json
import os
import pty
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from kiosk.base.money import Money
from kiosk.cli import bundle
from kiosk.cli.bundle_sources import BundlePart
from kiosk.cli.masking import Masker, is_harmless
from kiosk.cli.verbs import app
from kiosk.journal import Journal
from kiosk.sale.effects import OrderKnown, SaleEnded, SaleOpened
from kiosk.sale.words import Outcome, Sale

pytestmark = pytest.mark.slow

TOKEN = "APP_USR-4934588586838432-112233-8a7b6c5d4e3f-241983636"
QR = "00020101021243650016COM.MERCADOLIBRE0201306363a1b2c3d4-e5f6-78905204970053030325802AR6304F1A2"
SECRETS = (
    TOKEN, QR, "7790895000997", "Xiomara", "Etchegoyhen", "xiomara@ejemplo.com.ar", "28.456.123",
    "20-28456123-9", "123.456.789-09", "118234567890", "+54 11 4321-8765",
)  # fmt: skip

CONFIG = """\
# {secret}
kiosk: {{name: counter-1, language: es, currency: ARS, shop: "{shop}"}}
inputs: [{{driver: fake, path: {out}/buttons}}]
orders: {{driver: mercadopago, base_url: "http://127.0.0.1:9", token: {{env: KIOSK_TOKEN}},
          external_pos_id: COUNTER1}}
display: {{driver: fake, size: 128x64, frames: {out}/frames}}
signals: {{driver: fake, record: {out}/signals.jsonl}}
journal: {{path: {out}/journal.sqlite3}}
service: {{status_file: {out}/status.json}}
"""


def encodings(secret: str) -> Iterator[str]:
    """Yield what a log may make of a secret. Each of them can be read again."""
    data = secret.encode()
    yield secret
    yield secret.upper()
    yield base64.b64encode(data).decode()
    yield base64.urlsafe_b64encode(b"id=" + data + b"&x").decode()
    yield base64.b32encode(data).decode()
    yield data.hex()
    yield "".join(f"\\x{byte:02x}" for byte in data)
    yield "".join(f"&#{byte};" for byte in data)
    yield "".join(f"%{byte:02X}" for byte in data)
    yield quote(secret, safe="") + "%20"
    yield codecs.encode(secret, "rot13") if secret == TOKEN else secret.lower()


def noise() -> list[str]:
    """Return each secret in each encoding, in the places of a line where it may be."""
    return [
        line.format(each)
        for secret in SECRETS
        for each in encodings(secret)
        for line in ("till: unread {}", "'{}'", "a=[{}]", "GET /v1/orders?x={}&y=1")
    ]


def split(secret: str, width: int) -> str:
    return "\n".join(secret[at : at + width] for at in range(0, len(secret), width))


@pytest.fixture
def counter(tmp_path: Path) -> Path:
    """A counter whose every source has secrets in it."""
    config = tmp_path / "kiosk.yaml"
    config.write_text(CONFIG.format(out=tmp_path, secret=TOKEN, shop="Xiomara 28.456.123"))
    lines = [f"01:02:03.004 INFO    kiosk.sale: {line}" for line in noise()]
    lines += ["01:02:04.000 INFO    kiosk.sale: sale counter-1-x7k: opened, 1234.56 ARS from caja"]
    lines += [split(secret, width) for secret in SECRETS for width in (5, 9)]
    (tmp_path / "kiosk.log").write_text("\n".join(lines) + "\n")
    journal = Journal.open(tmp_path / "journal.sqlite3", lambda: 1000.0)
    sale = Sale("counter-1-x7k", Money.of("1234.56", "ARS"), "Xiomara")
    journal.remember(SaleOpened(sale), f'{{"payer": "{SECRETS[5]}"}}'.encode())
    journal.remember(OrderKnown("counter-1-x7k", "ORD01J118234567890"))
    journal.remember(SaleEnded("counter-1-x7k", Outcome.PAID, QR))
    journal.close()
    return config


def kiosk(counter: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk", "bundle", "-c", str(counter), *words]
    return subprocess.run(
        command,
        env=os.environ | {"KIOSK_TOKEN": TOKEN} | more,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def contents(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as packed:
        return {
            Path(entry.name).name: file.read().decode()
            for entry in packed
            if (file := packed.extractfile(entry))
        }


def test_no_secret_is_in_the_bundle_in_any_encoding(counter: Path) -> None:
    output, log = counter.with_name("b.tar.gz"), counter.with_name("kiosk.log")
    status = '{"state": "idle", "pid": %d, "health": {}, "reference": null, "problems": ["%s"]}'
    counter.with_name("status.json").write_text(status % (os.getpid(), TOKEN + " Xiomara"))
    done = kiosk(counter, "-o", str(output), "--log", str(log), "--yes")
    assert done.returncode == 0, done.stderr
    found = contents(output)
    assert set(found) == {"versions.txt", "kiosk.yaml", "check.txt", "doctor.txt", "status.json", "log.txt",
                          "sales.jsonl", "contents.txt"}  # fmt: skip
    everything = "\n".join(found.values()) + done.stdout + done.stderr
    joined = "".join(everything.split())
    for secret in SECRETS:
        for each in encodings(secret):
            assert each not in everything
            assert "".join(each.split()) not in joined
    digits = "".join(character for character in joined if character.isdigit())
    assert "4934588586838432" not in digits


def test_what_support_needs_is_in_the_bundle(counter: Path) -> None:
    output, log = counter.with_name("b.tar.gz"), counter.with_name("kiosk.log")
    assert kiosk(counter, "-o", str(output), "--log", str(log), "--yes").returncode == 0
    found = contents(output)
    assert "kiosk.sale: sale [#" in found["log.txt"]
    assert "opened, 1234.56 ARS from caja" in found["log.txt"]
    assert '"amount": "1234.56", "currency": "ARS", "outcome": "paid"' in found["sales.jsonl"]
    assert "external_pos_id: COUNTER1" in found["kiosk.yaml"]
    assert "size: 128x64" in found["kiosk.yaml"]
    assert "ready to sell" in found["check.txt"]
    reference = found["sales.jsonl"].split('"')[3]  # the same number in log and journal
    assert f"sale {reference}: opened" in found["log.txt"]
    assert stat.S_IMODE(output.stat().st_mode) == 0o600


def test_without_a_terminal_nobody_can_be_asked(counter: Path) -> None:
    output = counter.with_name("b.tar.gz")
    done = kiosk(counter, "-o", str(output))
    assert (done.returncode, done.stdout) == (2, "")
    assert "add --yes" in done.stderr
    assert not output.exists()


def test_a_program_reads_what_is_in_it(counter: Path) -> None:
    output, log = counter.with_name("b.tar.gz"), counter.with_name("kiosk.log")
    done = kiosk(counter, "-o", str(output), "--log", str(log), "--yes", "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["file"] == str(output)
    names = [each["name"] for each in said["parts"]]
    assert {*names, "contents.txt"} == {*contents(output)}
    assert all(each["bytes"] for each in said["parts"])
    assert "In the bundle:" in done.stderr


def on_terminal(counter: Path, answer: bytes, *words: str) -> tuple[int, str]:
    """Run the command on a terminal, and type this as soon as it asks."""
    keyboard, terminal = pty.openpty()
    command = [sys.executable, "-m", "kiosk", "bundle", "-c", str(counter), *words]
    with subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=os.environ,
        start_new_session=True,
    ) as process:  # fmt: skip
        os.close(terminal)
        os.write(keyboard, answer)
        said = b""
        try:
            while more := os.read(keyboard, 4096):
                said += more
        except OSError:  # Linux's way to say that the terminal was closed
            pass
        code = process.wait()
    os.close(keyboard)
    return code, said.decode().replace("\r\n", "\n")


@pytest.mark.parametrize(("answer", "written"), [(b"y\n", True), (b"n\n", False)])
def test_the_list_is_shown_before_it_is_written(
    counter: Path, answer: bytes, written: bool
) -> None:
    output, log = counter.with_name("b.tar.gz"), counter.with_name("kiosk.log")
    code, said = on_terminal(counter, answer, "-o", str(output), "--log", str(log))
    assert "sales.jsonl" in said.split("[y/n]")[0]
    assert "left out: orders, payments, notes" in said
    assert (code == 0, output.exists()) == (written, written), said


def test_the_fault_is_between_two_marks(counter: Path) -> None:
    output, log = counter.with_name("b.tar.gz"), counter.with_name("kiosk.log")
    words = ("-o", str(output), "--log", str(log), "--record", "--yes")
    code, said = on_terminal(counter, b"\n", *words)
    assert code == 0, said
    assert "Show the fault now" in said
    *_, begin, end = contents(output)["log.txt"].splitlines()
    assert "the fault is shown from here" in begin
    assert "the fault was shown until here" in end


@pytest.mark.parametrize("where", ["/dev/full", "no/folder/b.tar.gz", "."])
def test_a_place_that_can_not_be_written(counter: Path, where: str) -> None:
    log = counter.with_name("kiosk.log")
    done = kiosk(counter, "-o", where, "--log", str(log), "--yes")
    assert done.returncode in {1, 2}
    assert "choose another" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("text", ["kiosk: [", "\0", "- 5", "kiosk: {shop: Xiomara}\nkiosk: 5\n"])
def test_a_configuration_with_faults_is_masked_too(counter: Path, text: str) -> None:
    counter.write_text(f"{text}\n# {TOKEN}\n")
    output = counter.with_name("b.tar.gz")
    log = counter.with_name("kiosk.log")
    assert kiosk(counter, "-o", str(output), "--log", str(log), "--yes").returncode == 0
    everything = "".join(contents(output).values())
    assert "Xiomara" not in everything
    assert TOKEN not in everything


@pytest.mark.parametrize(
    "leaked", [TOKEN, quote(TOKEN, safe=""), TOKEN.encode().hex(), QR, SECRETS[5], SECRETS[9]]
)
def test_if_the_masks_had_a_fault_nothing_would_be_written(
    counter: Path, monkeypatch: pytest.MonkeyPatch, leaked: str
) -> None:
    """The last look at all parts fails closed: whatever came through, no file is written."""
    monkeypatch.setattr(bundle, "log", lambda *_: BundlePart("log.txt", leaked, "the log"))
    monkeypatch.setenv("KIOSK_TOKEN", TOKEN)
    output = counter.with_name("b.tar.gz")
    words = ["bundle", "-c", str(counter), "-o", str(output), "--yes"]
    done = CliRunner().invoke(app, [*words, "--log", str(counter.with_name("kiosk.log"))])
    assert done.exit_code == 1
    assert "log.txt would have had confidential data in it; nothing was written" in done.stderr
    assert leaked not in done.output
    assert not output.exists()


def test_words_of_the_kiosk_stay_and_others_get_a_number_each() -> None:
    masker = Masker()
    text = "sale k-juan: the service refuses the token of Juan, 12.50 ARS; Juan"
    assert masker.text(text) == (
        "sale [#1]: the service refuses the token of [#2], 12.50 ARS; [#2]"
    )
    assert masker.name("k-juan") == "[#1]"
    assert masker.text("20123\n45678\nidle") == "[#3]\n\nidle"
    assert is_harmless("/etc/kiosk/kiosk.yaml")
    assert is_harmless("scanner_hid")
    assert not is_harmless("ana%40x")
