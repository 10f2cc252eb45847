"""A scanner on the kernel's uinput: what is written to the FIFO, as input_event structs, it types.

scanner.py NAME VENDOR:PRODUCT FIFO      # plugged in until it ends
"""

import fcntl
import os
import select
import struct
import sys

_UI_DEV_CREATE, _UI_DEV_SETUP = 0x5501, 0x405C5503
_UI_SET_EVBIT, _UI_SET_KEYBIT, _UI_SET_MSCBIT = 0x40045564, 0x40045565, 0x40045568
_EV_KEY, _EV_MSC, _MSC_SCAN, _BUS_USB = 1, 4, 4, 3
# The kernel keeps 64 events for a reader. Key by key would be truer, but on a computer with much else
# to do the pauses grow until a code seems cut off.
_AT_ONCE, _THEN = 48 * struct.calcsize("@llHHi"), 0.02  # bytes; seconds


def plug_in(name: str, vendor: int, product: int) -> int:
    """Make the input device; it is there as long as the descriptor is open."""
    device = os.open("/dev/uinput", os.O_WRONLY)
    for kind in (_EV_KEY, _EV_MSC):
        fcntl.ioctl(device, _UI_SET_EVBIT, kind)
    for code in range(1, 128):
        fcntl.ioctl(device, _UI_SET_KEYBIT, code)
    fcntl.ioctl(device, _UI_SET_MSCBIT, _MSC_SCAN)
    facts = struct.pack("HHHH80sI", _BUS_USB, vendor, product, 1, name.encode(), 0)
    fcntl.ioctl(device, _UI_DEV_SETUP, facts)
    fcntl.ioctl(device, _UI_DEV_CREATE)
    return device


def main(name: str, ids: str, fifo: str) -> None:
    """Type for ever."""
    if not os.path.exists(fifo):
        os.mkfifo(fifo)
    device = plug_in(name, *(int(part, 16) for part in ids.split(":")))
    with open(fifo, "r+b", buffering=0) as keys:  # open for writing too: it never ends
        while True:
            os.write(device, keys.read(_AT_ONCE))
            select.select([], [], [], _THEN)


if __name__ == "__main__":
    main(*sys.argv[1:])
