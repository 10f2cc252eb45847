"""What sellers call a panel: its name here, or why the kiosk does not drive it and what would do.

An unknown name gets a list of what there is. A name that is known gets its own answer, so that
nobody tries a similar name: the wrong commands show nothing, or harm the panel.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from kiosk.base.language import _, mark

_SEVEN = mark("it has seven colours, and needs more than 30 s for each picture")
_SIX = mark("it has six colours (Spectra 6), and needs about 20 s for each picture")
_FOUR = mark("it has four colours, and needs about 20 s for each picture")
_OLD = mark("it is an older version with another controller and no waveforms of its own")
_IT8951 = mark("it has an IT8951 controller, which has its own protocol")

# For each reason: what would do instead, and the names, in the spelling of this program.
_UNSUPPORTED: dict[str, dict[str, str]] = {
    _SEVEN: {
        "epd-4.01f": "epd-4.2",
        "epd-5.65f": "epd-5.83",
        "epd-7.3f": "epd-7.5",
        "impression-5.7": "impression-7.3",
        "impression-7.3-ac073tc1a": "impression-7.3",
    },
    _SIX: {"epd-4.0e": "epd-4.2", "epd-7.3e": "epd-7.5", "epd-13.3e": "epd-7.5"},
    _FOUR: {
        "epd-1.64g": "epd-1.54",
        "epd-2.13g": "epd-2.13",
        "epd-2.36g": "epd-2.7",
        "epd-2.66g": "epd-2.66",
        "epd-2.9g": "epd-2.9",
        "epd-3.0g": "epd-2.9",
        "epd-4.2g": "epd-4.2",
        "epd-4.37g": "epd-4.2",
        "epd-7.3g": "epd-7.5",
        "epd-7.5g": "epd-7.5",
    },
    _OLD: {
        "epd-1.54-v1": mark("epd-1.54, the V2"),
        "epd-2.13-v1": mark("epd-2.13, the V3 or V4"),
        "epd-2.13-v2": mark("epd-2.13, the V3 or V4"),
        "epd-2.7-v1": mark("epd-2.7, the V2"),
        "epd-2.9-v1": mark("epd-2.9, the V2"),
        "epd-4.2-v1": mark("epd-4.2, the V2"),
        "epd-5.83-v1": mark("epd-5.83, the V2"),
        "epd-7.5-v1": mark("epd-7.5, the V2"),
        "epd-7.5b-v1": mark("epd-7.5b, the V2 or V3"),
    },
    _IT8951: {
        "it8951": "epd-7.5",
        "epd-6": "epd-5.83",
        "epd-7.8": "epd-7.5",
        "epd-9.7": "epd-7.5",
        "epd-10.3": "epd-7.5",
    },
    mark("the kiosk has no driver for its controller"): {
        "epd-1.02": "epd-1.54",
        "epd-1.54b": "epd-2.13b",
        "epd-2.13d": "epd-2.13",
        "epd-2.66b": "epd-2.9b",
        "epd-2.7b": "epd-2.9b",
        "epd-2.9d": "epd-2.9",
        "epd-3.52": "epd-3.7",
        "epd-4.26": "epd-4.2",
        "epd-5.79": "epd-5.83",
        "epd-5.83b": "epd-7.5b",
        "epd-7.5-hd": "epd-7.5",
        "epd-13.3k": "epd-7.5",
    },
    mark("it has four controllers side by side"): {
        "epd-12.48": "epd-7.5",
        "epd-12.48b": "epd-7.5b",
    },
}

# Waveshare's versions of the panels that the kiosk drives.
_VERSIONS = {
    f"{panel}-{version}": panel
    for panel, versions in {
        "epd-1.54": "v2",
        "epd-2.13": "v3 v4",
        "epd-2.7": "v2",
        "epd-2.9": "v2",
        "epd-4.2": "v2",
        "epd-5.83": "v2",
        "epd-7.5": "v2",
        "epd-2.13b": "v4",
        "epd-2.9b": "v4",
        "epd-4.2b": "v2",
        "epd-7.5b": "v2 v3",
    }.items()
    for version in versions.split()
}

# Chips, with what would do instead.
_LCD = mark("a panel with st7789, ili9341 or st7796")
_NO_LIBRARY = mark("the kiosk has no driver for it")
_PARALLEL = mark("it needs a parallel bus or a video signal")
_CHARACTERS = mark("it has too few pixels for a QR")
_SLOW_CRYSTAL = mark("phones do not read its slow, low-contrast liquid crystal")
_OTHER_CHIPS = {
    _NO_LIBRARY: (
        *("gc9106", "gc9107", "gc9d01", "hx8347", "hx8357", "ili9163", "ili9225", "ili9342"),
        *("ili9481", "jd9853", "nv3030b", "r61529", "rm68140", "s6d02a1", "sh1108", "sh1122"),
        *("sh8601", "ssd1283", "ssd1320", "ssd1333", "ssd1357", "st7701", "st77916"),
    ),
    _PARALLEL: ("ili9881", "nt35510", "otm8009a", "ra8875", "ra8876", "ssd1963"),
    _CHARACTERS: ("hd44780", "ht1621", "max7219", "tm1637", "winstar_weh", "ws0010"),
    _SLOW_CRYSTAL: ("ks0108", "pcd8544", "st7565", "st7567", "st7920", "uc1609", "uc1701x"),
}
_REASONS = {
    name: (reason, instead)
    for reason, names in _UNSUPPORTED.items()
    for name, instead in names.items()
} | {chip: (reason, _LCD) for reason, chips in _OTHER_CHIPS.items() for chip in chips}


def unsupported(name: str) -> str | None:
    """Return why the kiosk does not drive the panel, and what would do; None if it is not listed.

    A chip has the name that its seller gives it. Waveshare's spelling of panels is understood, too:
    ``5.65inch e-Paper (F)`` is ``epd-5.65f``.
    """
    spellings = (name.lower(), chip_meant(name, _REASONS), _our_spelling(name))
    found = next((_REASONS[each] for each in spellings if each in _REASONS), None)
    if found is None:
        return None
    reason, instead = found
    return _(
        "{name!r} is known, not supported: {reason}; use {instead}",
        name=name,
        reason=_(reason),
        instead=_(instead),
    )


def if_supported(name: Any) -> Any:
    """Return the name, for pydantic; raise ValueError for a panel that the kiosk does not drive."""
    reason = unsupported(name) if isinstance(name, str) else None
    if reason:
        raise ValueError(reason)
    return name


def chip_meant(name: str, chips: Iterable[str]) -> str | None:
    """Return the chip that a seller's name means: st7789 for ST7789V2, and for st7789-1.69."""
    base = re.sub(r"([a-z]{1,2}[0-9]?|-[0-9.]+)$", "", name.lower())
    return base if base in chips else None


