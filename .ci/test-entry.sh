#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Tests of run.sh: in a copy of its own whose path has blanks, with stand-ins for
# the JVM and Maven that say how they were called. Ends with 'N passed, N failed'.
set -euo pipefail

here=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
sandbox=$(mktemp -d)
trap 'rm -rf "$sandbox"' EXIT
tree="$sandbox/a tree with blanks"
declare -i passed=0 failed=0
unset P2PBENCH_LAB

# ---- stand-ins -----------------------------------------------------------------

# make_jdk DIRECTORY VERSION
make_jdk() {
  mkdir -p "$1/bin"
  printf 'JAVA_VERSION="%s"\n' "$2" >"$1/release"
  cat >"$1/bin/java" <<'END'
#!/usr/bin/env bash
for argument in "$@"; do printf '[%s]\n' "$argument"; done
[[ $* != *locale* ]] || printf '%s\n' "${LC_ALL:-none}"
trap 'echo "java got TERM"; exit 143' TERM
[[ $* != *wait* ]] || { touch "$STARTED"; while :; do sleep 0.05; done; }
exit "${JAVA_EXIT:-0}"
END
  chmod +x "$1/bin/java"
  cp "$1/bin/java" "$1/bin/javac"
}

make_maven() {
  mkdir -p "$sandbox/bin"
  cat >"$sandbox/bin/mvn" <<'END'
#!/usr/bin/env bash
echo "mvn $*" >>"$MAVEN_CALLS"
sleep "${MAVEN_TAKES:-0}"
if [[ -n ${MAVEN_FAILS:-} ]]; then echo "[ERROR] $MAVEN_FAILS"; exit 1; fi
touch "$TREE"/benchmarks/target/benchmarks.jar "$TREE"/reports/target/reports.jar
END
  chmod +x "$sandbox/bin/mvn"
}

make_tree() {
  local module
  mkdir -p "$tree/native/lab" "$tree/target" "$sandbox/elsewhere"
  cp -r "$here/run.sh" "$here/.config" "$here/.ci" "$tree"
  for module in native benchmarks reports; do
    mkdir -p "$tree/$module/src/main/deep" "$tree/$module/target"
    touch "$tree/$module/pom.xml" "$tree/$module/src/main/deep/Source.java"
  done
  touch "$tree/pom.xml" "$tree/native/CMakeLists.txt" "$tree/native/build.sh"
  touch "$tree"/{benchmarks/target/benchmarks.jar,reports/target/reports.jar,target/build.stamp}
}

# ---- what the tests say --------------------------------------------------------

# run ARGUMENT...: run.sh from another directory; sets out, err and code.
run() {
  code=0
  (cd "$sandbox/elsewhere" && "$tree/run.sh" "$@") >"$sandbox/out" 2>"$sandbox/err" || code=$?
  out=$(<"$sandbox/out") err=$(<"$sandbox/err")
}

# expect SENTENCE WANTED GOT
expect() {
  if [[ $2 == "$3" ]]; then
    passed+=1
  else
    failed+=1
    printf 'FAILED: %s\n  wanted: %q\n  got:    %q\n' "$1" "$2" "$3"
  fi
}

maven_calls() {
  if [[ -f $MAVEN_CALLS ]]; then wc -l <"$MAVEN_CALLS"; else echo 0; fi
}

fresh() {
  rm -f "$MAVEN_CALLS"
  touch "$tree/target/build.stamp"
}

# ---- tests -----------------------------------------------------------------------

test_help() {
  local word shown
  for word in --help -h help; do
    run "$word"
    expect "'$word' succeeds" 0 "$code"
    expect "'$word' says nothing on the error stream" '' "$err"
    shown=$out
  done
  expect 'the help fits on a screen of 40 lines' yes \
    "$([[ $(wc -l <<<"$shown") -le 40 ]] && echo yes)"
  expect 'the help names every command that run.sh takes' '' "$(commands_missing_from "$shown")"
  for word in build test check format; do
    run "$word" --help
    expect "'$word --help' succeeds" 0 "$code"
    expect "'$word --help' is about that command" "Usage: ./run.sh $word" "$(head -n 1 <<<"$out")"
    expect "'$word --help' is three lines" 3 "$(wc -l <<<"$out")"
  done
}

# Prints the words of run.sh's own dispatch that the text does not list.
commands_missing_from() {
  local word
  # shellcheck disable=SC2016 # the dollar is sed's
  sed -n '/^case \$command in/,/^esac/s/^  \([a-zV| -]*\)) .*/\1/p' "$tree/run.sh" |
    tr -s '| ' '\n' | while read -r word; do
    [[ $word == -* || $word == help ]] || grep -q "^  $word  *[a-z]" <<<"$1" || printf '%s\n' "$word"
  done
}

