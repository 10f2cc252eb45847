"""The test of a new release does not begin while somebody pays."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.installer.releaser import INSTALLER


def test_a_sale_that_does_not_end_postpones_the_test_and_refuses_nothing(tmp_path: Path) -> None:
    shutil.copytree(INSTALLER, tmp_path / "installer")
    opt = tmp_path / "opt"
    for name in ("old", "new"):
        (opt / "releases" / name / "bin").mkdir(parents=True)
        kiosk = opt / "releases" / name / "bin/kiosk"
        kiosk.write_text('#!/bin/sh\necho \'{"state": "paying"}\'\n')
        kiosk.chmod(0o755)
    (opt / "current").symlink_to("releases/old")
    (opt / "trial").write_text("new=new\nold=old\nwas=paying\n")
    with (tmp_path / "installer/paths.sh").open("a") as paths:
        paths.write(f"opt='{opt}' releases='{opt}/releases'\n")
        paths.write(f"trial='{opt}/trial' refused='{opt}/refused'\n")
    done = subprocess.run(
        [tmp_path / "installer/trial"],
        env=os.environ | {"KIOSK_PATIENCE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stdout == "<4>release new was not tested: a sale was open for 1 seconds\n"
    assert (opt / "current").readlink() == Path("releases/old")
    assert {path.name for path in opt.iterdir()} == {"current", "releases"}
    said = subprocess.run(
        [
            "bash",
            "-euc",
            f". '{tmp_path}/installer/paths.sh'; . '{INSTALLER}/trial.sh'; why_not new",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "so the new release was not tested; try again later" in said
