"""How Sphinx builds the manual: see scripts/manual."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "kiosk"
version = release = version_of("kiosk").partition("+")[0]
copyright = ""  # noqa: A001 - Sphinx reads this name
html_show_copyright = False
extensions = ["myst_parser", "kiosk_directives", "device_test"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["locale", "README.md"]
myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]
locale_dirs = [str(HERE.parents[1] / "kiosk/manual/locale")]
gettext_compact = True  # a catalogue for each folder
gettext_location = False
gettext_uuid = False
gettext_auto_build = False  # catalogues.py compiles; a build changes no file of the repository
html_theme = "furo"
html_title = "kiosk"
html_static_path = [str(HERE / "static")]
html_css_files = ["manual.css"]
templates_path = [str(HERE / "templates")]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "languages.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"footer_icons": []}
highlight_language = "text"
smartquotes = False  # -- is an option
