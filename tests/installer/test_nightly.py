"""The nightly update: which bundle it takes, and what becomes of the others."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

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

    def says(self, *names: str, trusting: bool = True) -> subprocess.CompletedProcess[str]:
        for name in names:
            for suffix in ("", ".sig"):
                (self.updates / f"{name}.bundle.tar{suffix}").touch()
        job = self.root / "scripts/installer/nightly"
        environment = os.environ | ({"CURL_CA_BUNDLE": str(PEM)} if trusting else {})
        return subprocess.run(
            [job], check=False, capture_output=True, text=True, timeout=60, env=environment
        )

    def asked(self) -> list[str]:
        """Return the bundles that the installer was started with."""
        lines = (self.root / "asked").read_text().splitlines()
        begin, end = f"--nightly --from {self.updates}/", ".bundle.tar"
        assert all(line.startswith(begin) and line.endswith(end) for line in lines), lines
        return [line.removeprefix(begin).removesuffix(end) for line in lines]

    def left(self) -> set[str]:
        return {path.name for path in self.updates.iterdir()}


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


def test_a_night_without_a_bundle_is_quiet(night: Night) -> None:
    assert night.comes() == 0
    (night.updates / "kiosk-1.4.0.part").touch()  # it is being copied
    (night.updates / "old.bundle").mkdir()
    assert night.comes() == 0
    assert not (night.root / "asked").exists()


def test_the_newest_is_installed_and_removed(night: Night) -> None:
    assert night.comes("kiosk-1.9.0", "kiosk-1.10.0", "kiosk-1.2.0") == 0
    assert night.asked() == ["kiosk-1.10.0"]
    assert not any("1.10.0" in name for name in night.left())
    assert len(night.left()) == 4


def test_a_wrong_bundle_does_not_stand_in_the_way(night: Night) -> None:
    assert night.comes("kiosk-1.9.0", "zz wrong") == 1  # systemd reports it
    assert night.asked() == ["zz wrong", "kiosk-1.9.0"]
    assert night.left() == {"zz wrong.bundle.tar", "zz wrong.bundle.tar.sig"}


def test_a_bundle_that_others_take_first_is_no_failure(night: Night) -> None:
    assert night.comes("not-yet") == 0
    assert night.left() == {"not-yet.bundle.tar", "not-yet.bundle.tar.sig"}


def test_what_was_tested_and_refused_is_kept_once_and_not_tried_again(night: Night) -> None:
    assert night.comes("tested-1") == 1
    assert night.left() == {"tested-1.bundle.tar.refused"}
    assert night.comes("tested-2") == 1
    assert night.left() == {"tested-2.bundle.tar.refused"}
    assert night.comes() == 0


def test_a_long_sale_lets_it_wait_for_the_next_night(night: Night) -> None:
    assert night.comes("sale") == 1
    assert night.left() == {"sale.bundle.tar", "sale.bundle.tar.sig"}


# --- fetched ---


class Shelf:
    """A server of bundles, with TLS."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[str] = []  # path and answer
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
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

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(PEM)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    if shutil.which("curl") is None:
        pytest.skip("no curl here: apt install curl")
    shelf = Shelf()
    thread = Thread(target=shelf.server.serve_forever, args=(0.05,))
    thread.start()
    yield shelf
    shelf.server.shutdown()
    thread.join()
    shelf.server.server_close()


def test_what_has_changed_at_the_address_is_fetched_once(night: Night, shelf: Shelf) -> None:
    (night.root / "address").write_text(f"# ours\n{shelf.url}/kiosk.bundle.tar\n")
    shelf.files = {"/kiosk.bundle.tar": b"one", "/kiosk.bundle.tar.sig": b"signed"}
    assert night.comes() == 0
    assert night.asked() == ["kiosk"]
    assert night.left() == {"kiosk.bundle.tar.etag"}
    assert night.comes() == 0
    assert shelf.requests == [
        "/kiosk.bundle.tar 200", "/kiosk.bundle.tar.sig 200", "/kiosk.bundle.tar 304"
    ]  # fmt: skip
    assert night.asked() == ["kiosk"]
    shelf.files["/kiosk.bundle.tar"] = b"another"
    assert night.comes() == 0
    assert night.asked() == ["kiosk", "kiosk"]


def test_one_that_waits_is_not_fetched_again(night: Night, shelf: Shelf) -> None:
    (night.root / "address").write_text(f"{shelf.url}/not-yet.bundle.tar\n")
    shelf.files = {"/not-yet.bundle.tar": b"one", "/not-yet.bundle.tar.sig": b"signed"}
    for _ in range(2):
        assert night.comes() == 0
        assert (night.updates / "not-yet.bundle.tar").read_bytes() == b"one"
        assert (night.updates / "not-yet.bundle.tar.sig").read_bytes() == b"signed"
    assert shelf.requests[-1] == "/not-yet.bundle.tar 304"


def test_a_server_that_fails_leaves_nothing_half_and_stops_no_other_bundle(
    night: Night, shelf: Shelf
) -> None:
    (night.root / "address").write_text(f"{shelf.url}/kiosk.bundle.tar\n")
    for files in ({}, {"/kiosk.bundle.tar": b"unsigned"}, {"/kiosk.bundle.tar": b""}):
        shelf.files = files
        done = night.says()
        assert done.returncode == 1
        assert "could not be fetched; it is tried again next night" in done.stderr
        assert night.left() == set()
    shelf.files = {"/kiosk.bundle.tar": b"one", "/kiosk.bundle.tar.sig": bytes(20_000)}
    assert night.comes("mine") == 1
    assert night.asked() == ["mine"]
    assert night.left() == set()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://127.0.0.1/kiosk.bundle.tar",
        "file:///etc/passwd.bundle.tar",
        "https://127.0.0.1/kiosk.zip",
        "https://127.0.0.1/..bundle.tar",
        "https://127.0.0.1/a b.bundle.tar",
        "-K/root/x",
    ],
)
def test_another_kind_of_address_is_refused(night: Night, address: str) -> None:
    (night.root / "address").write_text(f"{address}\n")
    done = night.says()
    assert (done.returncode, "is not an address such as https://" in done.stderr) == (1, True)
    assert night.left() == set()


def test_a_server_whose_certificate_nobody_knows_is_not_asked(night: Night, shelf: Shelf) -> None:
    (night.root / "address").write_text(f"{shelf.url}/kiosk.bundle.tar\n")
    done = night.says(trusting=False)
    assert (done.returncode, "certificate" in done.stderr) == (1, True), done
    assert shelf.requests == []
