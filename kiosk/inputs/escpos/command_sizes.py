"""The sizes of printer commands whose arguments tell how many bytes follow.

See ``Size`` in ``text/escape_sequences.py``: None means that more of the arguments is needed.
"""

from __future__ import annotations

from kiosk.inputs.text.escape_sequences import Size, number


def each(prefix: bytes, letters: bytes, size: Size) -> dict[bytes, Size]:
    """Return the same size for each command of the prefix and a letter."""
    return {prefix + bytes([letter]): size for letter in letters}


def raster(args: bytes) -> int | None:
    """GS v 0, GS Q 0: two bytes, then xL xH yL yH and x × y bytes of dots."""
    return 6 + number(args[2:4]) * number(args[4:6]) if len(args) >= 6 else None


def columns(args: bytes) -> int | None:
    """ESC *: m nL nH, then n columns of 8 or, from mode 32 on, 24 dots."""
    if len(args) < 3:
        return None
    return 3 + number(args[1:3]) * (3 if args[0] >= 32 else 1)


def rows(height: int) -> Size:
    """Return the size of nL nH and n × ``height`` bytes of dots."""

    def size(args: bytes) -> int | None:
        return 2 + number(args[:2]) * height if len(args) >= 2 else None

    return size


def downloaded_image(args: bytes) -> int | None:
    """GS *: x y, then x × y × 8 bytes."""
    return 2 + args[0] * args[1] * 8 if len(args) >= 2 else None


def barcode(args: bytes) -> int | None:
    """GS k: the older kinds end in NUL, the newer ones give their length."""
    if not args:
        return None
    if args[0] <= 6:
        return _terminated(args)
    if args[0] < 65:
        return 1
    return 2 + args[1] if len(args) >= 2 else None


def bematech_barcode(args: bytes) -> int | None:
    """GS k of a Bematech: also ISBN, MSI and Plessey (15h to 17h), PDF417 (80h), and QR (51h)."""
    match args[:1]:
        case b"\x15" | b"\x16" | b"\x17":
            return _terminated(args)
        case b"\x80":  # n1 to n6, of which the last two are the length
            return 7 + number(args[5:7]) if len(args) >= 7 else None
        case b"Q":  # four bytes, then the length
            return 7 + number(args[5:7]) if len(args) >= 7 else None
        case b"\x84":  # the left margin
            return 3
        case _:
            return barcode(args)


def _terminated(args: bytes) -> int | None:
    end = args.find(b"\0", 1)
    return end + 1 if end > 0 else None


def daruma_barcode(args: bytes) -> int | None:
    """ESC b of a Daruma: kind, width, height and text, then the code up to NUL."""
    end = args.find(b"\0", 4)
    return end + 1 if end > 0 else None


def stored_images(args: bytes) -> int | None:
    """FS q: n, then n images, each as xL xH yL yH and x × y × 8 bytes."""
    if not args:
        return None
    size = 1
    for _ in range(args[0]):
        if len(args) < size + 4:
            return None
        size += 4 + number(args[size : size + 2]) * number(args[size + 2 : size + 4]) * 8
    return size


def user_storage(args: bytes) -> int | None:
    """FS g: 1 writes, 2 reads; m a1 a2 a3 a4 nL nH, and n bytes where it writes."""
    if len(args) < 8:
        return None
    return 8 + (number(args[6:8]) if args[0] == 0x31 else 0)


def star_raster(args: bytes) -> int | None:
    """ESC GS S: m xL xH yL yH n, then x × y bytes of dots."""
    return 6 + number(args[1:3]) * number(args[3:5]) if len(args) >= 6 else None


def star_qr_blocks(args: bytes) -> int | None:
    """ESC GS y D 2: the number of blocks, each as m nL nH and n bytes."""
    if not args:
        return None
    size = 1
    for _ in range(args[0]):
        if len(args) < size + 3:
            return None
        size += 3 + number(args[size + 1 : size + 3])
    return size
