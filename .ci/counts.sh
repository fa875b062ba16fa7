# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# How many tests a part ran. A counter is given the part's log and sets passed,
# failed and skipped. Sourced.

: "${root:?must be the path of the repository}"
# shellcheck disable=SC2034 # the script that sources this file reads them
declare -i passed failed skipped

# A check passes or fails as a whole and is no test.
count_nothing() {
  passed=0 failed=0 skipped=0
}

# A suite of ours ends with 'N passed, N failed[, N skipped]'.
count_own_words() {
  local pattern='^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$'
  passed=0 failed=1 skipped=0
  if [[ $(tail -n 1 "$1") =~ $pattern ]]; then
    passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]} skipped=${BASH_REMATCH[4]:-0}
  fi
}

# The summary of ctest counts what was skipped as passed.
count_ctest() {
  set_counts "$(awk '
    /tests passed, [0-9]+ tests failed out of/ { failed += $4; tests += $NF }
    /\*\*\*Skipped/ { skipped++ }
    END { print tests + 0, failed + 0, skipped + 0 }' "$1")"
}

# The XML files of surefire, which then move beside the log: out of the way of the
# next run, and to the one place where all results are.
count_surefire() {
  set_counts "$(surefire_files -exec grep -ho '<testsuite [^>]*>' {} + | awk '
    function attribute(name) {
      return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0
    }
    {
      tests += attribute("tests")
      failed += attribute("failures") + attribute("errors")
      skipped += attribute("skipped")
    }
    END { print tests + 0, failed + 0, skipped + 0 }')"
  mkdir -p "${1%.log}"
  surefire_files -exec mv -t "${1%.log}" {} +
}

surefire_files() {
  find "$root"/{native,benchmarks,reports} -path '*/target/surefire-reports/TEST-*.xml' "$@"
}

# set_counts 'TESTS FAILED SKIPPED'. A suite without a test is broken, not passed.
set_counts() {
  local -i tests
  # shellcheck disable=SC2034
  read -r tests failed skipped <<<"$1"
  # shellcheck disable=SC2034
  passed=$((tests - failed - skipped))
  ((tests > 0)) || failed=1
}

# skip_reasons DIRECTORY: how many tests were skipped for each reason, from surefire's
# files below it and ctest's lines. An assumption's reason is the first line of a stack trace.
skip_reasons() {
  {
    grep -rhE '<skipped[ />]' --include='*.xml' "$1" | sed -E '
      s/.*<!\[CDATA\[([[:alnum:].]+: )?(Assumption failed: )?//
      s/.*<skipped[^>]* message="([^"]*)".*/\1/
      s/.*<skipped.*/no reason given/
      s/\]\]>.*//
      s/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&#10;.*//; s/&amp;/\&/g' || true
    grep -rhoE '#[0-9]+: .*\*\*\*Skipped' --include='*.log' "$1" |
      sed -E 's/^#[0-9]+: ([^ ]+) .*/C test \1: see its output/' || true
    grep -rhE '^skipped - ' --include='*.log' "$1" | sed 's/^skipped - //' || true
  } | sort | uniq -c | sort -rn | sed -E 's/^ +([0-9]+) /  \1: /'
}
