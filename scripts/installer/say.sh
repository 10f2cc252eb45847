# shellcheck shell=bash
# What is said to the person at the keyboard, and the one way in which anything is changed.

dry_run=no
changes=0
restart_needed=no # of a kiosk that runs already
todo=() # what is left to be done by hand

change() { # $1: what is changed; the rest: the command that changes it, left out in a dry run
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

leave() {
  echo "scripts/install: $*" >&2
  exit 1
}

remind() { # of something that is said again at the end
  todo+=("$*")
}

say_how_it_went() {
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
