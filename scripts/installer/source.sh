# shellcheck shell=bash
# What is to be installed: a checkout, a bundle of wheels, or the release that is installed already.
# The same tree has the same name in all three, so that a second run finds nothing to do.

know_the_source() {
  # A bundle has all its wheels beside it; the folder that --from names may be a bundle or its wheels.
  [ -n "$from" ] || [ ! -e "$here/wheels/made-for" ] || from=$here/wheels
  if [ -n "$from" ]; then
    [ ! -d "$from/wheels" ] || from=$from/wheels
    check_wheels
  fi
  own_wheel=$(find_own_wheel)
  [ -n "$own_wheel" ] || [ -e "$here/pyproject.toml" ] ||
    leave "there is nothing to install here: neither a checkout nor wheels/kiosk-*.whl"
  lock=$here/scripts/requirements-$(needed_extra).txt
  release=$(name_of_release)
}

needed_extra() { # Pimoroni's library brings numpy, which no other panel needs
  local file=$etc/kiosk.yaml
  [ -e "$file" ] || file=${configuration:-$here/config/$example}
  if grep -Eq "^[^#]*driver: *[\"']?inky" "$file"; then echo inky; else echo device; fi
}

check_wheels() {
  local made_for
  [ -d "$from" ] || leave "--from $from: there is no such folder"
  compgen -G "$from/*.whl" >/dev/null || leave "--from $from: there are no wheels in it"
  made_for=$(cat "$from/made-for" 2>/dev/null) || return 0
  [ "$made_for" = "$(this_platform)" ] ||
    leave "--from $from: these wheels are for $made_for, this is $(this_platform);" \
      "make others: scripts/bundle-wheels"
}

this_platform() {
  python3 -c 'import platform as p; print("Python", p.python_version().rsplit(".", 1)[0], p.machine())'
}

find_own_wheel() { # in the folder that was named, or else beside us
  local folder
  for folder in ${from:+"$from"} "$here/wheels"; do
    compgen -G "$folder/kiosk-*.whl" && break
  done | head -1 || true # there may be none
}

name_of_release() { # version, and eight digits for what it is made from, and what it is made for
  local made_from version digits
  made_from=$(describe_source)
  version=${made_from%% *}
  digits=$(echo "$made_from, $(this_platform), ${lock##*/}" | sha256sum | cut -c1-8)
  echo "$version-$digits"
}

describe_source() { # a bundle and an installed release carry this with them
  cat "$here/made-from" 2>/dev/null || echo "$(version_of_checkout) $(digest_of_checkout)"
}

version_of_checkout() { # the last tag, and how many changes came after it
  git -C "$here" describe --tags --match 'v[0-9]*' 2>/dev/null |
    sed -E 's/^v//; s/-([0-9]+)-g/.post\1+g/' | grep . || echo 0.0.0
}

digest_of_checkout() {
  cd "$here" && find pyproject.toml kiosk systemd config scripts/install scripts/installer \
    scripts/requirements-{device,inky}.txt -type f -not -path '*/__pycache__/*' -print0 |
    sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
}
