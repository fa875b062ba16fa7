# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Checks that print "ok - WHAT" or "not ok - WHAT" with what went wrong. Sourced by
# the lab's tests on both sides.

# check WHAT COMMAND...: passes if the command, run under set -e, succeeds.
check() {
  local what=$1 said status
  shift
  set +e
  said=$(set -e && "$@" 2>&1)
  status=$?
  set -e
  if ((status == 0)); then
    echo "ok - $what"
  else
    echo "not ok - $what"
    : "${said:=exit code $status, without a word}"
    echo "  # ${said//$'\n'/$'\n  # '}"
  fi
}

# same EXPECTED ACTUAL
same() {
  [[ $2 == "$1" ]] || { printf 'expected: %s\nactual:   %s\n' "$1" "$2" && return 1; }
}

# matches PATTERN ACTUAL: the pattern is a glob for the whole text.
matches() {
  # shellcheck disable=SC2053 # the pattern is meant to be one
  [[ $2 == $1 ]] || { printf 'expected: %s\nactual:   %s\n' "$1" "$2" && return 1; }
}

# fails EXIT_CODE COMMAND...: passes on, and prints, what the command says.
fails() {
  local expected=$1 status=0
  shift
  "$@" || status=$?
  same "exit code $expected" "exit code $status" >&2
}
