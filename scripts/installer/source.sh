# shellcheck shell=bash
# The source of the installation: a checkout, a bundle of wheels, or an installed release. The same
# tree gives the same name in all three cases, so that a second run changes nothing.

find_source() {
  # A bundle contains its wheels. The folder of --from may be a bundle or its folder of wheels.
  [ -n "$from" ] || [ ! -e "$here/wheels/made-for" ] || from=$here/wheels
  if [ -n "$from" ]; then
    [ ! -d "$from/wheels" ] || from=$from/wheels
    check_wheels
  fi
  own_wheel=$(find_own_wheel)
  [ -n "$own_wheel" ] || [ -e "$here/pyproject.toml" ] ||
    fail "there is nothing to install: $here is not a checkout and has no wheels/kiosk-*.whl"
  lock=$here/scripts/requirements-$(needed_extra).txt
  release=$(name_of_release)
}

needed_extra() { # Pimoroni's library needs numpy, which no other panel needs
  if grep -Eq "^[^#]*driver: *[\"']?inky" "$(configuration_file)"; then echo inky; else echo device; fi
}

configuration_file() { # the one that will be used
  local file=$etc/kiosk.yaml
  [ -e "$file" ] || file=${configuration:-$here/config/$example}
  echo "$file"
}

check_wheels() {
  local made_for
  [ -d "$from" ] || fail "--from $from: the folder does not exist; check its name"
  compgen -G "$from/*.whl" >/dev/null || fail "--from $from: the folder has no wheels; make them with scripts/bundle-wheels"
  made_for=$(cat "$from/made-for" 2>/dev/null) || return 0
  [ "$made_for" = "$(this_platform)" ] ||
    fail "--from $from: these wheels are for $made_for, but this is $(this_platform);" \
      "make other wheels with scripts/bundle-wheels"
}

this_platform() {
  python3 -I -c 'import platform as p; print("Python", p.python_version().rsplit(".", 1)[0], p.machine())'
}

find_own_wheel() { # in the folder of --from, or in this bundle
  local folder
  for folder in ${from:+"$from"} "$here/wheels"; do
    compgen -G "$folder/kiosk-*.whl" && break
  done | head -1 || true # there may be no wheel
}

name_of_release() { # the version, and eight digits for its source and its platform
  local made_from version digits
  made_from=$(describe_source)
  version=${made_from%% *}
  digits=$(echo "$made_from, $(this_platform), ${lock##*/}" | sha256sum | cut -c1-8)
  echo "$version-$digits"
}

describe_source() { # a bundle and an installed release have it in a file
  cat "$here/made-from" 2>/dev/null || echo "$(version_of_checkout) $(digest_of_checkout)"
}

version_of_checkout() { # the last tag, and the number of commits since
  git -C "$here" describe --tags --match 'v[0-9]*' 2>/dev/null |
    sed -E 's/^v//; s/-([0-9]+)-g/.post\1+g/' | grep . || echo 0.0.0
}

date_of_source() { # of its last commit
  cat "$here/made-on" 2>/dev/null || git -C "$here" log -1 --format=%cs 2>/dev/null ||
    date --reference="$here/scripts/install" +%F
}

digest_of_checkout() {
  cd "$here" && find pyproject.toml kiosk systemd config scripts/install scripts/installer \
    scripts/requirements-{device,inky}.txt -type f -not -path '*/__pycache__/*' -print0 |
    sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
}
