# shellcheck shell=bash
# For the Debian package, whose postinst runs scripts/install --packaged. dpkg runs that again and again
# until it succeeds, and installs nothing else before; so what is decided already is not a failure.

is_wanted() { # whether the release of the package is to be installed; says why not
  local ours installed
  ours=$(version_of_source) installed=$(installed_version)
  if [ "$task" = install ] && release_works current &&
    dpkg --compare-versions "${ours%+g*}" lt "${installed%+g*}"; then
    echo "version $ours of the package is older than the installed $installed, and is not" \
      "installed; to go back to it: sudo $here/scripts/install --packaged --rollback"
  elif grep -qs "^release $release: " "$refused"; then
    echo "release $release was tested and refused; to test it again: sudo $here/scripts/install"
    cat "$refused"
  else
    return 0
  fi
  return 1
}

version_of_source() {
  local made_from
  made_from=$(describe_source)
  echo "${made_from%% *}"
}
