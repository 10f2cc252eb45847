"""The far end of a USB serial cable: a register on the kernel's own gadget driver.

    register.py FIFO ANSWERS     # plugged in until it ends

What is written to FIFO it sends; what the kiosk answers is added to ANSWERS.
"""

import os
import select
import signal
import sys
import tty
from pathlib import Path

_GADGET = Path("/sys/kernel/config/usb_gadget/register")
_CONTROLLER = "dummy_udc.0"


def build() -> None:
    """Make the gadget: a CDC ACM serial port with a name, as /dev/serial/by-id needs it."""
    if _GADGET.exists():
        return
    texts, config = _GADGET / "strings/0x409", _GADGET / "configs/c.1"
    function = _GADGET / "functions/acm.usb0"
    for folder in (_GADGET, texts, config, function):
        folder.mkdir(exist_ok=True)
    (_GADGET / "idVendor").write_text("0x1d6b")
    (_GADGET / "idProduct").write_text("0x0104")
    (texts / "manufacturer").write_text("Rig")
    (texts / "product").write_text("Register")
    (texts / "serialnumber").write_text("0001")
    (config / "acm.usb0").symlink_to(function)


def main(fifo: str, answers: str) -> None:
    """Plug in and pass bytes both ways, for ever."""
    build()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    if not os.path.exists(fifo):
        os.mkfifo(fifo)
    (_GADGET / "UDC").write_text(_CONTROLLER)
    try:
        carry(fifo, answers)
    finally:
        (_GADGET / "UDC").write_text("\n")


def carry(fifo: str, answers: str) -> None:
    """Pass bytes on."""
    with (
        open(fifo, "r+b", buffering=0) as said,
        open("/dev/ttyGS0", "r+b", buffering=0) as wire,
        open(answers, "ab", buffering=0) as heard,
    ):
        tty.setraw(wire.fileno())
        while True:
            ready, _, _ = select.select([said, wire], [], [])
            if said in ready:
                wire.write(said.read(4096))
            if wire in ready:
                heard.write(wire.read(4096))


if __name__ == "__main__":
    main(*sys.argv[1:])
