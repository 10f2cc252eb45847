"""When the last configuration that sold may replace a file with faults, and when it must not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.base import atomic_file
from kiosk.base.environment import Environment
from kiosk.base.errors import ConfigError
from kiosk.base.money import Money
from kiosk.config.last_sold import forget_other_account, last_sold
from kiosk.config.loader import CheckedFile, check_file
from kiosk.journal import Journal
from kiosk.sale.effects import (
    Fact,
    RefundDecided,
    RefundUnderway,
    SaleEnded,
    SaleOpened,
    SaleSetAside,
)
from kiosk.sale.words import Outcome, Sale
from kiosk.service import last_good
from tests.config.counter import COUNTER

SALE = Sale("counter-1-XYZ-7", Money.of("12.50", "ARS"), "till")
ENDED = SaleEnded(SALE.reference, Outcome.PAID, "seen")
WITH_FAULT = ("ARS", "ARG")
OTHER_POINT_OF_SALE = "COUNTER1", "COUNTER2"


@dataclass
class Shop:
    """A counter that sold by its file, so that a copy of it is beside its journal."""

    folder: Path

    def __post_init__(self) -> None:
        self.file, self.copy = self.folder / "kiosk.yaml", self.folder / "kiosk.yaml.good"
        self.journal = self.folder / "journal.sqlite3"
        self.text = f"{COUNTER}journal: {{path: {self.journal}}}\n"
        self.copy.write_text(self.text)
        self.file.write_text(self.text)
        self.remember()

    def remember(self, *facts: Fact, request: bytes = b"{}") -> None:
        with closing(Journal.open(self.journal, lambda: 0.0)) as journal:
            for fact in facts:
                journal.remember(fact, request)

    def order(self, sale: Sale = SALE, orders: str = "") -> bytes:
        """Return the request of the sale's order, as a kiosk with these settings writes it."""
        self.file.write_text(self.text.replace("orders:\n", f"orders:\n{orders}"))
        config = check_file(self.file, os.environ).require_config(self.file)
        client = config.orders.open(expires_after=300.0, currency="ARS", environment=Environment())
        return client.request(sale)

    def changed(self, *pairs: tuple[str, str]) -> CheckedFile:
        """Change the file, and check it."""
        text = self.text
        for old, new in pairs:
            assert old in text
            text = text.replace(old, new)
        self.file.write_text(text)
        return check_file(self.file, os.environ)

    def starts(self, faulty: CheckedFile | None = None) -> str:
        """Start by a file with faults; return why not, or nothing if the copy sells on."""
        faulty = faulty or self.changed(WITH_FAULT)
        assert faulty.config is None, "the file has a fault"
        error = ConfigError("the file's own fault")
        try:
            used = last_sold(self.file, faulty, error)
        except ConfigError as refused:
            return str(refused)
        assert used.data == self.copy.read_bytes()
        assert "run kiosk check" in used.problem
        return ""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("KIOSK_TOKEN", "TEST-1")
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    return Shop(tmp_path)


def test_a_mistake_elsewhere_sells_on_and_without_a_copy_the_file_has_its_own_fault(
    shop: Shop,
) -> None:
    assert shop.starts() == ""
    shop.copy.unlink()
    assert shop.starts() == "the file's own fault"


# Rule 1: no other account has sold since the copy was made.

MOVES = {
    "another point of sale": OTHER_POINT_OF_SALE,
    "another token": ("KIOSK_TOKEN", "OTHER_TOKEN"),
    "another service": ("orders:\n", "orders:\n  base_url: http://127.0.0.1:9000\n"),
    "another journal": ("journal.sqlite3", "other.sqlite3"),
}


@pytest.mark.parametrize("move", MOVES)
def test_a_counter_that_moved_leaves_no_copy_to_go_back_to(shop: Shop, move: str) -> None:
    forget_other_account(shop.copy, shop.changed(MOVES[move]))
    assert not shop.copy.exists()
    shop.file.write_bytes(b"")
    assert shop.starts(check_file(shop.file, os.environ)) == "the file's own fault"


def test_a_change_that_moves_no_money_keeps_the_copy(shop: Shop) -> None:
    usual = "orders:\n  base_url: https://api.mercadopago.com\n  mode: hybrid\n"
    for same in (("name: counter-1", "name: counter-2"), ("orders:\n", usual)):
        forget_other_account(shop.copy, shop.changed(same))
        assert shop.copy.read_text() == shop.text
    shop.copy.unlink()
    forget_other_account(shop.copy, shop.changed())
    assert not shop.copy.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"orders: {", b"kiosk: 7\n"])
def test_a_copy_that_can_not_be_read_is_deleted(shop: Shop, content: bytes) -> None:
    shop.copy.write_bytes(content)
    forget_other_account(shop.copy, shop.changed())
    assert not shop.copy.exists()


