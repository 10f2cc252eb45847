"""Modules that the libraries import and a counter does not use: each is loaded when it is used.

A library imports ``zipfile`` or ``locale`` for a case that a counter does not have. The modules
listed here take 2 MiB, and some milliseconds of a start. Python 3.15 can do the same (PEP 810).
``importlib.util.LazyLoader`` loads a module as soon as a second file imports it, so it can't.
"""

from __future__ import annotations

import sys
from collections.abc import Container, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader  # which imports half of the list

# Beside each: who imports it, and for what.
LAZY = frozenset(
    {
        "PIL.ExifTags",  # PIL.Image, for photos
        "PIL.TiffTags",  # PIL.Image, for scans
        "asyncio.sslproto",  # asyncio, for its own TLS; anyio brings another
        "csv",  # importlib.metadata, for the files of a package
        "email.header",  # email, for letters that are not in English
        "email.parser",  # http.client, for answers; httpx reads them with h11
        "idna",  # httpx, for host names that are not in English
        "locale",  # calendar and subprocess, for dates and texts of the system
        "mimetypes",  # httpx, for files that are sent
        "pydantic._internal._discriminated_union",  # pydantic, for settings of several kinds
        "segno.writers",  # segno, for files; a panel draws its QR itself
        "shutil",  # tempfile, for folders that are deleted
        "sysconfig",  # zoneinfo, to find the time zones, if PYTHONTZPATH does not say where
        "zipfile",  # importlib.metadata, for packages in archives
    }
)


class LazyModule(ModuleType):
    """A module that is loaded when something in it is used for the first time."""

    def __getattr__(self, name: str) -> Any:
        """Load the module; only what it does not have yet is asked here."""
        loader: Any = self.__spec__.loader if self.__spec__ else None
        if isinstance(loader, _LazyLoader):
            loader.load(self)
        return ModuleType.__getattribute__(self, name)


class _LazyLoader:
    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._lock = RLock()  # a second thread waits until the module is loaded as a whole
        self._begun = False

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = LazyModule

    def load(self, module: ModuleType) -> None:
        """Load the module, unless this is done already or underway in this thread."""
        with self._lock:
            if self._begun:
                return
            self._begun = True
            try:
                self._loader.exec_module(module)
            except BaseException:
                self._begun = False
                raise
            module.__class__ = ModuleType


class LazyFinder:
    """Finds some modules where Python finds them, and does not load them."""

    def __init__(self, names: Container[str]) -> None:
        self._names = names

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how the module is loaded, or None for another module."""
        if name not in self._names:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            spec.loader = cast("Loader", _LazyLoader(spec.loader))
        return spec


def load_when_used() -> None:
    """From now on, import the modules of the list without loading them."""
    sys.meta_path.insert(0, LazyFinder(LAZY))
