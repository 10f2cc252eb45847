"""A bundle that is fetched at night: once, whole, and from a server that has proved its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.installer.night import Night, Shelf
from tests.orders.http.counterpart import FROM_2090, PEM


def test_what_has_changed_at_the_address_is_fetched_once(night: Night, shelf: Shelf) -> None:
    night.address("# ours", f"{shelf.url}/kiosk.bundle.tar")
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
    night.address(f"{shelf.url}/not-yet.bundle.tar")
    shelf.files = {"/not-yet.bundle.tar": b"one", "/not-yet.bundle.tar.sig": b"signed"}
    for _ in range(2):
        assert night.comes() == 0
        assert (night.updates / "not-yet.bundle.tar").read_bytes() == b"one"
        assert (night.updates / "not-yet.bundle.tar.sig").read_bytes() == b"signed"
    assert shelf.requests[-2:] == ["/not-yet.bundle.tar 304", "/not-yet.bundle.tar.sig 200"]


def test_one_that_was_signed_after_it_was_fetched_is_installed_the_next_night(
    night: Night, shelf: Shelf
) -> None:
    night.address(f"{shelf.url}/wrong.bundle.tar")
    shelf.files = {"/wrong.bundle.tar": b"new", "/wrong.bundle.tar.sig": b"of the one before"}
    assert night.comes() == 1
    shelf.files["/wrong.bundle.tar.sig"] = b"of the new one"
    assert night.comes() == 1
    assert (night.updates / "wrong.bundle.tar.sig").read_bytes() == b"of the new one"


def test_what_was_tested_and_refused_is_not_fetched_to_be_tested_again(
    night: Night, shelf: Shelf
) -> None:
    night.address(f"{shelf.url}/tested.bundle.tar")
    shelf.files = {"/tested.bundle.tar": b"bad", "/tested.bundle.tar.sig": b"signed"}
    assert night.comes() == 1
    (night.updates / "tested.bundle.tar.etag").unlink()  # as with a server that sends none
    assert night.comes() == 0
    assert night.asked() == ["tested"]
    assert night.left() == {"tested.bundle.tar.refused", "tested.bundle.tar.etag"}
    shelf.files["/tested.bundle.tar"] = b"as bad"
    assert night.comes() == 1
    assert night.asked() == ["tested", "tested"]


# --- servers that can not be believed ---


def test_a_server_that_fails_leaves_nothing_half_and_stops_no_other_bundle(
    night: Night, shelf: Shelf
) -> None:
    night.address(f"{shelf.url}/kiosk.bundle.tar")
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
    night.address(address)
    done = night.says()
    assert (done.returncode, "is not an address such as https://" in done.stderr) == (1, True)
    assert night.left() == set()


def test_a_server_whose_certificate_nobody_knows_is_not_asked(night: Night, shelf: Shelf) -> None:
    night.address(f"{shelf.url}/kiosk.bundle.tar")
    done = night.says(trusted=None)
    assert (done.returncode, "certificate" in done.stderr) == (1, True), done
    assert shelf.requests == []


@pytest.mark.parametrize(
    ("address", "pem"), [("https://127.0.0.1", FROM_2090), ("https://127.0.0.2", PEM)]
)
def test_a_certificate_that_is_not_valid_yet_or_of_another_name_is_refused(
    night: Night, shelf: Shelf, address: str, pem: Path
) -> None:
    shelf.context.load_cert_chain(pem)
    night.address(f"{address}:{shelf.server.server_port}/kiosk.bundle.tar")
    done = night.says(trusted=pem)
    assert (done.returncode, "SSL" in done.stderr or "certificate" in done.stderr) == (1, True)
    assert shelf.requests == []
    assert night.left() == set()


def test_a_file_that_has_moved_is_fetched_from_its_new_place(night: Night, shelf: Shelf) -> None:
    night.address(f"{shelf.url}/kiosk.bundle.tar")
    for name in ("/kiosk.bundle.tar", "/kiosk.bundle.tar.sig"):
        shelf.moved[name] = f"{shelf.url}/there{name}"
        shelf.files[f"/there{name}"] = b"one"
    assert night.comes() == 0
    assert night.asked() == ["kiosk"]


@pytest.mark.parametrize("to", ["http://127.0.0.1:9/x", "file:///etc/passwd", "/kiosk.bundle.tar"])
def test_an_insecure_place_and_a_circle_are_not_followed(
    night: Night, shelf: Shelf, to: str
) -> None:
    night.address(f"{shelf.url}/kiosk.bundle.tar")
    shelf.moved["/kiosk.bundle.tar"] = to
    assert night.comes() == 1
    assert len(shelf.requests) in {1, 6}
    assert night.left() == set()


@pytest.mark.parametrize("what", ["/kiosk.bundle.tar", "/kiosk.bundle.tar.sig"])
def test_a_server_that_sends_without_end_does_not_fill_the_disk(
    night: Night, shelf: Shelf, what: str
) -> None:
    night.address(f"{shelf.url}/kiosk.bundle.tar")
    night.where("df() { echo Avail; echo $((kept_free + 1000000)); }")
    shelf.files["/kiosk.bundle.tar"] = b"one"
    shelf.endless.add(what)
    assert night.comes("mine") == 1
    assert night.asked() == ["mine"]
    assert night.left() == set()


def test_a_file_that_is_longer_than_there_is_space_is_not_begun(night: Night, shelf: Shelf) -> None:
    night.address(f"{shelf.url}/kiosk.bundle.tar")
    shelf.files = {"/kiosk.bundle.tar": bytes(2000), "/kiosk.bundle.tar.sig": b"signed"}
    for free in (1000, -1000):
        night.where(f"df() {{ echo Avail; echo $((kept_free + {free})); }}")
        assert night.comes() == 1
        assert night.left() == set()
    assert "has no space for an update" in night.says().stderr


def test_a_server_that_sends_no_more_is_left(night: Night, shelf: Shelf) -> None:
    night.address(f"{shelf.url}/kiosk.bundle.tar")
    night.where("stalls_after=1")
    shelf.stalled.add("/kiosk.bundle.tar")
    assert night.comes("mine") == 1
    assert night.asked() == ["mine"]
    assert night.left() == set()
