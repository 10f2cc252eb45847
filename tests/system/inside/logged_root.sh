#!/bin/sh
# The first process of a system whose whole disk is logged: it puts dm-log-writes before the disk and
# hands over to the systemd that is on it. What it is started from itself is another, bare system.
set -e
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev || true # the kernel may have done that
export DM_DISABLE_UDEV=1           # nobody but us makes /dev/mapper/root
dmsetup create root --table "0 $(blockdev --getsz /dev/ubdb) log-writes /dev/ubdb /dev/ubdc"
mount /dev/mapper/root /mnt
exec switch_root /mnt /sbin/init
