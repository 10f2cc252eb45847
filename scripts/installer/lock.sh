# shellcheck shell=bash
# One at a time. The lock is the kernel's: whatever ends the process gives it back.

hold_the_lock() {
  local lock=/run/lock/kiosk-install
  [ "$dry_run" = no ] || return 0
  mkdir -p "$(dirname "$lock")"
  exec 9>>"$lock"
  flock --nonblock 9 || leave "busy: $(cat "$lock") holds $lock; wait until it has ended"
  echo "process $$, at work since $(date '+%F %T')," >"$lock"
}
