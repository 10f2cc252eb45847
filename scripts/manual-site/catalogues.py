"""Adds the sentences of the manual to its catalogues: python catalogues.py FOLDER_OF_POT_FILES.

Only pages that a technician or a cashier reads are translated.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "kiosk/manual/locale"
TRANSLATED = ("index", "start", "parts", "mercadopago", "trouble", "reference")


class PlainCatalog(Catalog):
    """A catalogue whose header says only what gettext needs: no dates, no versions of programs."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """Return the header, which is the translation of the empty message."""
        return [
            ("Language", str(self.locale)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


def bring_up_to_date(pot: Path, po: Path) -> None:
    """Add what is new in the template, remove what is no longer said, and compile."""
    language = po.parents[1].name
    old = read_po(po.open("rb"), locale=language) if po.exists() else None
    new = PlainCatalog(locale=language, header_comment="", fuzzy=False)
    for message in read_po(pot.open("rb")):
        if message.id:
            known = old.get(message.id) if old else None
            new.add(message.id, known.string if known and not known.fuzzy else "")
    po.parent.mkdir(parents=True, exist_ok=True)
    with po.open("wb") as file:
        write_po(file, new, width=100)
    with po.with_suffix(".mo").open("wb") as file:
        write_mo(file, new)


def main(folder: Path) -> None:
    """Bring all catalogues up to date, and say how much is not translated."""
    for language in ("es", "pt"):
        for name in TRANSLATED:
            po = LOCALE / language / "LC_MESSAGES" / f"{name}.po"
            bring_up_to_date(folder / f"{name}.pot", po)
            missing = sum(not each.string for each in read_po(po.open("rb")) if each.id)
            print(f"{po.relative_to(ROOT)}: {missing} not translated")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
