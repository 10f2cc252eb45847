"""A cashier: makes this many sales through the kiosk's socket, one after the other.

cashier.py SOCKET SALES      # prints how many were paid, then the memory of kiosk.service
"""

import json
import socket
import sys
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup/system.slice/kiosk.service")
_WARM = 100  # sales, after which everything is loaded that ever will be
_LOOKS = 10  # at its memory, on the way


def sell(path: str, cents: int) -> bool:
    """Sell, and tell whether it was paid."""
    with socket.socket(socket.AF_UNIX) as kiosk, kiosk.makefile(encoding="utf-8") as answers:
        kiosk.connect(path)
        kiosk.sendall(f"sale {cents // 100}.{cents % 100:02}\n".encode())
        assert answers.readline() == "heard\n"
        return answers.readline().startswith("paid ")


def own_memory() -> int:
    """Return the bytes that nobody but the kiosk needs: no files that could be read again."""
    lines = (line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines())
    return int(dict(lines)["anon"])


def main(path: str, sales: str) -> None:
    """Sell."""
    paid, warm, own = 0, 0, []
    for number in range(int(sales)):
        paid += sell(path, 1500 + number)
        if number == _WARM:
            warm = own_memory()
        if (number + 1) % (int(sales) // _LOOKS) == 0:
            own.append(own_memory())
    kills = (_CGROUP / "memory.events").read_text().split("oom_kill ")[1].split()[0]
    peak = int((_CGROUP / "memory.peak").read_text())
    told = {"paid": paid, "warm": warm, "own": own, "peak": peak, "kills": int(kills)}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
