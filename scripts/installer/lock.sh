# shellcheck shell=bash
# Only one installer at a time. The kernel releases the lock when the process ends, in every case.

take_lock() {
  local lock=/run/kiosk-install.lock # everybody may write to /run/lock
  [ "$dry_run" = no ] || return 0
  exec 9>>"$lock"
  flock --nonblock 9 || fail "another installer is running: $(cat "$lock"); wait until it has ended"
  echo "process $$, since $(date '+%F %T')" >"$lock"
}
