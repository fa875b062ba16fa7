#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# test.sh check|test: runs all parts, also after one has failed, and adds them
# up. The output of each part is kept in target/test-reports.
set -euo pipefail

# What a shell starts in the background ignores SIGINT, what nohup starts SIGHUP, and so
# would every program started from there, some of which are tested with these signals.
if [[ ${P2PBENCH_SIGNALS_RESET-} != 1 ]]; then
  P2PBENCH_SIGNALS_RESET=1 exec env --default-signal=HUP,INT,QUIT,TERM "$BASH" "${BASH_SOURCE[0]}" "$@"
fi

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
# shellcheck source=../.config/setup.sh
source "$root/.config/setup.sh"
# shellcheck source=checks.sh
source "$root/.ci/checks.sh"
# shellcheck source=counts.sh
source "$root/.ci/counts.sh"

reports=$root/target/test-reports
declare -a table=()
declare -i all_passed=0 all_failed=0 all_skipped=0 computed_so_far=0

# part NAME COUNTER COMMAND...: runs one part. COUNTER LOG reads its counts.
part() {
  local name=$1 counter=$2 log="$reports/${1//[ ,]/-}.log" result=ok
  local -i began=SECONDS status=0 seconds computed
  count_computed
  computed=$computed_so_far
  shift 2
  printf '%s ... ' "$name"
  set +e
  (set -e && "$@") >"$log" 2>&1
  status=$?
  set -e
  seconds=$((SECONDS - began))
  count_computed
  computed=$((computed_so_far - computed))
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
  table+=("$(printf '%-26s %-7s %6d %6d %7d %5d s %5d s' \
    "$name" "$result" "$passed" "$failed" "$skipped" "$seconds" "$computed")")
  all_passed+=passed all_failed+=failed all_skipped+=skipped
}

# Sets how many seconds of CPU time all that has ended took; a subshell would see its own.
count_computed() {
  times >"$reports/times"
  computed_so_far=$(awk -F '[ms ]+' 'NR == 2 { print int(60 * ($1 + $3) + $2 + $4) }' "$reports/times")
}

# What says best why a part failed: what our own suites, surefire and ctest say of a
# failed test, else the lines that name errors, else the end of the log.
show_failure() {
  local lines
  lines=$(awk '
    /^not ok|^FAILED: / { shown = 1 }
    /^ok - |^[0-9]+ passed,/ { shown = 0 }
    /^\[ERROR\] (Failures|Errors): *$/ { shown = 1; next }
    /^ *[0-9]+\/[0-9]+ Test +#/ { shown = /\*\*\*/ && !/\*\*\*Skipped/ }
    /^\[INFO\]|^\[ERROR\] Tests run:|^ +Start +[0-9]+:|tests passed,/ { shown = 0 }
    shown && NF' "$1")
  [[ -n $lines ]] || lines=$(grep -E '^\[ERROR\]|FAILED|: (note|warning|error):' "$1" |
    grep -vE '^\[ERROR\] *$|[Rr]e-run Maven|\[Help 1\]|following articles|-rf :|you can resume') ||
    lines=$(tail -n 25 "$1")
  head -n 60 <<<"$lines"
  printf '(all of the output: %s)\n' "$1"
}

print_skips() {
  ((all_skipped)) || return 0
  printf '\nSkipped\n'
  skip_reasons "$reports"
}

# ---- the parts -----------------------------------------------------------------

# Compiles the tests as well, and whatever is up to date already.
build_all() {
  touch "$build_stamp.new"
  maven -fae package -DskipTests
  mv "$build_stamp.new" "$build_stamp"
}

test_c() {
  "$root/native/build.sh" test "$root/native/target/c-sanitized"
}

# test_java HOME: the classes just built, on the JVM there. Without the lifecycle's
# test phase, which would run the C tests again.
test_java() {
  maven -fae process-test-classes surefire:test -Dexec.skip=true \
    -Dmaven.test.failure.ignore=true "-Djvm=$1/bin/java"
}

# The small simulation: a figure out of its bound is a statistic that was broken.
simulate_power() {
  "$(find_java java)/bin/java" -jar "$reports_jar" power --small
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
  local java newer
  java=$(find_java javac)
  newer=$(newer_java)
  part 'entry point' count_own_words "$root/.ci/test-entry.sh"
  part 'build' count_nothing with_build_lock build_all
  part 'C tests, sanitized' count_ctest with_build_lock test_c
  part "Java tests on $(java_major "$java")" count_surefire with_build_lock test_java "$java"
  part 'power of the verdicts' count_nothing simulate_power
  part 'regressions, end to end' count_own_words "$root/.ci/test-regressions.sh"
  if [[ -n $newer ]]; then
    part "Java tests on $(java_major "$newer")" count_surefire with_build_lock test_java "$newer"
  else
    table+=("$(printf '%-26s not run: no newer JDK below /usr/lib/jvm' 'Java tests on a newer JDK')")
  fi
  part 'lab' count_own_words "$root/native/lab/test-lab.sh"
  part 'CMB paths in the lab' count_own_words "$root/native/lab/test-paths.sh"
  part 'doctor in the lab' count_own_words "$root/native/lab/test-doctor.sh"
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
  printf '\n%-26s %-7s %6s %6s %7s %7s %7s\n' part '' passed failed skipped time 'on CPUs'
  printf '%s\n' "${table[@]}"
  printf '\n%d passed, %d failed, %d skipped\n' "$all_passed" "$all_failed" "$all_skipped"
  ((all_failed == 0)) || exit 1
}

main "$1"
