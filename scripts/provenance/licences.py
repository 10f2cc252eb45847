"""The licences of all that is shipped: Debian's copyright file (DEP 5), and the texts beside it."""

from __future__ import annotations

from pathlib import Path

from parts import OUR_NAME, Part

_TEXTS = "/usr/share/doc/kiosk/licences"
_HEAD = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: kiosk
Comment: The wheels of other authors are packed unchanged; each has its paragraph here.

Files: *
Copyright: the authors of kiosk
License: Apache-2.0
 The text is in /usr/share/common-licenses/Apache-2.0.
"""


def copyright_of(parts: list[Part]) -> str:
    """Write the copyright file: ours, the font in our wheel, and each wheel."""
    return "\n".join([_HEAD, *map(_paragraph, parts)])


def write_texts(parts: list[Part], folder: Path) -> None:
    """Write the texts of the licences as the wheels have them, a file for each wheel."""
    for part in parts:
        if part.texts:
            text = "\n\n".join(part.texts)
            (folder / _file_of(part)).write_text(text)


def _paragraph(part: Part) -> str:
    holders, licence = part.authors, part.licence
    if part.name == OUR_NAME:
        (font,) = (text for text in part.texts if "SIL OPEN FONT LICENSE" in text)
        of_font = (line for line in font.splitlines() if "opyright (c)" in line)
        holders = "\n ".join([holders, *of_font])
        licence = f"{licence} and OFL-1.1"  # the font in kiosk/display/fonts
    where = f"The text is in {_TEXTS}/{_file_of(part)}."
    if not part.texts:
        where = "The wheel has no text of its licence, only the name."
    files = f"usr/lib/kiosk/wheels/{part.file}"
    return f"Files: {files}\nCopyright: {holders}\nLicense: {licence}\n {where}\n"


def _file_of(part: Part) -> str:
    return f"{part.name}-{part.version}.txt"
