"""The steps of scripts/install: before each command of it, or of the judge, that changes anything.

Between two of them it is all the same when the power goes.
"""

from __future__ import annotations

from pathlib import Path

_BEFORE = r"""
before_a_change() {
  local changes='^(cat >|cp|install|ln|mkdir|mv|rm|rmdir|sync|userdel|systemd-sysusers|python3 -I -m venv|python3 -IB)( |$)'
  changes+='|^systemctl (daemon-reload|disable|enable|reset-failed|restart|start|stop)|setup --units'
  changes+='|-m (pip|compileall)|tree/scripts/install'
  [[ $BASH_COMMAND =~ $changes ]] || return 0
  ACTION
}
set -o functrace
trap before_a_change DEBUG
"""


def hook(action: str) -> str:
    """Return what bash is to read by BASH_ENV before a script of ours, so that it does ``action``.

    There, BASH_COMMAND is what comes next.
    """
    return _BEFORE.replace("ACTION", action.strip())


_COUNTED = r"""
  [ -e /root/cut/at ] || return 0
  local number=$(($(cat /root/cut/count) + 1))
  echo "$number" >/root/cut/count
  echo "$number $BASH_COMMAND" >>/root/cut/log
  [ "$number" = "$(cat /root/cut/at)" ] || return 0
  rm /root/cut/at
"""


def cut(*kill: str) -> str:
    """Return a hook that counts the steps of all scripts together in /root/cut.

    At the number in the file ``at`` it runs these commands, which kill what must die.
    """
    return hook(_COUNTED + "".join(f"  {command}\n" for command in kill))


def open_to_hooks(install: str, *words: str) -> list[str]:
    """Return the work of scripts/install as a command; scripts/install itself drops BASH_ENV."""
    return ["bash", f"{install.removesuffix('/install')}/installer/main", *words]


def let_hooks_in(scripts: Path) -> None:
    """Change the installer in this folder, so that it passes BASH_ENV on, and reads it."""
    for name in ("install", "installer/main", "installer/nightly"):
        script = scripts / name
        text = script.read_text().replace("/bin/bash -p", "/bin/bash")
        script.write_text(text.replace('"${kept[@]}"', '"${kept[@]}" BASH_ENV="${BASH_ENV:-}"'))
