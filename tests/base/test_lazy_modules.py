"""What the libraries import for nothing stays on the card, and works as usual if it is used after all."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType

import pytest

from kiosk.base.lazy_modules import LAZY, LazyFinder, LazyModule
from tests.bench.libraries import LAZILY, OURS

AS_THE_DAEMON = f"""
{LAZILY}
import sys
from kiosk.base.lazy_modules import LAZY, LazyModule
from kiosk.cli import LEFT_OUT
sys.modules.update(LEFT_OUT)
{OURS}
import anyio, kiosk.base.version, segno
anyio.run(anyio.sleep, 0)
kiosk.base.version.kiosk_version()
segno.make("20,00", error="m")
print(*(name for name in LAZY if name not in sys.modules))
print(*(name for name in LAZY & sys.modules.keys() if type(sys.modules[name]) is not LazyModule))
"""


def lazily(folder: Path, text: str) -> ModuleType:
    """Write a module, and import it as one of the list."""
    (folder / "rarely.py").write_text(text)
    spec = LazyFinder({"rarely"}).find_spec("rarely", [str(folder)])
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_counter_imports_each_module_of_the_list_and_loads_none() -> None:
    environ = {"PYDANTIC_DISABLE_PLUGINS": "__all__"}
    said = subprocess.check_output([sys.executable, "-c", AS_THE_DAEMON], text=True, env=environ)
    not_imported, loaded, _end = said.split("\n")
    assert not loaded
    if sys.version_info < (3, 12):  # newer ones import a little less
        assert not not_imported


def test_only_the_modules_of_the_list_are_found() -> None:
    assert LazyFinder(LAZY).find_spec("json", None) is None


def test_the_first_use_loads_the_module_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    module = lazily(tmp_path, "import sys\nsys.stdout.write('loaded ')\ntotal = 20\ncoins = 3\n")
    assert capsys.readouterr().out == ""
    assert type(module) is LazyModule
    assert module.__name__ == "rarely"
    assert "total" not in vars(module)
    assert (module.total, module.coins) == (20, 3)
    assert capsys.readouterr().out == "loaded "
    assert type(module) is ModuleType


def test_what_the_module_does_not_have_is_missing_as_usual(tmp_path: Path) -> None:
    with pytest.raises(AttributeError, match="module 'rarely' has no attribute 'price'"):
        _ = lazily(tmp_path, "total = 20\n").price


def test_a_module_that_asks_for_itself_while_it_is_loaded_gets_an_answer(tmp_path: Path) -> None:
    text = "import sys\nhas = hasattr(sys.modules[__name__], 'later')\nlater = 1\n"
    module = lazily(tmp_path, text)
    sys.modules["rarely"] = module
    try:
        assert module.has is False
    finally:
        del sys.modules["rarely"]


def test_an_error_in_the_module_is_raised_at_each_use(tmp_path: Path) -> None:
    module = lazily(tmp_path, "raise OSError('the card does not answer')\n")
    for _ in range(2):
        with pytest.raises(OSError, match="the card does not answer"):
            _ = module.total


def test_all_threads_see_the_whole_module(tmp_path: Path) -> None:
    """The interpreter changes threads at each ``sleep(0)``: a half-loaded module would be seen."""
    text = "import time\nfirst = 1\nfor _ in range(100):\n    time.sleep(0)\nlast = 2\n"
    module = lazily(tmp_path, text)
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lambda _: module.first + module.last, range(64)))
    assert set(seen) == {3}