test_bad_input() {
  run frobnicate --now
  expect 'an unknown command is bad input' 2 "$code"
  expect 'an unknown command gets one line' \
    "p2pbench: unknown command 'frobnicate': './run.sh --help' lists the commands" "$err"
  expect 'an unknown command prints no result' '' "$out"
  run --profile smoke
  expect 'an option without a command is bad input' 2 "$code"
  expect 'an option without a command is shown its place' \
    "p2pbench: '--profile' stands where a command belongs: './run.sh run --profile ...', or './run.sh --help'" \
    "$err"
  run check everything
  expect 'an argument that a command does not take is bad input' 2 "$code"
  expect 'an argument that a command does not take is named' \
    "p2pbench: 'check' takes no arguments: 'everything'" "$err"
}

test_hand_over() {
  local launcher command
  launcher="[--enable-native-access=ALL-UNNAMED]
[-Dp2pbench.reports.jar=$tree/reports/target/reports.jar]
[-Dp2pbench.command=./run.sh]
[-cp]
[$tree/benchmarks/target/benchmarks.jar]
[org.p2pbench.launcher.Main]"
  run
  expect 'without a command the launcher gets no arguments' "$launcher" "$out"
  run run --out 'my results' -- -f 2
  expect 'the arguments of run reach the launcher as they are' "$launcher
[run]
[--out]
[my results]
[--]
[-f]
[2]" "$out"
  for command in version --version -V; do
    run "$command"
    expect "'$command' asks the launcher, which knows the build" "$launcher
[--version]" "$out"
  done
  run report 'my results'
  expect 'report goes to the other jar' "[--enable-native-access=ALL-UNNAMED]
[-Djava.awt.headless=true]
[-Dp2pbench.command=./run.sh]
[-jar]
[$tree/reports/target/reports.jar]
[report]
[my results]" "$out"
  for command in history trend baseline; do
    run "$command" --store 'my store'
    expect "$command goes to the jar of report" "$command" "$(tail -n 3 <<<"$out" | head -n 1 | tr -d '[]')"
  done
  LC_ALL='' LC_CTYPE='' LANG='' run probe locale
  expect 'without a UTF-8 locale the JVM gets one' C.UTF-8 "$(tail -n 1 <<<"$out")"
  LC_ALL=C.utf8 run probe locale
  expect 'with a UTF-8 locale it keeps that' C.utf8 "$(tail -n 1 <<<"$out")"
  JAVA_EXIT=1 run probe
  expect 'the exit code is that of the JVM' 1 "$code"
}

test_signals() {
  local pid
  rm -f "$STARTED"
  "$tree/run.sh" run wait >"$sandbox/out" 2>&1 &
  pid=$!
  until [[ -e $STARTED ]]; do sleep 0.02; done
  kill -TERM "$pid"
  code=0
  wait "$pid" || code=$?
  expect 'a signal to run.sh reaches the JVM' 'java got TERM' "$(tail -n 1 "$sandbox/out")"
  expect 'and the exit code says so' 143 "$code"
}

test_freshness() {
  local file
  fresh
  run probe
  expect 'fresh jars are not built again' 0 "$(maven_calls)"
  expect 'fresh jars are run without a word' '' "$err"
  for file in pom.xml native/CMakeLists.txt native/src/main/deep/Source.java reports/pom.xml; do
    fresh
    touch -d '1 second' "$tree/$file"
    run probe
    touch -d '1 hour ago' "$tree/$file"
    expect "a newer $file is a reason to build" 1 "$(maven_calls)"
  done
  fresh
  rm "$tree/reports/target/reports.jar"
  run probe
  expect 'a missing jar is a reason to build' 1 "$(maven_calls)"
  fresh
  touch -d '1 second' "$tree/pom.xml"
  P2PBENCH_LAB=1 run probe
  expect 'the guest of the lab never builds' 0 "$(maven_calls)"
  touch -d '1 hour ago' "$tree/pom.xml"
}

test_builds() {
  fresh
  rm "$tree/target/build.stamp"
  MAVEN_TAKES=0.5 "$tree/run.sh" build >"$sandbox/first" 2>&1 &
  MAVEN_TAKES=0.5 "$tree/run.sh" build >"$sandbox/second" 2>&1
  wait "$!"
  expect 'of two builds at the same time one builds' 1 "$(maven_calls)"
  expect 'and the other one waits' 1 "$(cat "$sandbox/first" "$sandbox/second" | grep -c waiting)"
  fresh
  rm "$tree/target/build.stamp"
  MAVEN_FAILS='Source.java:[7,3] missing' run probe
  expect 'a failed build is an exit code of its own' 3 "$code"
  expect 'a failed build shows the end of its output' \
    "p2pbench: building (a first build also fetches libraries) ...
[ERROR] Source.java:[7,3] missing
p2pbench: the build failed (all of the output: $tree/target/build.log)" "$err"
  run probe
  expect 'after a failed build the next one builds again' 2 "$(maven_calls)"
}

