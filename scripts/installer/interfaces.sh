# shellcheck shell=bash
# On a Pi: switch on I²C, SPI and the serial port if the configuration uses them, and take the kernel's
# console off that port. The drop-ins that kiosk setup --units has written say what it uses. The file
# $switched_on says what was off before: the uninstall switches it off again.

switch_on_interfaces() {
  local line
  while read -r line; do
    case $line in
    dtparam=i2c_arm=on) switch_on i2c "$line" ;;
    dtparam=spi=on) switch_on spi "$line" ;;
    *) switch_on_by_hand "$line" ;;
    esac
  done < <(device_dropins | sed -n 's/^# In config.txt: //p' | sort -u)
  if device_dropins | grep -qE '/dev/(serial0|ttyAMA0|ttyS0)( |$)'; then
    switch_on serial_hw "$(serial_line)"
    free_serial_port
  fi
}

device_dropins() {
  cat "$admin_units"/kiosk{,-devices}.service.d/50-devices.conf 2>/dev/null || true
}

switch_on() { # $1: its name in raspi-config; $2: its line in the boot's config.txt
  if command -v raspi-config >/dev/null; then
    [ "$(raspi-config nonint "get_$1")" != 0 ] || return 0
    change "switch on $1 with raspi-config" switch_on_and_note "$1"
  else
    switch_on_by_hand "$2"
  fi
}

switch_on_and_note() {
  note "raspi-config $1" && raspi-config nonint "do_$1" 0
}

note() { # before the change: after a power cut, a note too many does no harm
  grep -qsxF "$1" "$switched_on" ||
    { cat "$switched_on" 2>/dev/null; echo "$1"; } | write_durably "$switched_on"
}

switch_on_by_hand() {
  local file line=$1
  file=$(boot_file config.txt) || return 0
  ! grep -qE "^$line\s*(,|#|$)" "$file" || return 0
  if change "write $line to $file" append "$line" "$file"; then
    add_todo "reboot to activate $line in $file: sudo reboot"
  else
    add_todo "write $line to $file, which can't be written now, and reboot"
  fi
}

serial_line() { # what switches on the port of the header, GPIO 14 and 15
  case $(tr -d '\0' 2>/dev/null <"$model") in
  *"Raspberry Pi 5"* | *"Compute Module 5"*) echo dtparam=uart0=on ;;
  *) echo enable_uart=1 ;;
  esac
}

append() { # a section for all models of the Pi: the last one may be for another model
  note "config.txt $1" && { cat "$2" && printf '[all]\n%s\n' "$1"; } | write_durably "$2"
}

switch_interfaces_off() { # at uninstall; nothing that was on before
  local how what file before=$changes
  while read -r how what; do
    if [ "$how" = raspi-config ]; then
      switch_off "$what"
    elif file=$(boot_file config.txt) && grep -qxF "$what" "$file"; then
      change "take $what out of $file" take_out "$what" "$file" ||
        warn "$file can't be written; take $what out of it by hand"
    fi
  done < <(cat "$switched_on" 2>/dev/null)
  [ "$changes" = "$before" ] || add_todo "reboot to switch off what only the kiosk used: sudo reboot"
}

switch_off() { # $1: its name in raspi-config
  if command -v raspi-config >/dev/null && [ "$(raspi-config nonint "get_$1")" = 0 ]; then
    change "switch off $1 with raspi-config" raspi-config nonint "do_$1" 1
  fi
}

take_out() { # $1: the line; $2: the file. Its section goes too, unless somebody has added lines to it
  awk -v line="$1" '
    { text[NR] = $0 }
    END {
      for (i = 1; i <= NR; i++) {
        whole = i + 2 > NR || text[i + 2] ~ /^\[/
        if (text[i] == "[all]" && text[i + 1] == line && whole) i++
        else if (text[i] != line) print text[i]
      }
    }' "$2" | write_durably "$2"
}

boot_file() { # $1: its name; fails on another computer
  local folder
  for folder in "${boot[@]}"; do
    if [ -e "$folder/$1" ]; then
      echo "$folder/$1"
      return
    fi
  done
  return 1
}

# --- the kernel's console ---

# It writes to the port, and its login reads what the register sends. The old command line stays beside
# the new one until the kiosk is removed.
free_serial_port() {
  local file
  file=$(boot_file cmdline.txt) || return 0
  head -n 1 "$file" | grep -qE "$console" || return 0
  if ! without_console "$file" | head -n 1 | grep -q '[^[:space:]]'; then
    add_todo "take console=... out of $file: the kernel's console uses the serial port"
    return
  fi
  if change "take the serial console out of $file (kept: $file.kiosk)" rewrite_without_console "$file"; then
    add_todo "reboot to free the serial port: sudo reboot"
  else
    add_todo "take console=... out of $file, which can't be written, and reboot"
  fi
}

# Of the first line: the kernel gets no other. \b: ttyS0 is not a part of ttyS01.
console='(^|[[:blank:]])console=(serial0|ttyAMA0|ttyS0)\b(,[^[:space:]]*)?'

without_console() {
  sed -E "1{s/$console//g;s/^[[:blank:]]+//}" "$1"
}

rewrite_without_console() {
  write_durably "$1.kiosk" <"$1" && without_console "$1" | write_durably "$1"
}

give_serial_port_back() { # at uninstall; the command line may have been edited since
  local file words
  file=$(boot_file cmdline.txt) && [ -e "$file.kiosk" ] || return 0
  if ! head -n 1 "$file" | grep -qE "$console"; then
    words=$(head -n 1 "$file.kiosk" | grep -oE "$console" | xargs)
    if ! change "write $words to $file again" restore_console "$file" "$words"; then
      warn "$file can't be written; write $words to it by hand (the old line: $file.kiosk)"
      return 0
    fi
  fi
  change "remove $file.kiosk" remove_durably "$file.kiosk"
}

restore_console() { # $1: the file; $2: the words. Their order decides which console is the main one
  if cmp -s "$1" <(without_console "$1.kiosk"); then
    write_durably "$1" <"$1.kiosk"
  else
    sed "1s|^|$2 |" "$1" | write_durably "$1"
  fi
}
