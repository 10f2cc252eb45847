"""The directives of the manual: what is shown comes from the code, and from commands that are run.

Each page has a temporary folder in which its files are written and its commands run, in the order
of the page. The conventions are in kiosk/manual/README.md.
"""

from __future__ import annotations

import base64
import html
import os
import shlex
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from forked_command import import_all, output_of
from PIL import Image
from sphinx.application import Sphinx
from sphinx.locale import init as open_catalogue
from sphinx.util.docutils import SphinxDirective
from sphinx.util.i18n import docname_to_domain

from kiosk.base.language import _, speak
from kiosk.cli.manual.fences import complete
from kiosk.cli.manual.plain_directives import BENCH, DRAWING, TABLE, generated, wires

WIDTH = 80  # columns of a command's output
SMALL = 320  # a picture with fewer pixels is shown larger


class ManualDirective(SphinxDirective):
    """A directive that may need the folder of its page."""

    required_arguments = 0
    optional_arguments = 1
    final_argument_whitespace = True

    @property
    def argument(self) -> str:
        return self.arguments[0] if self.arguments else ""

    @property
    def only_reads_text(self) -> bool:
        """Whether only the sentences for people are collected, so that no command need run."""
        return self.env.app.builder.name == "gettext"

    def folder(self) -> Path:
        """Return the folder of this page; it is removed after the build."""
        data: Any = self.env.current_document
        if "kiosk_folder" not in data:
            data["kiosk_folder"] = tempfile.TemporaryDirectory(prefix="kiosk-manual-")
        return Path(data["kiosk_folder"].name)

    def kiosk(self, words: list[str], typed: str = "") -> tuple[int, str]:
        """Run a command of the kiosk in the folder of this page; return exit code and output."""
        home = self.folder()
        environ = {
            "COLUMNS": str(WIDTH), "HOME": str(home), "KIOSK_TOKEN": "APP_USR-TEST",
            "PATH": os.environ["PATH"], "LANG": f"{self.config.language}.UTF-8", "PYTHONUTF8": "1",
            "TERM": "dumb",
        }  # fmt: skip
        return output_of(words, home, environ, typed)

    def image(self, data: bytes, kind: str, css: str, alt: str, width: int = 0) -> nodes.Node:
        """Return a picture that is part of the page, so that one file can be passed on."""
        source = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
        size = f' width="{width}"' if width else ""
        text = f'<img class="{css}" alt="{html.escape(alt)}" src="{source}"{size}>'
        return nodes.raw("", f"<p>{text}</p>", format="html")

    def code(self, text: str, language: str) -> nodes.Node:
        return nodes.literal_block(text, text, language=language)


class YamlFile(ManualDirective):
    """Shows settings, and writes them to a file, completed to those of a whole counter."""

    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"faults": directives.flag}  # it has faults on purpose

    def run(self) -> list[nodes.Node]:
        shown = "\n".join(self.content) + "\n"
        file = self.folder() / (self.argument or "kiosk.yaml")
        file.write_text(complete(shown))
        return [self.code(shown, "yaml")]


class CommandOutput(ManualDirective):
    """Runs a command, and shows it with what it prints."""

    option_spec: ClassVar[dict[str, Any]] = {
        "exit": directives.nonnegative_int,
        "typed": directives.unchanged,
        "lines": directives.positive_int,
    }

    def run(self) -> list[nodes.Node]:
        if self.only_reads_text:
            return []
        program, *words = shlex.split(self.argument)
        if program != "kiosk":
            raise self.error(f"the command must begin with kiosk: {self.argument}")
        code, text = self.kiosk(words, typed=self.options.get("typed", "") + "\n")
        if code != self.options.get("exit", 0):
            raise self.error(f"{self.argument}: exit code {code}\n{text}")
        said = text.replace(f"{self.folder()}/", "").splitlines()
        some = self.options.get("lines", len(said))
        shown = [*said[:some], *(["…"] if some < len(said) else [])]
        return [self.code("\n".join([f"$ {self.argument}", *shown]), "console")]


