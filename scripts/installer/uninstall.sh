# shellcheck shell=bash
# Remove the kiosk. Missing files are not an error. Journal and configuration stay without --purge.

uninstall_kiosk() {
  stop_services
  remove_files
  remove_dropins
  give_serial_port_back
  switch_interfaces_off
  remove_folders "$opt"
  if [ "$purge" = yes ]; then
    purge_data
  else
    report_what_stays
  fi
  print_summary
}

stop_services() {
  local unit
  for unit in kiosk-update.timer kiosk-trial.service kiosk-again.timer kiosk-failed.service \
    kiosk-devices.service kiosk.service; do
    [ -e "$own_units/$unit" ] || continue
    if [ "$(systemctl is-enabled "$unit" 2>/dev/null)" = enabled ]; then
      change "no longer start $unit at boot" systemctl disable --quiet "$unit"
    fi
    if systemd_runs && [ "$(systemctl is-active "$unit")" != inactive ]; then
      change "stop $unit" systemctl stop "$unit"
      [ "$dry_run" = yes ] || systemctl reset-failed "$unit" 2>/dev/null || true
    fi
  done
}

remove_files() {
  local place
  while read -r place _; do
    if [ -e "$place" ]; then change "remove $place" rm "$place"; fi
  done < <({ system_files "$opt/current/share"; system_files "$here"; } | sort -u -k1,1)
  if [ -L "$command_link" ]; then change "remove $command_link" rm "$command_link"; fi
  [ "$dry_run" = no ] || return 0
  for place in "$own_units" /usr/local/lib/{systemd/*.d,systemd,sysusers.d,tmpfiles.d}; do
    [ ! -d "$place" ] || rmdir --ignore-fail-on-non-empty "$place"
  done
  tell_the_system
}

remove_dropins() { # those of kiosk setup --units
  local file
  for file in "$admin_units"/kiosk{,-failed,-devices}.service.d/50-devices.conf /etc/modules-load.d/kiosk.conf; do
    [ -e "$file" ] || continue
    change "remove $file" rm "$file"
    [[ $file != *.service.d/* ]] || [ "$dry_run" = yes ] ||
      rmdir --ignore-fail-on-non-empty "$(dirname "$file")"
  done
}

remove_folders() {
  local folder
  for folder in "$@"; do
    if [ -e "$folder" ]; then change "remove $folder" rm -rf "$folder"; fi
  done
}

purge_data() {
  remove_folders "$etc" "$state" "$updates"
  ! getent passwd kiosk >/dev/null || change "remove the user kiosk" userdel kiosk
}

report_what_stays() {
  local folder
  for folder in "$etc" "$state" "$updates"; do
    if [ -e "$folder" ]; then echo "$folder was not removed; to remove it, add --purge"; fi
  done
  ! getent passwd kiosk >/dev/null || echo "the user kiosk was not removed, because the journal belongs to it"
}