test_java() {
  make_jdk "$sandbox/jdk 11" 11.0.2
  JAVA_HOME="$sandbox/jdk 11" run probe
  expect 'a JAVA_HOME that is too old cannot be used' 3 "$code"
  expect 'a JAVA_HOME that is too old is named' \
    "p2pbench: JAVA_HOME=$sandbox/jdk 11 has no bin/java of Java 17 or later: unset JAVA_HOME, or point it at one" \
    "$err"
}

# A PATH without some commands, as someone who may not install them.
test_missing_packages() {
  local -a as_nobody=()
  mkdir -p "$sandbox/few"
  ln -sf -t "$sandbox/few" /usr/sbin/* /usr/bin/*
  rm -f "$sandbox/few/"{cmake,ninja,apt-get}
  chmod -R a+rX "$sandbox"
  ((EUID != 0)) || as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
  needs() {
    code=0
    # shellcheck disable=SC2016 # it is the inner shell that expands
    "${as_nobody[@]}" env PATH="$sandbox/few" bash -c '
      root=$1 && source "$1/.config/setup.sh" && PATH=$2 && require \
        "cmake command cmake" "gcc command bash" "ninja-build command ninja" "libx-dev library libx.a"
      echo "went on"' needs "$tree" "$sandbox/few" >"$sandbox/out" 2>&1 || code=$?
    out=$(<"$sandbox/out")
  }
  needs
  expect 'without a package manager, what is missing is listed at once' \
    "p2pbench: missing here: what Debian calls cmake ninja-build libx-dev; install the packages of this system that bring it" \
    "$out"
  expect 'and it cannot be done here' 3 "$code"
  printf '#!/bin/sh\nexit 1\n' >"$sandbox/few/apt-get"
  chmod +x "$sandbox/few/apt-get"
  needs
  expect 'without root, one command that installs the rest is printed' \
    "p2pbench: some packages are missing, and only root may install them. This does it:
p2pbench: sudo apt-get update && sudo apt-get install -y --no-install-recommends cmake ninja-build libx-dev" \
    "$out"
  expect 'and it cannot be done without root' 3 "$code"
}

# counted COUNTER: what it reads from the log and the sandbox's surefire files.
counted() {
  # shellcheck disable=SC2016 # it is the inner shell that expands
  bash -c 'root=$1 && source "$1/.ci/counts.sh" && "$2" "$3" && echo "$passed $failed $skipped"' \
    counted "$tree" "$1" "$sandbox/part.log"
}

skips() {
  # shellcheck disable=SC2016
  bash -c 'root=$1 && source "$1/.ci/counts.sh" && skip_reasons "$1/reports/target"' skips "$tree"
}

test_counts() {
  local log="$sandbox/part.log"
  printf '%s\n' 'noise' '12 passed, 3 failed, 1 skipped' >"$log"
  expect "a suite's own words are read" '12 3 1' "$(counted count_own_words)"
  printf '%s\n' '12 passed, 0 failed' 'killed' >"$log"
  expect 'a suite that does not end with its words has failed' '0 1 0' "$(counted count_own_words)"
  cat >"$log" <<'END'
 1/12 Test  #1: lease ............   Passed    0.01 sec
 2/12 Test  #2: hugetlb ..........***Skipped   0.01 sec
92% tests passed, 1 tests failed out of 12
END
  expect "ctest's skipped tests are not passed ones" '10 1 1' "$(counted count_ctest)"
  echo 'No tests were found!!!' >"$log"
  expect 'no C test is a failure' '0 1 0' "$(counted count_ctest)"
  mkdir -p "$tree"/{native,reports}/target/surefire-reports
  echo '<testsuite xmlns:x="y" name="A" time="0.1" tests="5" errors="1" skipped="1" failures="1">' \
    >"$tree/native/target/surefire-reports/TEST-A.xml"
  echo '<testsuite name="B" tests="7" errors="0" skipped="0" failures="0"/>' \
    >"$tree/reports/target/surefire-reports/TEST-B.xml"
  expect 'the Java tests of all modules are added up' '9 2 1' "$(counted count_surefire)"
  cat >"$tree/reports/target/TEST-skips.xml" <<'END'
<skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: loop devices need root
	at org.junit.jupiter.api.Assumptions.throwAssumptionFailed(Assumptions.java:321)
<skipped message="needs &quot;root&quot; &amp; time"/>
<skipped type="org.opentest4j.TestAbortedException"><![CDATA[org.opentest4j.TestAbortedException: Assumption failed: loop devices need root
<skipped/>
END
  expect 'skipped tests are listed by their reasons' '  2: loop devices need root
  1: no reason given
  1: needs "root" & time' "$(skips)"
  expect 'and are not counted twice' '0 1 0' "$(counted count_surefire)"
}

export STARTED="$sandbox/started" MAVEN_CALLS="$sandbox/maven-calls" TREE="$tree"
make_jdk "$sandbox/jdk 17" 17.0.9
make_maven
make_tree
export JAVA_HOME="$sandbox/jdk 17" PATH="$sandbox/bin:$PATH"
test_help
test_bad_input
test_hand_over
test_signals
test_freshness
test_builds
test_java
test_missing_packages
test_counts
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
