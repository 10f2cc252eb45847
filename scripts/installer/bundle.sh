# shellcheck shell=bash
# A bundle is an update in one signed file. The installed release checks it and unpacks a private copy,
# on which nothing of the bundle has run yet; then the installer in the bundle does the rest.

is_bundle() {
  [[ $1 == *.bundle.tar ]]
}

install_bundle() { # $from is its file
  check_python
  check_owner
  make_private_folder
  unpack_bundle || exit $? # it has said why
  local words=()
  [ "$dry_run" = no ] || words+=(--dry-run)
  [ -z "$configuration" ] || words+=(--config "$configuration")
  [ -z "$token" ] || words+=(--token "$token")
  [[ $example != examples/* ]] || words+=(--example "$(basename "$example" .yaml)")
  "$private/tree/scripts/install" "${words[@]}"
}

make_private_folder() { # what a power cut has left there is removed
  private=$opt/incoming
  trap remove_private_folder EXIT
  if [ "$dry_run" = yes ]; then
    private=$(mktemp -d)
  else
    rm -rf "$private" && mkdir -p "$opt" && mkdir -m 700 "$private" ||
      fail "$private can't be made; check the disk"
  fi
}

remove_private_folder() {
  rm -rf "$private"
  rmdir "$opt" 2>/dev/null || true # unless there is something in it
}

unpack_bundle() { # the exit code is 3 if the bundle was refused, and 4 if other counters install it first
  local words=(--into "$private" --signers "$signers" --revoked "$revoked" --today "$(date +%F)")
  local version made
  version=$(installed_version) made=$(cat "$opt/current/share/made-on" 2>/dev/null) || true
  [ -z "$version" ] || words+=(--installed "$version")
  [ -z "$made" ] || words+=(--installed-made "$made")
  [ "$task" != rollback ] || words+=(--rollback)
  [ "$unsigned" = no ] || words+=(--unsigned)
  [ "$nightly" = no ] || words+=(--nightly "$(cat "$machine_id")")
  [ -z "${SUDO_UID:-}" ] || words+=(--owner "$SUDO_UID")
  python3 -IB "$here/scripts/installer/bundle" unpack "${words[@]}" "$from"
}

# A release brings the keys of the next ones, if its releaser has written them to config/. What is
# revoked stays revoked: no release takes a key off that list.
put_signers() {
  local ours=$here/config/update-signers
  if keys_in "$ours" | grep -q . && ! cmp --silent "$ours" "$signers"; then
    change "write $signers, whose updates are installed" put_file 644 "$ours" "$signers"
  fi
  ours=$here/config/update-revoked
  if keys_in "$ours" | grep -vxFq -f <(keys_in "$revoked"); then
    if [ "$(head --bytes=6 "$revoked" 2>/dev/null | tr -d '\0')" = SSHKRL ]; then
      add_todo "add the keys in $ours to $revoked, which is a KRL: ssh-keygen -k -u -f $revoked $ours"
    else
      change "add keys to $revoked" add_revoked "$ours"
    fi
  fi
}

add_revoked() {
  { cat "$revoked" 2>/dev/null; keys_in "$1"; } | sort -u | write_durably "$revoked"
}

keys_in() { # the lines that are not comments
  grep -as '^[^#]' "$1" || true
}
