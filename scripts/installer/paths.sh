# shellcheck shell=bash disable=SC2034  # the other files use these
# All paths. The units use the same ones.

opt=/opt/kiosk
releases=$opt/releases
trial=$opt/trial       # exists while a release is being tested: see trial.sh
refused=$opt/refused   # the release that was refused last, and why
switched_on=$opt/switched-on  # in the boot files: see interfaces.sh
etc=/etc/kiosk
state=/var/lib/kiosk
updates=/var/lib/kiosk-updates
signers=$etc/update-signers  # whose updates are installed
address=$etc/update-address  # where the nightly update fetches a bundle, if it exists
revoked=$etc/update-revoked  # whose updates are installed no more
own_units=/usr/local/lib/systemd/system
admin_units=/etc/systemd/system
command_link=/usr/local/bin/kiosk
boot=(/boot/firmware /boot)       # config.txt and cmdline.txt of a Pi, the newer place first
model=/proc/device-tree/model
machine_id=/etc/machine-id
installer_lock=/run/kiosk-install.lock # in a folder of root's: everybody may write to /run/lock

running_release() { # the name of the release behind a link, current or previous; empty if there is none
  local target
  target=$(readlink "$opt/$1" 2>/dev/null) || return 0
  basename "$target"
}

installed_version() { # empty if nothing is installed
  cut -d' ' -f1 "$opt/current/share/made-from" 2>/dev/null || true
}

is_whole() { # whether this release was built completely
  [ -e "$releases/$1/whole" ]
}

systemd_runs() { # false in a chroot, where a system is prepared for its first boot
  [ -d /run/systemd/system ]
}
