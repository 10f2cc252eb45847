# shellcheck shell=bash disable=SC2034  # the other files use these
# Where everything is. The units name the same paths.

opt=/opt/kiosk
releases=$opt/releases
trial=$opt/trial       # there while a release is on trial: trial.sh
refused=$opt/refused   # says which release was refused last, and why
etc=/etc/kiosk
state=/var/lib/kiosk
updates=/var/lib/kiosk-updates
own_units=/usr/local/lib/systemd/system
admin_units=/etc/systemd/system
command_link=/usr/local/bin/kiosk

running_release() { # the name behind a link: current or previous; nothing if there is none
  local target
  target=$(readlink "$opt/$1" 2>/dev/null) || return 0
  basename "$target"
}

is_whole() { # was this release built to the end?
  [ -e "$releases/$1/whole" ]
}

systemd_runs() { # not in a chroot, where a system is prepared for its first boot
  [ -d /run/systemd/system ]
}
