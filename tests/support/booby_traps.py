"""A folder of hostile files, and the environment of somebody who was led into it."""

from __future__ import annotations

from pathlib import Path

MARKER = "a foreign program has run"
# Modules of Python that the installer and what it starts import, and programs that it calls.
FOREIGN_MODULES = ("sitecustomize", "usercustomize", "platform", "venv", "ensurepip", "pip", "sys", "os",
                   "spidev", "lgpio", "re", "subprocess", "kiosk")  # fmt: skip
FOREIGN_PROGRAMS = ("bash", "python3", "readlink", "dirname", "id", "git", "dpkg", "stat", "env", "sed",
                    "grep", "apt-cache", "sha256sum", "systemctl", "cat")  # fmt: skip
# Settings that Python, pip and setuptools look for in the folder, in HOME or below PYTHONUSERBASE.
_SETTINGS = {
    "pip.conf": "[global]\npython = PLACE/python3\n",
    ".config/pip/pip.conf": "[global]\npython = PLACE/python3\n",
    "setup.cfg": "[global]\ncommand_packages = kiosk\n",
    "setup.py": 'import os\nos.system("""MARKS""")\n',
    "pyvenv.cfg": "home = PLACE\ninclude-system-site-packages = true\n",
    **{
        f"{base}lib/python3.{minor}/site-packages/x.pth": 'import os; os.system("""MARKS""")\n'
        for base in ("", ".local/")
        for minor in range(11, 15)
    },
}


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
    for name, text in _SETTINGS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.replace("PLACE", place).replace("MARKS", marks))
    folder.chmod(0o777)
    paths = ("PYTHONPATH", "PYTHONUSERBASE", "HOME", "CDPATH", "GIT_EXEC_PATH", "XDG_CONFIG_HOME")
    return {
        "PATH": f".:{place}:/usr/sbin:/usr/bin:/sbin:/bin",
        **dict.fromkeys(paths, place),
        **dict.fromkeys(("BASH_ENV", "ENV", "PYTHONSTARTUP"), f"{place}/rc"),
        **dict.fromkeys(("PIP_CONFIG_FILE", "GIT_CONFIG_GLOBAL"), f"{place}/pip.conf"),
        **dict.fromkeys(("PIP_PYTHON", "GIT_EXTERNAL_DIFF", "PAGER", "EDITOR"), f"{place}/python3"),
        **dict.fromkeys(("PIP_TARGET", "DESTDIR", "TMPDIR"), place),
        "PYTHONBREAKPOINT": "pip.main",
        "BASH_FUNC_readlink%%": f"() {{ {marks}; }}",
        "BASH_FUNC_set%%": f"() {{ {marks}; }}",
        "PS4": f"$({marks})",
        "SHELLOPTS": "xtrace",
    }
