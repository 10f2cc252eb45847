# shellcheck shell=bash
# From a release on the disk to a kiosk that sells.

put_to_work() {
  local running
  running=$(running_release current)
  if [ "$running" = "$release" ]; then
    return
  elif [ -z "$running" ]; then
    change "make $release the release that runs" point "$opt/current" "releases/$release"
  elif ! systemd_runs || ! systemctl is-active --quiet kiosk.service; then
    change "make $release the release that runs, as none is running" switch_without_trial
  else
    change "try $release; if it is not well, $running returns by itself" try_release "$release"
  fi
}

switch_without_trial() {
  local old
  old=$(readlink "$opt/current")
  point "$opt/current" "releases/$release"
  point "$opt/previous" "$old"
}

keep_a_way_back() { # also the code that judges the next release
  [ -n "$(running_release previous)" ] || [ "$dry_run" = yes ] ||
    point "$opt/previous" "releases/$release"
}

grant_devices() {
  [ -x "$opt/current/bin/kiosk" ] || return 0 # a dry run
  [ -z "$("$opt/current/bin/kiosk" setup --units --dry-run)" ] ||
    change "grant the kiosk the devices that its configuration names" write_grants
}

write_grants() {
  "$opt/current/bin/kiosk" setup --units 2>&1 | sed "/^now run/d"
  systemd_runs || return 0
  systemctl daemon-reload
  systemctl restart systemd-modules-load.service || warn "a kernel module is missing; see above"
  restart_needed=yes
}

start_with_the_system() {
  systemctl is-enabled --quiet kiosk.service 2>/dev/null ||
    change "start the kiosk with the system" systemctl enable --quiet kiosk.service
  systemctl is-enabled --quiet kiosk-trial.service 2>/dev/null ||
    change "end trials that a power cut interrupts" systemctl enable --quiet kiosk-trial.service
}

start_now() {
  if ! systemd_runs; then
    remind "systemd does not run here; the kiosk starts with the next boot"
  elif ! systemctl is-active --quiet kiosk.service; then
    change "start the kiosk" start_and_say_why_not
  elif [ "$restart_needed" = yes ]; then
    change "restart the kiosk, between two sales" restart_and_say_why_not
  fi
}

restart_and_say_why_not() {
  wait_until_nobody_pays || leave "a sale is open; run this again when it has ended"
  systemctl stop kiosk.service
  start_and_say_why_not
}

start_and_say_why_not() {
  systemctl reset-failed kiosk.service 2>/dev/null || true
  if ! systemctl start kiosk.service 2>/dev/null; then
    journalctl --unit=kiosk.service --lines=15 --no-pager --output=cat >&2
    say_how_it_went
    leave "the kiosk does not start; its log is above; what is installed stays, and it goes on trying"
  fi
}

remove_old_releases() { # the last two stay
  local folder name
  for folder in "$releases"/*/; do
    name=$(basename "$folder")
    case $name in
    "$release" | "$(running_release current)" | "$(running_release previous)" | '*') ;;
    *) change "remove release $name" rm -rf "$folder" ;;
    esac
  done
}
