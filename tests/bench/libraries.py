"""What the daemon stands on, without a line of its own: how much of a start and of the memory that is.

These libraries are chosen for the project. So nothing that is done in ``kiosk/`` can get below them.
"""

from __future__ import annotations

# What a start is measured against: some of the libraries, as anybody imports them.
SOME = "import httpx, pydantic, luma.oled.device, gpiozero"

# All that a counter with a simulated panel uses, as the daemon imports it: with an event loop, a
# thread, a model, a database, certificates and a font.
ALL = """
import gc, os, sys
gc.disable()  # these three as in kiosk/cli/__init__.py
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
sys.modules.update({"httpx._main": None, "trio": None})
import sqlite3, ssl
import anyio, anyio.to_thread, h11, httpcore, httpx, pydantic, segno, yaml
from PIL import Image, ImageDraw, ImageFont

class Model(pydantic.BaseModel):
    number: int = pydantic.Field(3, ge=1)

async def main():
    await anyio.to_thread.run_sync(Model)
    ssl.create_default_context(capath=ssl.get_default_verify_paths().capath)

sqlite3.connect(":memory:").execute("SELECT 1")
ImageDraw.Draw(Image.new("1", (128, 64))).text((0, 0), "$ 12", font=ImageFont.load_default(12), fill=1)
anyio.run(main)
"""
PANEL_AND_LAMPS = "import luma.oled.device, gpiozero\n"
# What the kiosk does before that, and its own modules after it, without running anything in them.
LAZILY = """
import os
from kiosk.base.lazy_modules import load_when_used
from kiosk.cli import TIME_ZONES
load_when_used()
os.environ["PYTHONTZPATH"] = TIME_ZONES
"""
OURS = "import kiosk.cli.run, kiosk.daemon, kiosk.inputs.serial_line, kiosk.orders.mercadopago\n"
AT_ONCE = "os._exit(0)\n"  # the end of a process is not part of a start
RESIDENT = """
import re
print(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""
