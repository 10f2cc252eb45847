"""Input that nobody thought of, for the decoders of registers and scanners."""

from __future__ import annotations

import importlib
import logging
import sys
from collections.abc import Callable
from typing import Any


def fuzz(one: Callable[[bytes], None]) -> None:
    """Call it with inputs that reach new code, until one fails or the time is over."""
    fuzzer: Any = importlib.import_module("atheris")  # only the long fuzzing needs it
    logging.disable()
    fuzzer.instrument_all()
    fuzzer.Setup(sys.argv, one)
    fuzzer.Fuzz()
