# shellcheck shell=bash
# Packages from Debian. All others are wheels, in the release.

install_packages() {
  local missing=() package
  if ! has_venv; then
    [ "$packaged" = no ] || fail "python3-venv is missing; run: sudo apt install --fix-broken"
    missing+=(python3-venv)
  fi
  # With --from there may be no network: leave out packages that not every kiosk needs.
  if [ -z "$from" ]; then
    for package in $(wanted_packages); do
      is_installed "$package" || missing+=("$package")
    done
  fi
  if [ ${#missing[@]} -gt 0 ]; then
    change "install from Debian: ${missing[*]}" fetch_packages "${missing[@]}"
  fi
  report_missing_packages
}

has_venv() {
  python3 -I -c 'import ensurepip, venv' 2>/dev/null
}

wanted_packages() { # they have no usable wheel; python3-lgpio is in Raspberry Pi's archive
  echo python3-spidev
  if needs_lgpio && { is_available python3-lgpio || ! has_package_lists; }; then
    echo python3-lgpio
  fi
  voice_packages
}

voice_packages() { # recorded words need no program that speaks
  local file
  file=$(configuration_file)
  grep -Eq '^[^#]*\bvoice:' "$file" || return 0
  echo alsa-utils
  grep -Eq '^[^#]*\bwords:' "$file" || echo espeak-ng
}

has_package_lists() { # apt's lists: a new system may not have them yet
  compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null
}

is_available() {
  apt-cache show "$1" >/dev/null 2>&1
}

needs_lgpio() { # for Python up to 3.12 there is a wheel
  python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 13))'
}

is_installed() {
  dpkg-query --show --showformat='${db:Status-Abbrev}' "$1" 2>/dev/null | grep -q '^ii'
}

fetch_packages() {
  local package known=()
  export DEBIAN_FRONTEND=noninteractive
  dpkg --configure -a >/dev/null # completes what a power cut may have interrupted
  apt-get -qq update || warn "apt-get update failed; continuing with the old package lists"
  for package in "$@"; do
    if is_available "$package"; then known+=("$package"); fi
  done
  apt-get -qq install -y --no-install-recommends "${known[@]}" </dev/null >/dev/null ||
    fail "Debian's packages could not be installed: ${known[*]}; check the network"
  has_venv || fail "python3-venv could not be installed; see the messages of apt-get above"
}

report_missing_packages() {
  local package
  [ "$dry_run" = no ] || return 0
  for package in $(voice_packages); do
    is_installed "$package" ||
      add_todo "for the voice, install $package: sudo apt install $package"
  done
  python3 -I -c 'import spidev' 2>/dev/null ||
    add_todo "for a panel on SPI, install python3-spidev: sudo apt install python3-spidev"
  if needs_lgpio && ! python3 -I -c 'import lgpio' 2>/dev/null; then
    add_todo "for lamps, buttons and panels on GPIO, install python3-lgpio from Raspberry Pi's archive"
  fi
}
