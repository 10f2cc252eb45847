# shellcheck shell=bash
# kiosk-trial.service tests a new release, so that a closed terminal or a power cut does not interrupt
# the test. The file $trial says which release is tested; it exists until the result is carried out.

max_wait=${KIOSK_PATIENCE:-1800} # seconds, for a sale that does not end

try_release() { # $1: its name
  rm -f "$refused"
  write_durably "$trial" <<END
new=$1
old=$(running_release current)
was=$(state_of_kiosk)
END
  run_trial "$1"
}

run_trial() { # $1: the release to test
  echo "the test takes some minutes; you may stop this command; see: journalctl -fu kiosk-trial"
  systemctl daemon-reload
  systemctl start kiosk-trial.service 2>/dev/null || true # the result is checked below
  [ ! -e "$trial" ] || fail "the test of $1 has not ended yet; see: systemctl status kiosk-trial"
  [ "$(running_release current)" = "$1" ] || fail "$(why_not "$1"); $(running_release current) is running"
}

why_not() { # $1: a release that is not the current one after its test
  if grep -qs "^release $1: " "$refused"; then
    echo "the new release was refused: $(cat "$refused")"
  else
    echo "a sale was open for $max_wait seconds, so the new release was not tested; try again later"
  fi
}

end_interrupted_trial() {
  [ -e "$trial" ] || return 0
  systemd_runs || fail "a release is being tested; boot this system, and wait until the test has ended"
  change "wait for the end of the test of $(trial_value new)" run_trial "$(trial_value new)"
}

trial_value() { # $1: new, old, was or refused. Prints its value in the file
  sed -n "s/^$1=//p" "$trial"
}

state_of_kiosk() { # from kiosk status; empty if the kiosk does not run
  { "$opt/current/bin/kiosk" status --json 2>/dev/null || true; } |
    sed -n 's/.*"state": *"\([a-z_]*\)".*/\1/p'
}

is_selling() { # also while a basket is being scanned, which a restart would lose
  { "$opt/current/bin/kiosk" status --json 2>/dev/null || true; } |
    grep -E '"state": *"(creating|paying|closing|finished)"|"basket": *true' >/dev/null
}

wait_until_nobody_pays() {
  local end=$((SECONDS + max_wait))
  while is_selling; do
    [ $SECONDS -lt $end ] || return 1
    sleep 1
  done
}

roll_back() {
  release=$(running_release previous)
  if [ -z "$release" ] || [ "$release" = "$(running_release current)" ]; then
    fail "there is no previous release; nothing was changed"
  fi
  is_whole "$release" || fail "release $release is not complete; can't go back to it"
  release_works previous ||
    fail "release $release was built for another Python than this system now has; can't go back to it"
  check_configuration
  activate_release
  grant_devices
  start_now
  print_summary
}
