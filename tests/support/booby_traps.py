"""A folder of hostile files, and the environment of somebody who was led into it."""

from __future__ import annotations

from pathlib import Path

MARKER = "a foreign program has run"
# Modules of Python that the installer and what it starts import, and programs that it calls.
FOREIGN_MODULES = ("sitecustomize", "usercustomize", "platform", "venv", "ensurepip", "pip", "sys", "os",
                   "spidev", "lgpio", "re", "subprocess", "kiosk")  # fmt: skip
FOREIGN_PROGRAMS = ("bash", "python3", "readlink", "dirname", "id", "git", "dpkg", "stat", "env", "sed",
                    "grep", "apt-cache", "sha256sum", "systemctl", "cat")  # fmt: skip


def booby_trapped(folder: Path, inside: str = "") -> dict[str, str]:
    """Fill the folder with hostile files; return an environment that leads to them.

    Each of them writes the file ``marker`` there. ``inside`` is the folder's path in a container.
    """
    place = inside or str(folder)
    marks = f'echo "{MARKER}" >>{place}/marker'
    for name in FOREIGN_MODULES:
        (folder / f"{name}.py").write_text(f'import os\nos.system("""{marks}""")\n')
    for name in FOREIGN_PROGRAMS:
        (folder / name).write_text(f"#!/bin/sh\n{marks}\n")
        (folder / name).chmod(0o755)
    (folder / "rc").write_text(f"{marks}\n")
    folder.chmod(0o777)
    paths = ("PYTHONPATH", "PYTHONUSERBASE", "HOME", "CDPATH", "GIT_EXEC_PATH", "XDG_CONFIG_HOME")
    return {
        "PATH": f".:{place}:/usr/sbin:/usr/bin:/sbin:/bin",
        **dict.fromkeys(paths, place),
        **dict.fromkeys(("BASH_ENV", "ENV", "PYTHONSTARTUP"), f"{place}/rc"),
        "PYTHONBREAKPOINT": "pip.main",
        "BASH_FUNC_readlink%%": f"() {{ {marks}; }}",
        "BASH_FUNC_set%%": f"() {{ {marks}; }}",
        "PS4": f"$({marks})",
        "SHELLOPTS": "xtrace",
    }
