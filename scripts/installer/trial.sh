# shellcheck shell=bash
# A new release is tried by kiosk-trial.service, so that neither a closed terminal nor a power cut
# ends it half way. The file $trial says what is tried; it is there until the verdict is carried out.

patience=${KIOSK_PATIENCE:-1800} # with a sale that does not end

try_release() { # $1: its name
  write_durably "$trial" <<END
new=$1
old=$(running_release current)
was=$(state_of_kiosk)
END
  see_the_trial_through "$1"
}

see_the_trial_through() { # $1: the release on trial
  echo "it is tried for some minutes; this may be left: journalctl -fu kiosk-trial"
  systemctl daemon-reload
  systemctl start kiosk-trial.service 2>/dev/null || true # how it ended is seen below
  [ ! -e "$trial" ] || leave "the trial of $1 has no end yet; see: systemctl status kiosk-trial"
  [ "$(running_release current)" = "$1" ] || leave "refused: $(cat "$refused"); $(running_release current) runs"
}

end_interrupted_trial() {
  [ -e "$trial" ] || return 0
  systemd_runs || leave "a release is on trial; boot this system first, and let the trial end"
  change "wait for the end of the trial of $(noted new)" see_the_trial_through "$(noted new)"
}

noted() { # what the file says of new, old, was, refused
  sed -n "s/^$1=//p" "$trial"
}

state_of_kiosk() { # as kiosk status says it; nothing if it does not run
  { "$opt/current/bin/kiosk" status --json 2>/dev/null || true; } |
    sed -n 's/.*"state": *"\([a-z_]*\)".*/\1/p'
}

wait_until_nobody_pays() {
  local end=$((SECONDS + patience))
  while [[ $(state_of_kiosk) =~ ^(creating|paying|closing|finished)$ ]]; do
    [ $SECONDS -lt $end ] || return 1
    sleep 1
  done
}

roll_back() {
  release=$(running_release previous)
  if [ -z "$release" ] || [ "$release" = "$(running_release current)" ]; then
    leave "there is no release to go back to"
  fi
  is_whole "$release" || leave "release $release is not whole; it can't be gone back to"
  check_configuration
  put_to_work
  grant_devices
  start_now
  say_how_it_went
}
