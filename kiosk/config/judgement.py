"""Judges the whole counter of a file: whether it can sell, and what is doubtful. For people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from kiosk.base.frozen import frozen
from kiosk.config.computer_checks import check_computer, check_journal_place, check_paths
from kiosk.config.counter_warnings import check_devices, legibility
from kiosk.config.fault import ConfigFault
from kiosk.config.loader import CheckedFile, check_file, placed, with_line_feeds
from kiosk.config.pi_checks import check_pi
from kiosk.config.sales_checks import (
    check_decimals,
    check_mqtt,
    check_sources,
    cut_off_texts,
    doubtful_numbers,
)
from kiosk.config.scanner_files import ScannerFileNote, check_scanner_files
from kiosk.config.sections import Config
from kiosk.config.yaml_tree import Document
from kiosk.display.screens.legibility import Legibility, Verdict


@frozen
class Judgement:
    """What is said about a file. Without faults, the counter can sell.

    ``doubts`` are about the file, ``warnings`` about this computer only, ``remarks`` about price
    lists.
    ``panel`` is how well the QR can be read; its FAIL is one of the faults.
    """

    checked: CheckedFile
    faults: tuple[ConfigFault, ...]
    doubts: tuple[ConfigFault, ...] = ()
    warnings: tuple[ConfigFault, ...] = ()
    remarks: tuple[str, ...] = ()
    panel: Legibility | None = None


def judge(path: Path, environ: Mapping[str, str], root: Path = Path("/")) -> Judgement:
    """Judge a file and this computer; raises ConfigError only if it can't be read at all.

    ``root`` is the folder of the system's own files, such as those in /proc.
    """
    checked = check_file(path, environ)
    document, config = checked.document, checked.config
    if config is None:
        early = tuple(placed(sentence, document) for sentence in checked.warnings())
        return Judgement(checked, checked.faults, warnings=early)
    notes = list(check_scanner_files(config, document))
    panel = legibility(config)
    faults = [each for each in notes if isinstance(each, ConfigFault)]
    faults += [*_counter_faults(config, document, panel)]
    sentences = [
        *checked.warnings(),
        *check_devices(config),
        *check_pi(config, root),
        *check_computer(config, root),
        *(note.text for note in notes if isinstance(note, ScannerFileNote) and note.is_warning),
    ]
    warnings = [placed(sentence, document, config) for sentence in sentences]
    doubts = [
        *doubtful_numbers(config, document),
        *cut_off_texts(with_line_feeds(checked.data.decode("utf-8-sig")), document),
    ]
    remarks = (n.text for n in notes if isinstance(n, ScannerFileNote) and not n.is_warning)
    return Judgement(
        checked, tuple(sorted(faults)), tuple(doubts), tuple(warnings), tuple(remarks), panel
    )


def _counter_faults(
    config: Config, document: Document, panel: Legibility | None
) -> Iterator[ConfigFault]:
    yield from check_sources(config, document)
    yield from check_mqtt(config, document)
    yield from check_decimals(config, document)
    yield from check_journal_place(config, document)
    yield from check_paths(config, document)
    if panel and panel.verdict is Verdict.FAIL:
        yield ConfigFault(document.place(("display",)), "display", panel.sentence())
