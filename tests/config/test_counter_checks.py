"""The panel against the QRs it will be given: how far they are read, and what hangs on the wall."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.verbs import app
from kiosk.config.loader import check_file
from tests.config.counter import changed

PANEL = "{driver: fake, size: 250x122, frames: out/frames}"
QR = (
    "00020101021243650016com.mercadolibre020130636261ba79b-e543-41c7-b71a-cec05c18e72b5012000832659"
    "4305204970053030325802AR5904Test6004CABA63041094"
)


def checked(tmp_path: Path, panel: str, mode: str = "dynamic") -> tuple[int, str]:
    """Return the exit code and what is said about the panel."""
    file = tmp_path / "kiosk.yaml"
    text = changed(PANEL, panel).replace("COUNTER1", f"COUNTER1\n  mode: {mode}")
    file.write_text(text.replace("KIOSK_TOKEN", "TOKEN"))
    done = CliRunner().invoke(app, ["check", str(file)], env={"TOKEN": "x"})
    lines = [line for line in done.output.splitlines() if "display" in line]
    return done.exit_code, "\n".join(lines).replace(f"{file}:", "").strip()


@pytest.mark.parametrize(
    ("panel", "code", "said"),
    [
        (
            "{driver: oled, chip: ssd1309, inches: 2.42}",
            0,
            "display: pass: a QR module is 0.43 mm wide, and amounts are at least 2.5 mm high;"
            " phones read the QR from up to 25 cm",
        ),
        (
            "{driver: oled, chip: sh1106}",
            0,
            "display: warn: a QR module is 0.23 mm wide, and amounts are at least 1.8 mm high;"
            " phones read the QR from up to 13 cm,"
            " but some phones cannot focus so close; ssd1309-2.42 works with all phones",
        ),
        (
            "{driver: oled, chip: ssd1306}",
            1,
            "display: fail: a QR module is 0.17 mm wide, and amounts are at least 1.4 mm high;"
            " phones read the QR from up to 10 cm,"
            " but phones cannot focus so close; mount ssd1309-2.42, or use the printed code",
        ),
        (
            "{driver: epaper, panel: epd-4.2, dc: 25, reset: 17, busy: 24}",
            0,
            "display: pass: a QR module is 1.06 mm wide, and amounts are at least 2.5 mm high;"
            " phones read the QR from up to 61 cm",
        ),
        (
            "{driver: lcd, chip: st7789, size: 320x240, inches: 3.5, dc: 24}",
            0,
            "display: pass: a QR module is 0.67 mm wide, and amounts are at least 2.5 mm high;"
            " phones read the QR from up to 39 cm",
        ),
        ("{driver: fake, size: 128x64}", 0, ""),
        (
            "{driver: fake, size: 48x48, inches: 1.5}",
            1,
            "display: fail: this QR needs 57 x 57 pixels with one pixel per module, but the"
            " panel's short side has 48; mount a larger panel, such as ssd1309-2.42",
        ),
    ],
)
def test_how_far_the_longest_qr_is_read_is_said_before_anybody_tries(
    tmp_path: Path, panel: str, code: int, said: str
) -> None:
    assert checked(tmp_path, panel) == (code, said)


def test_in_static_mode_no_qr_of_the_panel_is_judged_but_the_points_of_sale_own(
    tmp_path: Path,
) -> None:
    assert checked(tmp_path, "{driver: oled, chip: ssd1306}", "static") == (0, "")
    panel = f'{{driver: oled, chip: sh1106, printed_qr: "{QR}"}}'
    code, said = checked(tmp_path, panel, "static")
    assert code == 0
    assert said.startswith("display: warn: a QR module is 0.23 mm wide")


def test_a_printed_qr_that_is_none_is_a_fault(tmp_path: Path) -> None:
    code, said = checked(tmp_path, f'{{driver: fake, printed_qr: "{QR[:-4]}"}}', "static")
    assert code == 1
    assert "display.printed_qr: the QR does not end with a checksum" in said
    assert "copy the complete qr_code of the point of sale" in said


def test_an_odd_printed_qr_is_warned_of(tmp_path: Path) -> None:
    code, said = checked(tmp_path, f'{{driver: fake, printed_qr: "{QR[:-4]}0000"}}', "static")
    assert code == 0
    assert "display.printed_qr: its checksum is 0000, but should be" in said


@pytest.mark.parametrize(
    "panel", ["{driver: framebuffer, size: 40x40}", "{driver: fake, size: 300x16}"]
)
def test_a_qr_that_fits_on_no_such_panel_is_told_without_its_inches(
    panel: str, tmp_path: Path
) -> None:
    code, said = checked(tmp_path, panel)
    assert code == 1
    assert "display: fail: this QR needs 57 x 57 pixels" in said


@pytest.mark.parametrize(
    ("size", "fault"),
    [
        ("[0, 0]", "display.size: is a list; write it like 250x122"),
        ("[250, 122]", "display.size: is a list; write it like 250x122"),
        ("10x10", "display.size: '10x10' is too small; write at least 16 each way"),
    ],
)
def test_a_size_on_which_nothing_can_be_drawn(size: str, fault: str, tmp_path: Path) -> None:
    code, said = checked(tmp_path, f"{{driver: fake, size: {size}}}")
    assert code == 1
    assert fault in said


def test_only_orders_that_the_printed_code_can_pay_may_fall_back_on_it(tmp_path: Path) -> None:
    panel = "{driver: fake, qr_too_large: printed_code}"
    code, said = checked(tmp_path, panel)
    assert code == 1
    assert "display.qr_too_large: these orders can't be paid with the printed code" in said
    assert checked(tmp_path, panel, "hybrid") == (0, "")


def test_a_logo_that_is_not_here_is_only_warned_of(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.yaml"
    file.write_text(changed(PANEL, "{driver: fake, logo: /nowhere/logo.png}"))
    checked = check_file(file, {"KIOSK_TOKEN": "x"})
    assert checked.faults == ()
    assert (
        "there is no file /nowhere/logo.png; correct its path, or remove the setting"
        in (checked.warnings()[0])
    )


@pytest.mark.parametrize(
    ("panel", "takes"),
    [
        ("{driver: epaper, panel: epd-4.2b, dc: 25, reset: 17, busy: 24}", 15),
        ("{driver: inky, board: what-jd79668}", 25),
    ],
)
def test_a_slow_panel_and_a_result_that_is_over_too_soon_are_warned_of(
    panel: str, takes: int, tmp_path: Path
) -> None:
    file = tmp_path / "kiosk.yaml"
    file.write_text(changed(PANEL, panel))
    warnings = "\n".join(check_file(file, {"KIOSK_TOKEN": "x"}).warnings())
    assert f"display: this panel needs about {takes} s for each picture" in warnings
    assert f"sale.result_shown_for: this panel needs {takes} s to show a result" in warnings
    assert f"write {takes + 5} s or more" in warnings
    file.write_text(file.read_text() + "sale: {result_shown_for: 40 s}\n")
    assert "result_shown_for" not in "\n".join(check_file(file, {"KIOSK_TOKEN": "x"}).warnings())


def test_a_logo_that_is_no_picture_is_warned_of_before_the_panel_is_mounted(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_text("no picture")
    file = tmp_path / "kiosk.yaml"
    file.write_text(changed(PANEL, f"{{driver: fake, logo: {tmp_path}/logo.png}}"))
    checked = check_file(file, {"KIOSK_TOKEN": "x"})
    assert checked.faults == ()
    assert "logo.png cannot be shown" in checked.warnings()[0]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "kiosk: {name: counter-1, shop: Rosa \N{ROSE}",
            "1:32: kiosk.shop: the panel cannot show U+1F339 (rose); leave it out",
        ),
        (
            f"kiosk: {{name: counter-1, shop: {'R' * 1000}",
            "1:32: kiosk.shop: 1000 characters are too many; write 40 characters or fewer",
        ),
        ('kiosk: {name: counter-1, shop: "\\u202eRosa"', ""),
    ],
)
def test_a_shops_name_that_the_panel_cannot_show_is_a_fault_with_its_place(
    tmp_path: Path, lines: str, said: str
) -> None:
    file = tmp_path / "kiosk.yaml"
    file.write_text(changed("kiosk: {name: counter-1", lines))
    faults = [fault.line("kiosk.yaml") for fault in check_file(file, {"KIOSK_TOKEN": "x"}).faults]
    assert faults == ([f"kiosk.yaml:{said}"] if said else [])


def test_a_panel_has_room_for_two_lines_of_the_shop(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.yaml"
    panel = "{driver: fake, size: 250x122, idle_lines: [Lunes a sábado, 8 a 20, WhatsApp]}"
    file.write_text(changed(PANEL, panel))
    (fault,) = check_file(file, {"KIOSK_TOKEN": "x"}).faults
    assert fault.key == "display.idle_lines"
    assert fault.message == "has too many entries; write 2 or fewer"
