"""What the kiosk's unit allows: tries each thing, and prints the kernel's answer.

Runs on the release's own Python, in a copy of the unit that has this for its ExecStart.
"""

import ctypes
import errno
import json
import mmap
import os
import socket
from collections.abc import Callable
from pathlib import Path


def said(attempt: Callable[[], object]) -> str:
    """Return ``yes``, or the name of the error."""
    try:
        attempt()
    except OSError as fault:
        return errno.errorcode[fault.errno or 0]
    return "yes"


def opened(path: str, flags: int = os.O_RDWR | os.O_NONBLOCK) -> str:
    return said(lambda: os.close(os.open(path, flags)))


def written(folder: str) -> str:
    path = Path(folder, "probe")
    answer = said(lambda: path.write_text("here"))
    if answer == "yes":
        path.unlink()
    return answer


def called(function: str, *arguments: object) -> str:
    """Call the C library's function of that name."""
    libc = ctypes.CDLL(None, use_errno=True)
    return (
        "yes" if getattr(libc, function)(*arguments) >= 0 else errno.errorcode[ctypes.get_errno()]
    )


def talked(family: int, kind: int) -> str:
    return said(lambda: socket.socket(family, kind).close())


def listened(port: int) -> str:
    with socket.socket() as door:
        return said(lambda: door.bind(("127.0.0.1", port)))


def lamp() -> str:
    """Light a lamp as the kiosk does."""
    try:
        from kiosk.base.gpio_header import gpio_line  # noqa: PLC0415 - whether this works is asked

        with gpio_line(9) as gpiozero:
            gpiozero.LED(9).on()
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}"
    return "yes"


def main() -> None:
    """Try it all."""
    anonymous = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    writable_code = mmap.PROT_WRITE | mmap.PROT_EXEC
    answers = {
        "gpio": opened("/dev/gpiochip0"),
        "i2c": opened("/dev/i2c-1"),
        "spi": opened("/dev/spidev0.0"),
        "uinput": opened("/dev/uinput"),
        "bus": opened("/dev/rig_bus", os.O_RDONLY | os.O_NONBLOCK),
        "watchdog": opened("/dev/watchdog"),
        "lamp": lamp(),
        "state": written("/var/lib/kiosk"),
        "run": written("/run/kiosk"),
        "etc": written("/etc/kiosk"),
        "release": written("/opt/kiosk/current"),
        "cgroup": written("/sys/fs/cgroup"),
        "token": opened("/etc/kiosk/token", os.O_RDONLY),
        "root": said(lambda: os.listdir("/root")),
        "others": opened("/proc/1/environ", os.O_RDONLY),
        "internet": talked(socket.AF_INET, socket.SOCK_STREAM),
        "netlink": talked(socket.AF_NETLINK, socket.SOCK_RAW),
        "packets": talked(socket.AF_PACKET, socket.SOCK_RAW),
        "listen": listened(8080),
        "mount": called("mount", b"none", b"/run/kiosk", b"tmpfs", 0, None),
        "namespace": called("unshare", 0x10000000),
        "clock": called("settimeofday", ctypes.create_string_buffer(16), None),
        "code": said(lambda: mmap.mmap(-1, 4096, anonymous, writable_code).close()),
    }
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
