# shellcheck shell=bash
# The wheel of a checkout, and the other files of a bundle or a release.

build_own_wheel() { # $1: a Python with the build tools; $2: the folder for the wheel
  local copy
  copy=$(mktemp -d) # otherwise pip leaves files of root in the checkout
  cp -r "$here/pyproject.toml" "$here/README.md" "$here/LICENSE" "$here/kiosk" "$copy" &&
    SOURCE_DATE_EPOCH=$(date --utc --date="$(date_of_source)" +%s) \
    SETUPTOOLS_SCM_PRETEND_VERSION_FOR_KIOSK=$(version_of_checkout) \
      "$1" -I -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
      --wheel-dir "$2" "$copy" &&
    rm -rf "$copy"
}

copy_parts() { # $1: the folder for the files that are not wheels
  mkdir -p "$1/scripts"
  cp -rL "$here/systemd" "$here/config" "$1" # a link may lead out of these folders
  cp -r "$here/scripts/install" "$here/scripts/installer" \
    "$here"/scripts/requirements-{device,inky}.txt "$1/scripts"
  describe_source >"$1/made-from"
  date_of_source >"$1/made-on"
}
