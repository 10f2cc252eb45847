# shellcheck shell=bash
# Our files in the system's folders. They are copies: systemctl enable resolves a link, which would tie
# it to one release. Changes of a technician are drop-ins, which are never touched.

system_files() { # $1: the share folder of a release, or a checkout. Prints lines: PLACE SOURCE
  local source name
  for source in "$1"/systemd/*; do
    name=$(basename "$source")
    case $name in
    *.service | *.timer) echo "$own_units/$name $source" ;;
    *.sysusers) echo "/usr/local/lib/sysusers.d/${name%.sysusers}.conf $source" ;;
    *.tmpfiles) echo "/usr/local/lib/tmpfiles.d/${name%.tmpfiles}.conf $source" ;;
    *.rules) echo "/etc/udev/rules.d/$name $source" ;;
    *.journald.conf) echo "/usr/local/lib/systemd/journald.conf.d/kiosk.conf $source" ;;
    *.watchdog.conf) echo "/usr/local/lib/systemd/system.conf.d/kiosk-watchdog.conf $source" ;;
    esac
  done
}

save_edited_files() { # our files that were changed by hand: the next step replaces them
  local place source
  while read -r place source; do
    if [ -e "$place" ] && [ -e "$source" ] && ! cmp --silent "$source" "$place"; then
      change "keep $place, which was changed by hand, as $place.by-hand" cp "$place" "$place.by-hand"
      add_todo "read $place.by-hand; move the changes that you need with: sudo systemctl edit kiosk"
    fi
  done < <(system_files "$opt/current/share")
}

place_files() { # $1: as in system_files
  local place source before=$changes
  while read -r place source; do
    cmp --silent "$source" "$place" ||
      change "write $place" put_file 644 "$source" "$place" || return 1
  done < <(system_files "$1")
  for place in "$own_units"/kiosk*.service "$own_units"/kiosk*.timer; do
    [ ! -e "$place" ] || [ -e "$1/systemd/$(basename "$place")" ] ||
      change "remove $place, which is not in this release" remove_durably "$place"
  done
  if [ "$changes" = "$before" ]; then return; fi
  restart_needed=yes
  [ "$dry_run" = yes ] || tell_the_system
}

tell_the_system() {
  systemd-sysusers
  systemd_runs || return 0
  systemctl daemon-reload
  [ -e /run/udev/control ] || return 0 # as in a container
  udevadm control --reload
  udevadm trigger --subsystem-match=tty --subsystem-match=input
}

link_command() {
  [ "$(readlink "$command_link")" = "$opt/current/bin/kiosk" ] ||
    change "link $command_link" point "$command_link" "$opt/current/bin/kiosk"
}
