# shellcheck shell=bash
# Fetch a bundle from the address in /etc/kiosk/update-address, if it has changed there. Nothing is
# believed of what comes: it is checked like a bundle that somebody has copied.

stalls_after=120            # seconds with less than 1000 bytes each
kept_free=$((200 << 20))    # bytes

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
  status=$(get "$1" "$2.part" "$(most_bytes)" --etag-compare "$2.etag" --etag-save "$2.etag.part" \
    --write-out '%{http_code}') || return 1
  if [ "$status" = 304 ]; then # the one that was fetched before
    rm -f "$2.part" "$2.etag.part"
    [ ! -e "$2" ] || get_signature "$1" "$2" # it waits here; it may have been signed since
    return
  fi
  sync "$2.part" && get_signature "$1" "$2" && mv -T "$2.part" "$2" &&
    { [ ! -e "$2.etag.part" ] || mv -T "$2.etag.part" "$2.etag"; } && sync "$updates" && echo "$2 was fetched"
}

get_signature() { # $1: the address of the bundle; $2: its file
  get "$1.sig" "$2.sig.part" $((16 << 10)) && sync "$2.sig.part" && mv -T "$2.sig.part" "$2.sig"
}

# A bundle has at most 512 MB. The journal is on the same disk: leave it space.
most_bytes() {
  local free
  free=$(df --output=avail -B1 "$updates" | tail -1)
  echo $((free - kept_free < 512 << 20 ? free - kept_free : 512 << 20))
}

# A server that does not say how long the file is can send without end, which curl notices only from
# version 8.4 on: so the kernel limits the file, too.
get() { # $1: the address; $2: the file; $3: how many bytes it may have; the rest: options of curl
  [ "$3" -gt 0 ] || { warn "$updates has no space for an update"; return 1; }
  (
    ulimit -f $(($3 / 1024 + 1)) # kilobytes
    exec curl --silent --show-error --fail --location --proto =https --proto-redir =https \
      --max-redirs 5 --connect-timeout 30 --speed-limit 1000 --speed-time "$stalls_after" \
      --max-time 3600 --max-filesize "$3" --output "$2" "${@:4}" "$1"
  )
}
