# shellcheck shell=bash
# A release is a folder: a virtual environment, built in its final place, and in share/ the files for
# the system. It is used only if it is complete (the file "whole").

make_release() {
  if is_whole "$release"; then return; fi
  has_space 400 || remove_old_releases 2
  check_space 400
  change "build release $release" build_release
}

build_release() {
  local folder=$releases/$release
  rm -rf "$folder" # what a power cut may have left behind
  mkdir -p "$folder"
  # It uses Debian's python3-spidev and python3-lgpio; all other packages are in it.
  python3 -I -m venv --system-site-packages "$folder"
  install_wheels "$folder" || { rm -rf "$folder"; fail "$release could not be built; see the messages above"; }
  check_release "$folder" || { rm -rf "$folder"; fail "$release does not work; see the messages above"; }
  finish "$folder"
}

install_wheels() { # $1: the release
  local pip=("$1/bin/python" -I -m pip install --quiet --disable-pip-version-check --no-input)
  local sources=()
  [ -z "$from" ] || sources=(--no-index --find-links "$from")
  # --no-deps: the lock lists all packages; those that it leaves out come from Debian.
  "${pip[@]}" "${sources[@]}" --ignore-installed --no-deps --require-hashes -r "$lock" &&
    mkdir -p "$1/share/wheels" && copy_parts "$1/share" &&
    if [ -n "$own_wheel" ]; then
      cp "$own_wheel" "$1/share/wheels"
    else
      build_own_wheel "$1/bin/python" "$1/share/wheels"
    fi &&
    "${pip[@]}" --no-index --no-deps "$1"/share/wheels/kiosk-*.whl &&
    "$1/bin/python" -I -m compileall -q "$1"/lib/python*/site-packages/kiosk
}

check_release() { # $1: the release. Whether it works
  "$1/bin/kiosk" --version >/dev/null && "$1/bin/python" -I -c 'import kiosk.app, gpiozero, PIL' &&
    units_are_good "$1"
}

release_works() { # $1: current or previous. Not after an upgrade of the system's Python
  "$opt/$1/bin/python" -I -c 'import kiosk' 2>/dev/null
}

units_are_good() { # systemd-analyze reports faults in its output, not by its exit code
  local copy said
  copy=$(mktemp -d)
  cp "$1"/share/systemd/*.service "$1"/share/systemd/*.timer "$copy"
  sed -Ei "s#$opt/(current|previous)/#$1/#g" "$copy"/*
  said=$(systemd-analyze verify "$copy"/* 2>&1) || true
  rm -rf "$copy"
  [ -z "$said" ] || { warn "its units have faults: $said" && false; }
}

finish() { # write everything that pip has installed to the disk, then mark the release as complete
  sync --file-system "$1"
  : | write_durably "$1/whole"
}

# The current release, the previous one and the one that is being installed are kept in every case.
remove_old_releases() { # $1: how many are kept
  local name needed kept=0
  needed=$(printf '%s\n' "$release" "$(running_release current)" "$(running_release previous)")
  while read -r name; do
    if grep -qxF -e "$name" <<<"$needed"; then kept=$((kept + 1)); fi
  done < <(ls "$releases" 2>/dev/null)
  while read -r name; do
    if grep -qxF -e "$name" <<<"$needed"; then
      continue
    elif is_whole "$name" && [ $kept -lt "$1" ]; then
      kept=$((kept + 1))
    else
      change "remove release $name" rm -rf "${releases:?}/$name"
    fi
  done < <(ls -t "$releases" 2>/dev/null) # the newest first
}
