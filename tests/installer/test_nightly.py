"""The nightly update: which bundle it takes, and what becomes of the others."""

from __future__ import annotations

from tests.installer.night import Night


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