def panels_meant(name: str, panels: Iterable[str]) -> list[str]:
    """Return the panels that a seller's name means: epd-2.13 for ``2.13inch e-Paper HAT V4``.

    They are several if the name does not say which version it is.
    """
    spelling = _our_spelling(name)
    version = _VERSIONS.get(spelling)
    several = [each for each in panels if each == spelling or each.startswith(f"{spelling}-")]
    return [version] if version else several


def _our_spelling(name: str) -> str:
    """Return ``epd-5.65f`` for ``5.65inch e-Paper Module (F)`` and ``epd5in65f``."""
    plain = re.sub(r"[\s_()\"-]|e-?paper|hat|module|waveshare|weact|studio", "", name.lower())
    match = re.fullmatch(
        r"(?:epd)?([0-9]+)(?:(?:\.|in)([0-9]+))?(?:inch)?([a-k]?)(v[0-9]|hd)?", plain
    )
    if not match:
        return ""
    inches = ".".join(part for part in match.group(1, 2) if part)
    spelling = f"epd-{inches}{match[3]}" + (f"-{match[4]}" if match[4] else "")
    # Waveshare's programs for the first version have no version in their names, such as epd2in13.
    first_version = f"{spelling}-v1" if re.fullmatch("epd[0-9]+in[0-9]+", plain) else ""
    return first_version if first_version in _REASONS else spelling