def test_a_file_is_refused_while_the_copy_of_another_account_can_not_be_deleted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(path))

    monkeypatch.setattr(atomic_file, "delete", broken)
    forget_other_account(shop.copy, shop.changed())
    with pytest.raises(ConfigError, match=r"kiosk\.yaml\.good.*can't be deleted.*; delete it"):
        forget_other_account(shop.copy, shop.changed(OTHER_POINT_OF_SALE))


# A journal in another place: a link in the folder of the service's state leads to its copy.


@pytest.fixture
def moved(shop: Shop) -> Shop:
    """The counter after its journal was moved to another disk."""
    disk = shop.folder / "disk"
    disk.mkdir()
    shop.text = shop.text.replace(str(shop.journal), f"{disk}/journal.sqlite3")
    shop.journal, shop.copy = disk / "journal.sqlite3", disk / "kiosk.yaml.good"
    forget_other_account(shop.copy, shop.changed())
    shop.copy.write_text(shop.text)
    shop.remember()
    return shop


@pytest.mark.parametrize("content", [b"", bytes(range(256)), b"\n  - {: [\n"])
def test_the_copy_beside_a_journal_elsewhere_is_found_by_a_file_that_names_nothing(
    moved: Shop, content: bytes
) -> None:
    moved.file.write_bytes(content)
    assert moved.starts(check_file(moved.file, os.environ)) == ""
    used = last_sold(moved.file, None, ConfigError("there is no file"))
    assert used.data.decode() == moved.text


def test_the_copy_of_the_old_place_is_never_found_again(moved: Shop) -> None:
    """It was of the old journal; what sold since is unknown there."""
    place = moved.folder / "kiosk.yaml.good"
    assert place.readlink() == moved.copy
    moved.copy.unlink()
    assert moved.starts(check_empty(moved)) == "the file's own fault"
    back = moved.changed((str(moved.journal), f"{moved.folder}/journal.sqlite3"))
    forget_other_account(place, back)
    assert moved.starts(check_empty(moved)) == "the file's own fault"
    last_good.keep(place, back.data)
    assert not place.is_symlink()
    assert place.read_bytes() == back.data


def check_empty(shop: Shop) -> CheckedFile:
    shop.file.write_bytes(b"")
    return check_file(shop.file, os.environ)


def test_another_account_beside_the_journal_elsewhere_leaves_no_copy(moved: Shop) -> None:
    forget_other_account(moved.copy, moved.changed(OTHER_POINT_OF_SALE))
    assert moved.starts(check_empty(moved)) == "the file's own fault"


