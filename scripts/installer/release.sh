# shellcheck shell=bash
# A release is a folder of its own: a virtual environment, built where it stays, and in share/ what
# the system takes from it. It counts only when it is whole.

make_release() {
  if is_whole "$release"; then return; fi
  check_space 400
  change "build release $release" build_release
}

build_release() {
  local folder=$releases/$release
  rm -rf "$folder" # what a power cut may have left
  mkdir -p "$folder"
  # Debian's python3-spidev and python3-lgpio are to be seen in it; everything else is its own.
  python3 -m venv --system-site-packages "$folder"
  install_wheels "$folder" || { rm -rf "$folder"; leave "$release could not be built: see above"; }
  check_release "$folder" || { rm -rf "$folder"; leave "$release is of no use: see above"; }
  finish "$folder"
}

install_wheels() { # $1: the release
  local pip=("$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-input)
  local sources=()
  [ -z "$from" ] || sources=(--no-index --find-links "$from")
  # The lock names all there is to install; what it leaves out, Debian has, whatever a package wants.
  "${pip[@]}" "${sources[@]}" --ignore-installed --no-deps --require-hashes -r "$lock" &&
    mkdir -p "$1/share/wheels" && copy_parts "$1/share" &&
    if [ -n "$own_wheel" ]; then
      cp "$own_wheel" "$1/share/wheels"
    else
      build_own_wheel "$1/bin/python" "$1/share/wheels"
    fi &&
    "${pip[@]}" --no-index --no-deps "$1"/share/wheels/kiosk-*.whl &&
    "$1/bin/python" -m compileall -q "$1"/lib/python*/site-packages/kiosk
}

check_release() { # $1: the release. Is it of any use?
  "$1/bin/kiosk" --version >/dev/null && "$1/bin/python" -c 'import kiosk.app, gpiozero, PIL' &&
    units_are_good "$1"
}

units_are_good() { # systemd-analyze tells by what it says, not by how it ends
  local copy said
  copy=$(mktemp -d)
  cp "$1"/share/systemd/*.service "$1"/share/systemd/*.timer "$copy"
  sed -Ei "s#$opt/(current|previous)/#$1/#g" "$copy"/*
  said=$(systemd-analyze verify "$copy"/* 2>&1) || true
  rm -rf "$copy"
  [ -z "$said" ] || { warn "its units are at fault: $said" && false; }
}

finish() { # pip leaves it to the system when things are written; here they are, before it counts
  sync --file-system "$1"
  : | write_durably "$1/whole"
}
