# shellcheck shell=bash
# Only one installer at a time. The kernel releases the lock when the process ends, in every case.

take_lock() {
  [ "$dry_run" = no ] || return 0
  # The installer in a bundle inherits the lock of the one that has unpacked it.
  if [ "$(readlink "/proc/$$/fd/9")" != "$installer_lock" ]; then
    touch "$installer_lock" && chmod 600 "$installer_lock" # nobody else can open it, and so lock it
    exec 9>>"$installer_lock"
  fi
  flock --nonblock 9 || fail "another installer is running: $(cat "$installer_lock"); wait until it has ended"
  echo "process $$, since $(date '+%F %T')" >"$installer_lock"
}
