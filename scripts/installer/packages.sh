# shellcheck shell=bash
# What comes from Debian: the rest comes as wheels, and into the release.

install_packages() {
  local missing=() package
  has_venv || missing+=(python3-venv)
  # With wheels from a folder there may be no network: do without what is not needed by everybody.
  if [ -z "$from" ]; then
    for package in $(wanted_packages); do
      is_installed "$package" || missing+=("$package")
    done
  fi
  if [ ${#missing[@]} -gt 0 ]; then
    change "install from Debian: ${missing[*]}" fetch_packages "${missing[@]}"
  fi
  name_what_is_missing
}

has_venv() {
  python3 -c 'import ensurepip, venv' 2>/dev/null
}

wanted_packages() { # neither has a wheel that would do; python3-lgpio is in Raspberry Pi's archive
  echo python3-spidev
  if needs_lgpio && { is_known python3-lgpio || ! has_lists; }; then
    echo python3-lgpio
  fi
}

has_lists() { # of what Debian has: a fresh system may not have fetched them yet
  compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null
}

is_known() {
  apt-cache show "$1" >/dev/null 2>&1
}

needs_lgpio() { # up to 3.12 there is a wheel
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 13))'
}

is_installed() {
  dpkg-query --show --showformat='${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'
}

fetch_packages() {
  local package known=()
  export DEBIAN_FRONTEND=noninteractive
  dpkg --configure -a >/dev/null # what a power cut may have left
  apt-get -qq update || warn "apt-get update failed; going on with the lists that are here"
  for package in "$@"; do
    if is_known "$package"; then known+=("$package"); fi
  done
  apt-get -qq install -y --no-install-recommends "${known[@]}" </dev/null >/dev/null ||
    leave "Debian's packages could not be installed: ${known[*]}; is there a network?"
  has_venv || leave "python3-venv could not be installed; see what apt-get says above"
}

name_what_is_missing() {
  [ "$dry_run" = no ] || return 0
  python3 -c 'import spidev' 2>/dev/null ||
    remind "panels on SPI need python3-spidev: sudo apt install python3-spidev"
  if needs_lgpio && ! python3 -c 'import lgpio' 2>/dev/null; then
    remind "lamps, buttons and panels on GPIO need python3-lgpio, from Raspberry Pi's archive"
  fi
}
