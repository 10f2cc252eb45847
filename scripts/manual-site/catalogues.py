"""Adds the sentences of the manual to its catalogues: python catalogues.py FOLDER_OF_POT_FILES.

Only pages that a technician or a cashier reads are translated.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "kiosk/manual/locale"
TRANSLATED = ("index", "start", "parts", "mercadopago", "trouble")


def bring_up_to_date(pot: Path, po: Path) -> None:
    """Add what is new in the template, remove what is no longer said, and compile."""
    language = po.parents[1].name
    new = read_po(pot.open("rb"), locale=language)
    old = read_po(po.open("rb"), locale=language) if po.exists() else None
    for message in new:
        known = old.get(message.id) if old and message.id else None
        message.string = known.string if known else ""
        message.locations = []
    new.header_comment = ""
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, new, width=100, omit_header=False, sort_output=False)
    with po.with_suffix(".mo").open("wb") as file:
        write_mo(file, new)


def main(folder: Path) -> None:
    """Bring all catalogues up to date."""
    for language in ("es", "pt"):
        for name in TRANSLATED:
            if (pot := folder / f"{name}.pot").exists():
                bring_up_to_date(pot, LOCALE / language / "LC_MESSAGES" / f"{name}.po")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
