# shellcheck shell=bash
# Files that a power cut leaves either old or new, never half. Each tells by its status whether it is
# done, wherever it is called.

write_durably() { # $1: the file; its contents come in by standard input
  cat >"$1.new" && sync "$1.new" && mv -T "$1.new" "$1" && sync "$(dirname "$1")"
}

point() { # $1: the link; $2: where it is to lead
  ln -sfn "$2" "$1.new" && mv -T "$1.new" "$1" && sync "$(dirname "$1")"
}

put_file() { # $1: mode; $2: from; $3: to
  mkdir -p "$(dirname "$3")" && install -m "$1" "$2" "$3.new" && sync "$3.new" &&
    mv -T "$3.new" "$3" && sync "$(dirname "$3")"
}

remove_durably() {
  rm -f "$1" && sync "$(dirname "$1")"
}
