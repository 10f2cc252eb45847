# shellcheck shell=bash
# Checks before anything is changed.

check_this_computer() {
  check_processor
  check_python
  check_root_is_writable
  check_clock
  check_configuration_file
  check_owner
  check_foreign_units
}

check_processor() {
  local architecture
  architecture=$(dpkg --print-architecture 2>/dev/null) ||
    fail "this is not Debian or Raspberry Pi OS: dpkg is missing; install by hand, see README.md"
  case $architecture in
  arm64 | amd64) ;;
  *) fail "this system is $architecture, and the kiosk needs 64 bits (Pillow and others have no" \
    "wheels for 32); write the 64-bit Raspberry Pi OS to the card" ;;
  esac
}

check_python() {
  command -v python3 >/dev/null || fail "python3 is missing; run: sudo apt install python3"
  python3 -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$(python3 --version) is too old, the kiosk needs 3.11; use Raspberry Pi OS bookworm or later"
}

check_root_is_writable() {
  if [ "$(stat --file-system --format=%T /)" = overlayfs ]; then
    fail "the root is an overlay, so the installation is lost at the next boot; run" \
      "sudo raspi-config nonint disable_overlayfs, reboot, install, and switch it on again"
  fi
  if findmnt --noheadings --output OPTIONS / | grep -qE '(^|,)ro(,|$)'; then
    fail "the root is read-only; run: sudo mount -o remount,rw /"
  fi
}

check_clock() { # the time can't be before that of the source that is being installed
  local made
  made=$(date --date="$(date_of_source)" +%s)
  [ "$(date +%s)" -ge $((made - 86400)) ] ||
    warn "the clock says $(date +%F), which is before the date of this release; certificates are" \
      "not valid yet, so apt and pip fail; run: sudo date --set='$(date -d "@$made" +%F) 12:00'"
}

check_configuration_file() {
  local file=$etc/kiosk.yaml
  [ -L "$file" ] || return 0
  if [ -e "$file" ]; then
    echo "$file is a link to $(readlink "$file"); it is not changed"
  else
    fail "$file is a link to $(readlink "$file"), which does not exist; put the configuration there," \
      "or remove the link"
  fi
}

check_owner() { # what is in there runs as root
  local open
  open=$(find -H "$opt" "$releases" "$(dirname "$opt")" -maxdepth 0 \
    '(' ! -user root -o -perm /022 ')' -printf ' %p' 2>/dev/null) || true # some do not exist yet
  [ -z "$open" ] || fail "others than root can write to$open; run: sudo chown root:root$open &&" \
    "sudo chmod go-w$open"
}

check_foreign_units() {
  local unit
  for unit in kiosk.service kiosk-failed.service kiosk-trial.service; do
    if [ -e "$admin_units/$unit" ]; then
      warn "$admin_units/$unit is not from the installer, and replaces the installer's unit and its" \
        "updates; move your changes with: sudo systemctl edit kiosk, then remove the file"
    fi
  done
}

check_space() { # $1: megabytes
  has_space "$1" || fail "$opt needs $1 MB, and only $(free_space) MB are free; free some space," \
    "for example with: sudo apt clean"
}

has_space() { # $1: megabytes
  [ "$(free_space)" -ge "$1" ]
}

free_space() { # in megabytes, where releases are built
  local folder=$opt
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  df --output=avail -m "$folder" | tail -1 | tr -d ' '
}
