# shellcheck shell=bash
# Fetch a bundle from the address in /etc/kiosk/update-address, if it has changed there. Nothing is
# believed of what comes: it is checked like a bundle that somebody has copied.

fetch_bundle() {
  local url name
  [ -e "$address" ] || return 0
  command -v curl >/dev/null || fail "$address needs curl; run: sudo apt install curl"
  url=$(grep -m 1 -v '^#' "$address") || true
  [[ $url =~ ^https://[^[:space:]]+/[A-Za-z0-9][A-Za-z0-9._+-]*\.bundle\.tar$ ]] ||
    fail "$address: '$url' is not an address such as https://example.org/kiosk.bundle.tar; correct it"
  mkdir -p "$updates" && name=$updates/${url##*/} || return 1
  if ! get_changed "$url" "$name"; then
    rm -f "$name".{part,etag.part,sig.part}
    warn "$url could not be fetched; it is tried again next night"
    return 1
  fi
}

get_changed() { # $1: the address; $2: the file. The signature comes last: it may be newer, never older
  local status
  status=$(get "$1" "$2.part" 512M --etag-compare "$2.etag" --etag-save "$2.etag.part" \
    --write-out '%{http_code}') || return 1
  if [ "$status" = 304 ]; then # the one that was fetched before
    rm -f "$2.part" "$2.etag.part"
    return
  fi
  get "$1.sig" "$2.sig.part" 16K && sync "$2.part" "$2.sig.part" &&
    mv -T "$2.sig.part" "$2.sig" && mv -T "$2.part" "$2" &&
    { [ ! -e "$2.etag.part" ] || mv -T "$2.etag.part" "$2.etag"; } && sync "$updates" && echo "$2 was fetched"
}

get() { # $1: the address; $2: the file; $3: how long it may be; the rest: options of curl
  curl --silent --show-error --fail --location --proto =https --proto-redir =https --max-redirs 5 \
    --connect-timeout 30 --max-time 3600 --max-filesize "$3" --output "$2" "${@:4}" "$1"
}
