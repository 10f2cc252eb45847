# shellcheck shell=bash
# Write files so that after a power cut they are either old or new, never half written. Every function
# returns a status.

write_durably() { # $1: the file; the contents are read from standard input
  cat >"$1.new" && sync "$1.new" && mv -T "$1.new" "$1" && sync "$(dirname "$1")"
}

point() { # $1: the link; $2: its new target
  ln -sfn "$2" "$1.new" && mv -T "$1.new" "$1" && sync "$(dirname "$1")"
}

put_file() { # $1: mode; $2: from; $3: to
  mkdir -p "$(dirname "$3")" && install -m "$1" "$2" "$3.new" && sync "$3.new" &&
    mv -T "$3.new" "$3" && sync "$(dirname "$3")"
}

remove_durably() {
  rm -f "$1" && sync "$(dirname "$1")"
}