def test_while_no_link_can_be_made_the_copy_of_the_old_place_is_deleted(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(link: Path, *_: object) -> None:
        raise OSError(28, "No space left on device", str(link))

    monkeypatch.setattr(Path, "symlink_to", full)
    elsewhere = shop.folder / "disk/kiosk.yaml.good"
    forget_other_account(elsewhere, shop.changed(("journal.sqlite3", "disk/journal.sqlite3")))
    assert not shop.copy.exists()
    monkeypatch.setattr(atomic_file, "delete", full)
    shop.copy.write_text(shop.text)
    with pytest.raises(ConfigError, match=r"kiosk\.yaml\.good.*can't be deleted.*; delete it"):
        forget_other_account(elsewhere, shop.changed(("journal.sqlite3", "disk/journal.sqlite3")))


# Rule 2: the file names no other account, and has no fault that may hide one.

HIDDEN = {
    "a second one": ("COUNTER1\n", "COUNTER1\n  external_pos_id: COUNTER2\n"),
    "a misspelt setting": ("external_pos_id: COUNTER1", "external_pos_idd: COUNTER2"),
    "a misspelt section": ("orders:", "ordes:"),
    "an indentation too few": ("  external_pos_id: COUNTER1", "external_pos_id: COUNTER2"),
    "a bracket too many": ("external_pos_id: COUNTER1", "external_pos_id: [COUNTER2"),
    "an empty value": ("external_pos_id: COUNTER1", "external_pos_id:"),
    "a second section": ("display:", "orders: {external_pos_id: COUNTER2}\ndisplay:"),
    "a second place of the token": ("{env: KIOSK_TOKEN}", "{env: KIOSK_TOKEN, file: /token}"),
    "a misspelt driver": ("orders:\n", "orders:\n  driver: mercadopagoo\n"),
}


@pytest.mark.parametrize("how", HIDDEN)
def test_a_mistake_that_may_hide_another_point_of_sale_does_not_sell_for_the_old_one(
    shop: Shop, how: str
) -> None:
    said = shop.starts(shop.changed(HIDDEN[how]))
    assert "is not used; correct the file" in said


HARMLESS = {
    "a misspelt mode": ("orders:\n", "orders:\n  mode: dynamicc\n"),
    "a comment": ("orders:\n", "orders:\n  mode: 7  # external_pos_id: COUNTER2 was the old one\n"),
    "a misspelt section": ("signals:", "singals:"),
}


@pytest.mark.parametrize("how", HARMLESS)
def test_a_mistake_that_hides_no_point_of_sale_sells_on(shop: Shop, how: str) -> None:
    assert shop.starts(shop.changed(HARMLESS[how])) == ""


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_file_of_another_encoding_is_read_to_see_for_whom_it_sells(
    shop: Shop, encoding: str
) -> None:
    for pos, sells in (("COUNTER1", True), ("COUNTER2", False)):
        text = shop.text.replace("COUNTER1", pos).replace("es,", "es, shop: Peña,")
        shop.file.write_bytes(text.encode(encoding))
        said = shop.starts(check_file(shop.file, os.environ))
        assert said == "" if sells else "orders.external_pos_id is not that of" in said


def test_a_large_file_that_is_no_text_is_not_searched_for_settings(shop: Shop) -> None:
    for end, sells in (("", True), (shop.text, False)):
        shop.file.write_bytes(bytes(range(256)) * 4000 + end.encode())
        checked = check_file(shop.file, os.environ)
        assert checked.document.tree == {}
        assert (shop.starts(checked) == "") is sells


def test_a_file_cut_off_before_its_account_sells_on_and_within_it_does_not(shop: Shop) -> None:
    for end, sells in (("orders:", True), ("NTER1", False)):
        shop.file.write_text(shop.text.partition(end)[0])
        assert (shop.starts(check_file(shop.file, os.environ)) == "") is sells


# Rule 3: the journal can be read, and what is open in it is of the copy's point of sale.

OPEN: dict[str, tuple[Fact, ...]] = {
    "open": (),
    "set aside": (SaleSetAside(SALE.reference, "no answer"),),
    "to be refunded": (RefundDecided(SALE.reference, "too late"),),
    "being refunded": (ENDED, RefundUnderway(SALE.reference, "asked")),
}


@pytest.mark.parametrize("how", OPEN)
def test_a_sale_of_the_same_point_of_sale_is_settled_by_the_copy(shop: Shop, how: str) -> None:
    shop.remember(SaleOpened(SALE), *OPEN[how], request=shop.order())
    assert shop.starts() == ""


@pytest.mark.parametrize("how", OPEN)
@pytest.mark.parametrize("request_is", ["another point of sale's", "an older API's", "unreadable"])
def test_a_sale_of_which_that_is_not_sure_stops_the_copy(
    shop: Shop, how: str, request_is: str
) -> None:
    requests: dict[str, Callable[[], bytes]] = {
        "another point of sale's": lambda: shop.order().replace(b"COUNTER1", b"COUNTER2"),
        "an older API's": lambda: shop.order(orders="  driver: dynamic_qr\n  user_id: 4466\n"),
        "unreadable": lambda: b"\xff{",
    }
    shop.remember(SaleOpened(SALE), *OPEN[how], request=requests[request_is]())
    said = shop.starts()
    assert "a sale is open that may be of another point of sale" in said
    assert SALE.reference in said
    assert "the file's own fault" in said


def test_a_sale_of_another_point_of_sale_that_has_ended_is_no_hindrance(shop: Shop) -> None:
    request = shop.order().replace(b"COUNTER1", b"COUNTER2")
    shop.remember(SaleOpened(SALE), ENDED, request=request)
    assert shop.starts() == ""


def test_a_row_that_can_not_be_read_stops_the_copy(shop: Shop) -> None:
    shop.remember(SaleOpened(SALE), request=shop.order())
    with closing(sqlite3.connect(shop.journal)) as db, db:
        db.execute("UPDATE sales SET amount = '12,5o'")
    assert "a sale is open that may be of another point of sale" in shop.starts()


@pytest.mark.parametrize("spoilt", [None, b"no journal" * 500])
def test_without_a_journal_that_can_be_read_the_copy_is_not_used(
    shop: Shop, spoilt: bytes | None
) -> None:
    if spoilt is None:
        shop.journal.unlink()
    else:
        shop.journal.write_bytes(spoilt)
    said = shop.starts()
    assert said.startswith("the file's own fault")
    assert str(shop.journal) in said


def test_a_copy_that_names_another_journal_is_not_used(shop: Shop) -> None:
    elsewhere = shop.folder / "elsewhere" / "journal.sqlite3"
    shop.copy.write_text(shop.text.replace(str(shop.journal), str(elsewhere)))
    assert f"it is of another journal, {elsewhere}" in shop.starts()
