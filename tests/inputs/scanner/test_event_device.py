"""The kernel's input device: opened for us alone, and read by its own thread."""

from __future__ import annotations

import socket
import time

import anyio
import anyio.to_thread
import pytest

from kiosk.base.errors import DeviceGone
from kiosk.inputs.scanner.event_device import MAX_CHUNKS, EventDevice, explain, open_grabbed
from tests.inputs.scanner.keyboard import DROPPED, packed, typed

pytestmark = pytest.mark.anyio


async def test_a_flood_that_nobody_takes_is_cut_off_and_told() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.setblocking(False)
    node = EventDevice(theirs.detach(), "/dev/input/scanner")
    data = packed(typed("1"), time.monotonic())

    def flood() -> None:
        for _ in range(2 * MAX_CHUNKS):  # more than the socket itself can hold
            ours.send(data)

    async with node.reading():
        await anyio.to_thread.run_sync(flood)
        events = await node.receive()
    assert (events[0].type, events[0].code) == DROPPED[:2]
    ours.close()
    node.close()


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/dev/input/nowhere", "nothing is plugged in there; check the cable"),
        ("/dev/null", "it is not a keyboard; set device"),
        ("/", "it is not a keyboard; set device"),
    ],
)
async def test_a_device_that_can_not_be_opened_says_why(path: str, reason: str) -> None:
    with pytest.raises(DeviceGone, match=f"^{path}: {reason}"):
        open_grabbed(path)


def test_errors_of_devices_in_a_technicians_words() -> None:
    assert "kiosk setup --units" in explain(PermissionError(1, "not permitted"))
    assert "another program" in explain(OSError(16, "Device or resource busy"))
    assert "Input/output error" in explain(OSError(5, "Input/output error"))
