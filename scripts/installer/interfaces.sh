# shellcheck shell=bash
# On a Pi: switch on I²C, SPI and the serial port if the configuration uses them. The drop-ins that
# kiosk setup --units has written say what it uses.

switch_on_interfaces() {
  if uses 'DeviceAllow=char-i2c'; then switch_on i2c dtparam=i2c_arm=on; fi
  if uses 'DeviceAllow=char-spi'; then switch_on spi dtparam=spi=on; fi
  if uses '/dev/(serial0|ttyAMA|ttyS0)'; then switch_on serial_hw enable_uart=1; fi
}

uses() {
  cat "$admin_units"/kiosk{,-devices}.service.d/50-devices.conf 2>/dev/null | grep -qE "$1"
}

switch_on() { # $1: its name in raspi-config; $2: its line in the boot's config.txt
  if command -v raspi-config >/dev/null; then
    [ "$(raspi-config nonint "get_$1")" != 0 ] || return 0
    change "switch on $1 with raspi-config" raspi-config nonint "do_$1" 0
  else
    switch_on_by_hand "$2"
  fi
}

switch_on_by_hand() {
  local file line=$1
  for file in /boot/firmware/config.txt /boot/config.txt; do
    [ -e "$file" ] || continue
    grep -qx "$line" "$file" && return 0
    change "write $line to $file" append "$line" "$file"
    add_todo "reboot to activate $line in $file: sudo reboot"
    return
  done
}

append() {
  { cat "$2" && printf '[all]\n%s\n' "$1"; } | write_durably "$2"
}
