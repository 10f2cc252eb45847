"""A TCP path that goes dead without a signal, as when a router has forgotten the connection.

The kernel drops all that comes in on a socket whose filter keeps no byte (SO_ATTACH_FILTER): so
the other end hears nothing any more, not even an acknowledgment. Needs Linux, but no root.
"""

from __future__ import annotations

import ctypes
import socket
import struct
import sys

import pytest

_ATTACH, _DETACH = 26, 27  # SO_ATTACH_FILTER, SO_DETACH_FILTER (asm-generic/socket.h)
_RETURN_0 = struct.pack("HBBI", 0x06, 0, 0, 0)  # BPF_RET: keep no byte (linux/filter.h)

needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux's socket filters")


def forget(connection: socket.socket) -> None:
    """Drop all that comes in from now on. What this end sends still arrives."""
    program = ctypes.create_string_buffer(_RETURN_0)
    filters = struct.pack("HL", 1, ctypes.addressof(program))
    connection.setsockopt(socket.SOL_SOCKET, _ATTACH, filters)


def remember(connection: socket.socket) -> None:
    """Let everything through again."""
    connection.setsockopt(socket.SOL_SOCKET, _DETACH, 0)
