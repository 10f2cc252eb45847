# shellcheck shell=bash
# What must be so before anything is changed.

check_this_computer() {
  check_processor
  check_python
  check_root_is_kept
  check_clock
  check_configuration_file
  check_units_of_others
}

check_processor() {
  local architecture
  architecture=$(dpkg --print-architecture 2>/dev/null) ||
    leave "this is no Debian or Raspberry Pi OS: there is no dpkg; install by hand, see README.md"
  case $architecture in
  arm64 | amd64) ;;
  *) leave "this system is $architecture; 64 bits are needed, because Pillow and others have" \
    "no wheels for 32: write the 64-bit Raspberry Pi OS on the card" ;;
  esac
}

check_python() {
  command -v python3 >/dev/null || leave "there is no python3; run: sudo apt install python3"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    leave "$(python3 --version) is too old, 3.11 is needed: use Raspberry Pi OS bookworm or later"
}

check_root_is_kept() {
  if [ "$(stat --file-system --format=%T /)" = overlayfs ]; then
    leave "the root is an overlay: what is installed would be gone with the next boot; run" \
      "sudo raspi-config nonint disable_overlayfs, reboot, install, and switch it on again"
  fi
  if findmnt --noheadings --output OPTIONS / | grep -qE '(^|,)ro(,|$)'; then
    leave "the root can't be written; run: sudo mount -o remount,rw /"
  fi
}

check_clock() { # nothing can be older than the files that are being installed
  local made
  made=$(stat --format=%Y "$here/scripts/install")
  [ "$(date +%s)" -ge $((made - 86400)) ] ||
    warn "the clock says $(date +%F), which is before this release was made; certificates will" \
      "seem not valid yet, so that apt and pip fail; set it: sudo date --set='$(date -d "@$made" +%F) 12:00'"
}

check_configuration_file() {
  local file=$etc/kiosk.yaml
  [ -L "$file" ] || return 0
  if [ -e "$file" ]; then
    echo "$file is a link to $(readlink "$file"), which is left as it is"
  else
    leave "$file is a link to $(readlink "$file"), where nothing is; put the configuration there," \
      "or remove the link"
  fi
}

check_units_of_others() {
  local unit
  for unit in kiosk.service kiosk-failed.service kiosk-trial.service; do
    if [ -e "$admin_units/$unit" ]; then
      warn "$admin_units/$unit is not the installer's and hides its unit, updates included; it is" \
        "left as it is; keep only what differs: sudo systemctl edit kiosk, then remove the file"
    fi
  done
}

check_space() { # $1: megabytes
  local folder=$opt
  while [ ! -d "$folder" ]; do folder=$(dirname "$folder"); done
  [ "$(df --output=avail -m "$folder" | tail -1)" -ge "$1" ] ||
    leave "$1 MB are needed in $folder, and $(df --output=avail -m "$folder" | tail -1 | tr -d ' ') MB" \
      "are free; make room, for example: sudo apt clean"
}
