# shellcheck shell=bash
# Messages, and the function through which every change is made.

dry_run=no
changes=0
restart_needed=no # whether a running kiosk must be restarted
todo=() # what must be done by hand

change() { # $1: the change in words; the rest: the command, which a dry run leaves out
  changes=$((changes + 1))
  if [ "$dry_run" = yes ]; then
    echo "would $1"
    return
  fi
  echo "$1"
  shift
  "$@"
}

warn() {
  echo "warning: $*" >&2
}

fail() {
  echo "scripts/install: $*" >&2
  exit 1
}

add_todo() { # $*: printed at the end
  todo+=("$*")
}

print_summary() {
  local each
  if [ "$changes" = 0 ]; then
    echo "nothing to do"
  elif [ "$dry_run" = yes ]; then
    echo "nothing was changed"
  fi
  for each in "${todo[@]}"; do
    echo "to do: $each"
  done
}
