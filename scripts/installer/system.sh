# shellcheck shell=bash
# The user, the configuration and the token.

make_user() {
  getent passwd kiosk >/dev/null ||
    change "create the user kiosk" systemd-sysusers "$here"/systemd/*.sysusers
}

put_configuration() {
  local file=$etc/kiosk.yaml origin=${configuration:-$here/config/$example}
  [ "$dry_run" = yes ] || mkdir -p "$etc"
  cmp --silent "$here/config/kiosk.yaml" "$file.dist" ||
    change "write $file.dist, with all settings and their explanations" \
      put_file 644 "$here/config/kiosk.yaml" "$file.dist"
  [ -e "$file" ] || [ -L "$file" ] ||
    change "write $file from $origin" put_file 644 "$origin" "$file"
}

put_token() {
  if [ -n "$token" ] && ! cmp --silent "$token" "$etc/token"; then
    change "write $etc/token, which only root can read" put_file 600 "$token" "$etc/token"
    restart_needed=yes
  fi
  if [ -e "$etc/token" ]; then
    [ "$(stat --format=%a:%u "$etc/token")" = 600:0 ] ||
      change "make $etc/token readable by root only" restrict "$etc/token"
  elif lacks_token; then
    add_todo "describe this counter, and give it its access token: sudo kiosk setup"
  fi
}

lacks_token() { # whether the configuration needs the token, and it is not there
  grep -q '^[^#]*credential: *token' "$etc/kiosk.yaml" 2>/dev/null && [ ! -s "$etc/token" ]
}

restrict() {
  chown root:root "$1"
  chmod 600 "$1"
}

check_configuration() {
  local said
  [ "$dry_run" = no ] || return 0
  said=$("$releases/$release/bin/kiosk" check "$etc/kiosk.yaml" 2>&1) ||
    fail "release $release does not accept the configuration, so nothing was switched; correct it:"$'\n'"$said"
}

put_schema() { # for editors: the first line of a configuration names this file
  local file=$etc/kiosk.schema.json new
  [ "$dry_run" = no ] || return 0
  new=$(mktemp)
  "$releases/$release/bin/kiosk" schema >"$new"
  cmp --silent "$new" "$file" || change "write $file, for editors" put_file 644 "$new" "$file"
  rm "$new"
}
