"""A night of a counter, whose installer is a stand-in; and a server from which it fetches bundles."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event

from tests.installer.releaser import INSTALLER
from tests.orders.http.counterpart import PEM

# An installer that does what the name of the bundle says.
_INSTALL = """#!/bin/bash
echo "$*" >>ROOT/asked
case ${3##*/} in
*not-yet*) exit 4 ;;
*wrong*) exit 3 ;;
*tested*) echo "release x: bad" >ROOT/refused && exit 1 ;;
*sale*) exit 1 ;;
esac
"""


class Night:
    """A counter whose installer is a stand-in."""

    def __init__(self, root: Path) -> None:
        self.root, self.updates = root, root / "updates"
        self.updates.mkdir()
        shutil.copytree(INSTALLER, root / "scripts/installer")
        (root / "scripts/install").write_text(_INSTALL.replace("ROOT", str(root)))
        (root / "scripts/install").chmod(0o755)
        with (root / "scripts/installer/paths.sh").open("a") as paths:
            paths.write(f"updates='{self.updates}' refused='{root}/refused'\n")
            paths.write(f"address='{root}/address'\n")

    def comes(self, *names: str) -> int:
        """Lay these bundles ready, and run the job of the night; return its exit code."""
        return self.says(*names).returncode

    def says(self, *names: str, trusted: Path | None = PEM) -> subprocess.CompletedProcess[str]:
        for name in names:
            for suffix in ("", ".sig"):
                (self.updates / f"{name}.bundle.tar{suffix}").touch()
        job = self.root / "scripts/installer/nightly"
        environment = os.environ | ({"CURL_CA_BUNDLE": str(trusted)} if trusted else {})
        return subprocess.run(
            [job], check=False, capture_output=True, text=True, timeout=60, env=environment
        )

    def address(self, *lines: str) -> None:
        """Write where bundles are fetched."""
        (self.root / "address").write_text("".join(f"{line}\n" for line in lines))

    def where(self, *lines: str) -> None:
        """Append to the part of the installer that fetches: another computer, shorter times."""
        with (self.root / "scripts/installer/fetch.sh").open("a") as fetch:
            fetch.write("".join(f"{line}\n" for line in lines))

    def asked(self) -> list[str]:
        """Return the bundles that the installer was started with."""
        lines = (self.root / "asked").read_text().splitlines()
        begin, end = f"--nightly --from {self.updates}/", ".bundle.tar"
        assert all(line.startswith(begin) and line.endswith(end) for line in lines), lines
        return [line.removeprefix(begin).removesuffix(end) for line in lines]

    def left(self) -> set[str]:
        return {path.name for path in self.updates.iterdir()}


class Shelf:
    """A server of bundles, with TLS."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.moved: dict[str, str] = {}  # where to
        self.endless: set[str] = set()
        self.stalled: set[str] = set()
        self.closed = Event()
        self.requests: list[str] = []  # path and answer
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path in shelf.moved:
                    self.moves(shelf.moved[self.path])
                elif self.path in shelf.endless | shelf.stalled:
                    self.never_ends()
                else:
                    self.answers()

            def moves(self, to: str) -> None:
                shelf.requests.append(f"{self.path} 302")
                self.send_response(302)
                self.send_header("Location", to)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def never_ends(self) -> None:
                """Send a file whose length nobody says; or begin it, and then nothing."""
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"beginning")
                self.wfile.flush()
                if self.path in shelf.stalled:
                    shelf.closed.wait(60)
                while self.path in shelf.endless:
                    try:
                        self.wfile.write(bytes(65536))
                    except OSError:  # the counter has closed the connection
                        return

            def answers(self) -> None:
                data = shelf.files.get(self.path)
                tag = f'"{len(data or b"")}"'
                same = self.headers["If-None-Match"] == tag
                code = 404 if data is None else 304 if same else 200
                shelf.requests.append(f"{self.path} {code}")
                self.send_response(code)
                self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(data or b"")))
                self.end_headers()
                if code == 200:
                    self.wfile.write(data or b"")

            def log_message(self, format: str, *words: object) -> None:  # noqa: A002
                """Be quiet."""

        self.server = ThreadingHTTPServer(("", 0), Handler)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(PEM)
        self.server.socket = self.context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}"