class Wiring(ManualDirective):
    """Draws what a file of this page connects."""

    def run(self) -> list[nodes.Node]:
        if self.only_reads_text:
            return []
        name = self.argument or "kiosk.yaml"
        code, said = self.kiosk(["wiring", name, "-o", "wiring.svg"])
        if code:
            raise self.error(f"kiosk wiring {name}: {said}")
        alt = _(DRAWING)
        table = wires((self.folder() / name).read_text())
        drawings = sorted(self.folder().glob("wiring*.svg"))
        drawn = [drawing.read_bytes() for drawing in drawings]
        for drawing in drawings:
            drawing.unlink()
        pictures = [self.image(data, "svg+xml", "", alt) for data in drawn]
        begin = f'<details class="connections"><summary>{html.escape(_(TABLE))}</summary>'
        return [
            nodes.container("", *pictures, classes=["drawing"]),
            nodes.raw("", begin, format="html"),
            self.code(table, "text"),
            nodes.raw("", "</details>", format="html"),
        ]


class Screen(ManualDirective):
    """Shows the pixels that a panel gets."""

    option_spec: ClassVar[dict[str, Any]] = {"alt": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        alt = self.options.get("alt", self.argument)
        if self.only_reads_text:
            paragraph = nodes.paragraph(alt, alt)
            self.set_source_info(paragraph)
            return [paragraph]
        file = self.folder() / "screen.png"
        code, said = self.kiosk(["preview", *shlex.split(self.argument), "-o", str(file)])
        if code:
            raise self.error(f"kiosk preview {self.argument}: {said}")
        data = file.read_bytes()
        width = Image.open(BytesIO(data)).width
        shown = width * max(1, SMALL // width)
        return [self.image(data, "png", "panel-picture", self._translated(alt), shown)]

    def _translated(self, text: str) -> str:
        """Return a text of this page in its language: Sphinx translates no HTML of ours."""
        domain = docname_to_domain(self.env.docname, self.config.gettext_compact)
        catalogue, _found = open_catalogue(self.config.locale_dirs, self.config.language, domain)
        return catalogue.gettext(text)


class BenchPicture(ManualDirective):
    """Shows the simulator's page at a width, if ``bench_pictures.py`` has taken it."""

    def run(self) -> list[nodes.Node]:
        app, width = self.env.app, int(self.argument)
        folder = Path(app.outdir).parent / ".pictures" / self.config.language
        alt = _(BENCH, width=width)
        return [
            self.image(file.read_bytes(), "png", f"bench-picture only-{scheme}", alt)
            for scheme in ("light", "dark")
            if (file := folder / f"bench-{width}-{scheme}.png").exists()
        ]


class Generated(ManualDirective):
    """Text that is made from the code: settings, commands, codes."""

    def run(self) -> list[nodes.Node]:
        document = self.state.document
        before = set(map(id, document.findall()))
        made = self.parse_text_to_nodes(generated(self.argument), allow_section_headings=True)
        # What is below a heading is in the document already, and not among what was returned.
        for top in (*made, document):
            for node in top.findall(nodes.Element):
                if id(node) not in before:
                    node["translatable"] = False  # the code has its translations
        return made


def _speak_its_language(_app: Sphinx, config: Any) -> None:
    speak(config.language)


def setup(app: Sphinx) -> dict[str, Any]:
    """Give Sphinx the directives."""
    app.add_directive("yaml-file", YamlFile)
    app.add_directive("command-output", CommandOutput)
    app.add_directive("wiring", Wiring)
    app.add_directive("screen", Screen)
    app.add_directive("bench-picture", BenchPicture)
    app.add_directive("generated", Generated)
    app.connect("config-inited", _speak_its_language)
    import_all()
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
