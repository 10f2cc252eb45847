"""What is shipped, from where, and under which licence; read from a folder of wheels.

python3 -IB scripts/provenance bill WHEELS VERSION DATE    the bill of materials (CycloneDX)
python3 -IB scripts/provenance copyright WHEELS            who has which licence, for Debian
python3 -IB scripts/provenance licences WHEELS FOLDER      the texts of the licences
python3 -IB scripts/provenance changelog README VERSION DATE DEBIAN-VERSION MAINTAINER
"""

from __future__ import annotations

import sys
from pathlib import Path

from bill import bill_of
from changes import changelog_of
from licences import copyright_of, write_texts
from parts import NoLicence, parts_of


def main(words: list[str]) -> str:
    """Return what the words ask for."""
    match words:
        case ["bill", wheels, version, made]:
            return bill_of(parts_of(Path(wheels)), version, made)
        case ["copyright", wheels]:
            return copyright_of(parts_of(Path(wheels)))
        case ["licences", wheels, folder]:
            write_texts(parts_of(Path(wheels)), Path(folder))
            return ""
        case ["changelog", readme, version, made, debian_version, maintainer]:
            text = Path(readme).read_text()
            return changelog_of(text, version, made, debian_version, maintainer)
    raise SystemExit(__doc__)


if __name__ == "__main__":
    try:
        sys.stdout.write(main(sys.argv[1:]))
    except NoLicence as fault:
        sys.exit(f"scripts/provenance: {fault}")
