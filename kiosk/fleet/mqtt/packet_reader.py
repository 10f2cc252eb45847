"""Packets out of a stream of bytes, with what the codec ``mqtt5`` does at wrong ones."""

from __future__ import annotations

from collections.abc import Iterator

import mqtt5

LARGEST = 65_536  # bytes of a packet that we take
_HEADER = 5  # bytes of the longest fixed header (2.1.1)


class NotMqtt(Exception):
    """The bytes are not those of a packet that we take."""


class PacketReader:
    """Keeps the bytes until a packet is whole."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def packets(self, data: bytes) -> Iterator[mqtt5.Packet]:
        """Yield the packets that are whole; raises NotMqtt."""
        self._buffer += data
        while packet := self._next():
            yield packet

    def _next(self) -> mqtt5.Packet | None:
        """Take a whole packet out of the buffer, or return None."""
        try:
            packet, length = mqtt5.read(memoryview(bytes(self._buffer)))
        except IndexError:
            self._check_length()
            return None
        except ValueError as error:
            raise NotMqtt(f"it sent what is not MQTT 5, {error}") from error
        except BaseException as error:
            # mqtt5 0.8 panics at a text that is not UTF-8; that exception has no public name.
            if type(error).__name__ != "PanicException":
                raise
            raise NotMqtt("it sent a text that is not UTF-8") from error
        if length > LARGEST:
            raise NotMqtt(f"it sent a packet of {length} bytes")
        del self._buffer[:length]
        return packet

    def _check_length(self) -> None:
        """Refuse a packet that announces more than we take, before it is in memory (1.5.5)."""
        length = 0
        for place, byte in enumerate(self._buffer[1:_HEADER]):
            length |= (byte & 0x7F) << 7 * place
            if not byte & 0x80:
                break
        if length > LARGEST:
            raise NotMqtt(f"it sends a packet of {length} bytes")
