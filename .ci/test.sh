#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# test.sh check|test: runs all parts, also after one has failed, and adds them
# up. The output of each part is kept in target/test-reports.
set -euo pipefail

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
# shellcheck source=../.config/setup.sh
source "$root/.config/setup.sh"
# shellcheck source=checks.sh
source "$root/.ci/checks.sh"

reports=$root/target/test-reports
declare -a table=()
declare -i all_passed=0 all_failed=0 all_skipped=0
# Of the part just run: set by its counter.
declare -i passed failed skipped

# part NAME COUNTER COMMAND...: runs one part. COUNTER LOG reads its counts.
part() {
  local name=$1 counter=$2 log="$reports/${1//[ ,]/-}.log" result=ok
  local -i began=SECONDS status=0 seconds
  shift 2
  printf '%s ... ' "$name"
  set +e
  (set -e && "$@") >"$log" 2>&1
  status=$?
  set -e
  seconds=$((SECONDS - began))
  passed=0 failed=0 skipped=0
  "$counter" "$log"
  if ((status != 0 && failed == 0)); then
    failed=1
  fi
  if ((failed)); then
    result=FAILED
  fi
  printf '%s, %d s\n' "$result" "$seconds"
  if ((failed)); then
    show_failure "$log"
  fi
  table+=("$(printf '%-34s %-7s %6d %6d %7d %5d s' \
    "$name" "$result" "$passed" "$failed" "$skipped" "$seconds")")
  all_passed+=passed all_failed+=failed all_skipped+=skipped
}

# The lines that name failures, where there are such, else the end of the log.
show_failure() {
  local lines
  lines=$(grep -E '^\[ERROR\]|FAILED|\*\*\*Failed|: (note|warning|error):' "$1" |
    grep -vE '^\[ERROR\] *$|re-run Maven|Re-run Maven|\[Help 1\]|following articles|-rf :|you can resume' |
    head -n 40) || true
  [[ -n $lines ]] || lines=$(tail -n 25 "$1")
  printf '%s\n(all of the output: %s)\n' "$lines" "$1"
}

# A check passes or fails as a whole and is no test.
count_nothing() {
  :
}

# count_own_words LOG: a suite of ours ends with 'N passed, N failed[, N skipped]'.
count_own_words() {
  local pattern='^([0-9]+) passed, ([0-9]+) failed(, ([0-9]+) skipped)?$'
  if [[ $(tail -n 1 "$1") =~ $pattern ]]; then
    passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]} skipped=${BASH_REMATCH[4]:-0}
  else
    failed=1
  fi
}

# The XML files of surefire and the summaries of ctest in the log.
count_maven() {
  local -i tests=0
  read -r tests failed skipped < <(
    {
      surefire_files -exec grep -ho '<testsuite [^>]*>' {} +
      grep -E 'tests? passed, [0-9]+ tests? failed out of|\*\*\*Skipped' "$1" || true
    } | add_up
  )
  passed=$((tests - failed - skipped))
  # An empty suite is a broken build, not a success.
  if ((tests == 0)); then
    failed=1
  fi
  keep_surefire_files "${1%.log}"
}

add_up() {
  awk '
    function attribute(name) {
      return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0
    }
    /<testsuite/ {
      tests += attribute("tests")
      failed += attribute("failures") + attribute("errors")
      skipped += attribute("skipped")
    }
    /failed out of/ { tests += $NF; failed += $(NF - 6) }
    /\*\*\*Skipped/ { skipped++ }
    END { print tests + 0, failed + 0, skipped + 0 }'
}

surefire_files() {
  find "$root"/{native,benchmarks,reports} -path '*/target/surefire-reports/TEST-*.xml' "$@"
}

# Out of the next run's way, and in one place for whoever collects them.
keep_surefire_files() {
  mkdir -p "$1"
  surefire_files -exec mv -t "$1" {} +
}

print_skips() {
  local -i count
  local reason
  ((all_skipped)) || return 0
  printf '\nSkipped\n'
  { grep -rhoE '<skipped message="[^"]*"' "$reports" --include='*.xml' || true; } |
    sed -e 's/.*message="//; s/"$//; s/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g' |
    sort | uniq -c | while read -r count reason; do
    printf '  %d: %s\n' "$count" "$reason"
  done
}

# ---- the parts -----------------------------------------------------------------

build_and_test() {
  touch "$build_stamp.new"
  maven -fae verify -Dmaven.test.failure.ignore=true
  mv "$build_stamp.new" "$build_stamp"
}

# The classes just built, on another JVM; the native tests would be the same.
test_on_java() {
  maven -fae test -Dmaven.test.failure.ignore=true -Dexec.skip=true "-Djvm=$1/bin/java"
}

# Prints the home of the newest JDK installed that is newer than the one used.
newer_java() {
  local home newest='' major
  local -i highest
  highest=$(java_major "$(find_java javac)")
  for home in /usr/lib/jvm/*; do
    if major=$(java_major "$home") && ((major > highest)); then
      highest=$major newest=$home
    fi
  done
  printf '%s\n' "$newest"
}

run_checks() {
  part 'layout of Java' count_nothing check_java_format
  part 'lint of Java' count_nothing check_java_lint
  part 'layout of C' count_nothing check_c_format
  part 'shell scripts' count_nothing check_shell
}

run_tests() {
  local newer
  part 'entry point' count_own_words "$root/.ci/test-entry.sh"
  part "build, C tests, Java tests on $(java_major "$(find_java javac)")" \
    count_maven with_build_lock build_and_test
  newer=$(newer_java)
  if [[ -n $newer ]]; then
    part "Java tests on $(java_major "$newer")" count_maven with_build_lock test_on_java "$newer"
  else
    table+=("Java tests on a newer JDK          not run: /usr/lib/jvm has none")
  fi
  if [[ -x $root/native/lab/test-lab.sh ]]; then
    part 'lab' count_own_words "$root/native/lab/test-lab.sh"
  fi
}

main() {
  rm -rf "$reports"
  mkdir -p "$reports"
  refuse_unfit_java_home javac
  if [[ $1 == check ]]; then
    require "${build_needs[@]}" "${check_needs[@]}"
    run_checks
    ((all_failed == 0)) || exit 1
    return
  fi
  require "${build_needs[@]}" "${check_needs[@]}" "${test_needs[@]}" "${lab_needs[@]}"
  surefire_files -delete
  run_checks
  run_tests
  print_skips
  printf '\n%-34s %-7s %6s %6s %7s %7s\n' part '' passed failed skipped time
  printf '%s\n' "${table[@]}"
  printf '\n%d passed, %d failed, %d skipped\n' "$all_passed" "$all_failed" "$all_skipped"
  ((all_failed == 0)) || exit 1
}

main "$1"
