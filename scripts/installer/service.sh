# shellcheck shell=bash
# From a release on the disk to a running kiosk.

activate_release() {
  local running
  running=$(running_release current)
  if [ "$running" = "$release" ]; then
    return
  elif [ -z "$running" ]; then
    change "make $release the current release" point "$opt/current" "releases/$release"
  elif ! systemd_runs || ! systemctl is-active --quiet kiosk.service; then
    change "make $release the current release, without a test, as no kiosk is running" switch_without_trial
  else
    change "test $release; if it does not work, $running comes back automatically" try_release "$release"
  fi
}

switch_without_trial() {
  local old
  old=$(readlink "$opt/current")
  point "$opt/current" "releases/$release"
  point "$opt/previous" "$old"
}

ensure_previous_release() { # its code also tests the next release
  [ -n "$(running_release previous)" ] || [ "$dry_run" = yes ] ||
    point "$opt/previous" "releases/$release"
}

grant_devices() {
  [ -x "$opt/current/bin/kiosk" ] || return 0 # a dry run
  [ -z "$("$opt/current/bin/kiosk" setup --units --dry-run)" ] ||
    change "give the kiosk access to the devices in its configuration" write_grants
}

write_grants() {
  "$opt/current/bin/kiosk" setup --units 2>&1 | sed "/^now run/d"
  systemd_runs || return 0
  systemctl daemon-reload
  systemctl restart systemd-modules-load.service || warn "a kernel module is missing; see the messages above"
  restart_needed=yes
}

enable_services() {
  # Without a token it would only say so, and keep the devices from kiosk setup, which comes first.
  lacks_token || systemctl is-enabled --quiet kiosk.service 2>/dev/null ||
    change "start the kiosk at boot" systemctl enable --quiet kiosk.service
  systemctl is-enabled --quiet kiosk-trial.service 2>/dev/null ||
    change "complete tests of releases after a power cut" systemctl enable --quiet kiosk-trial.service
}

start_now() {
  if ! systemd_runs; then
    add_todo "systemd does not run here; reboot to start the kiosk"
  elif systemctl is-active --quiet kiosk.service; then
    [ "$restart_needed" = no ] || change "restart the kiosk, between two sales" restart_or_explain
  elif ! lacks_token; then
    change "start the kiosk" start_or_explain
  fi
}

restart_or_explain() {
  wait_until_nobody_pays || fail "a sale is still open; run this command again when it has ended"
  systemctl stop kiosk.service
  start_or_explain
}

start_or_explain() {
  systemctl reset-failed kiosk.service 2>/dev/null || true
  if ! systemctl start kiosk.service 2>/dev/null; then
    journalctl --unit=kiosk.service --lines=15 --no-pager --output=cat >&2
    print_summary
    fail "the kiosk does not start; see its log above; systemd starts it again every few minutes"
  fi
}

