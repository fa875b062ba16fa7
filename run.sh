#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The entry point: sets up and builds what is missing, then hands over.
set -euo pipefail

root=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
# shellcheck source=.config/setup.sh
source "$root/.config/setup.sh"

usage() {
  cat <<'END'
Does moving data between PCIe devices through an NVMe Controller Memory Buffer
beat bouncing it through RAM? p2pbench measures both, on real I/O.

Usage: ./run.sh [COMMAND [ARGUMENT...]]

Without a command: installs what is missing, builds, looks what this machine can
do, measures (smoke, then standard) and leaves a report.

Commands ('./run.sh COMMAND --help' says more)
  run         measure, and leave a run directory with the report
  probe       say why peer-to-peer works here, or what to change
  versus-fio  measure p2pbench against fio, in alternating pairs
  report      render a run directory again
  compare     say what changed between two runs
  gate        pass or fail a run by a policy
  ab          compare two jars or places in alternating forks
  calibrate   record what this machine cannot tell apart
  history     keep runs in a store: add, list, accept, reject
  trend       say where stored series moved, and draw them
  baseline    print the stored run that a new one is to be held against
  power       show by simulation how often verdicts on regressions are right
  lab         the same in a QEMU guest that has a controller with a CMB
  build       set up and build
  test        all checks and tests
  check       formatting and static checks alone
  format      format the sources
  version     say which version and revision this is

Examples
  ./run.sh
  ./run.sh probe --source /dev/nvme0n1 --target /mnt/nvme
  ./run.sh run --profile smoke --out results/first
  ./run.sh run --memory cmb,ram --size 4k,1m --depth 1,32 --rounds 6
  ./run.sh report results/first
  ./run.sh lab --out results/lab

Exit codes: 0 done; 1 the run failed, results are kept; 2 bad input; 3 cannot be
done on this machine.
END
}

readonly reporter_options=(-Djava.awt.headless=true -Dp2pbench.command=./run.sh)

# Both jars take over this process, so that signals and exit codes are theirs; all but
# the first verdict after a build, whose classes are kept when it has ended.
launcher() {
  build
  java_exec "-Dp2pbench.reports.jar=$reports_jar" -Dp2pbench.command=./run.sh \
    -cp "$benchmarks_jar" org.p2pbench.launcher.Main "$@"
}

# Measures nothing and is over before the optimizing compiler would pay.
probe() {
  build
  java_exec -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dp2pbench.command=./run.sh \
    -cp "$benchmarks_jar" org.p2pbench.launcher.Main probe "$@"
}

reporter() {
  build
  case $1 in
    compare | gate | trend) quickly "$@" ;;
    *) java_exec "${reporter_options[@]}" -jar "$reports_jar" "$@" ;;
  esac
}

# Over before the optimizing compiler would pay, and then much of the time is the
# loading of classes: what the first of its kind after a build loaded is kept.
quickly() {
  local home archive own status=0
  home=$(java_home)
  archive=$(dirname -- "$reports_jar")/$1.jsa
  local -a java=("$home/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC '-Xlog:cds*=off' '-Xlog:cds=off')
  if [[ $archive -nt $reports_jar && $archive -nt $home/lib/modules ]]; then
    exec "${java[@]}" "-XX:SharedArchiveFile=$archive" "${reporter_options[@]}" -jar "$reports_jar" "$@"
  fi
  own=$(mktemp -u "$archive.XXXXXX")
  "${java[@]}" "-XX:ArchiveClassesAtExit=$own" "${reporter_options[@]}" -jar "$reports_jar" "$@" || status=$?
  # One that came to no verdict has loaded few.
  if ((status <= 1)) && [[ -s $own ]]; then
    mv -f "$own" "$archive"
  else
    rm -f "$own"
  fi
  exit "$status"
}

java_exec() {
  local home
  home=$(java_home)
  exec "$home/bin/java" --enable-native-access=ALL-UNNAMED "$@"
}

java_home() {
  refuse_unfit_java_home java
  find_java java || die 3 "no Java $java_minimum or later is here: install one, or set JAVA_HOME"
}

lab() {
  if [[ ${1:-} != --help && ${1:-} != -h ]]; then
    require "${build_needs[@]}" "${lab_needs[@]}"
    build
  fi
  exec "$root/native/lab/lab.sh" "$@"
}

# usage_of COMMAND: of one that looks after the sources.
usage_of() {
  printf 'Usage: ./run.sh %s\n' "$1"
  case $1 in
    build) echo 'Installs what is missing (as root), then builds what is not up to date.' ;;
    test) echo 'Runs the checks, then every test, the lab included; logs: target/test-reports.' ;;
    check) echo 'Checks formatting, checkstyle and shellcheck.' ;;
    format) echo 'Formats the Java and C sources.' ;;
  esac
  echo "Exit codes: 0 done; 1 failed; 2 bad input; 3 cannot be done on this machine."
}

# maintain COMMAND: what looks after the sources, without options of its own.
maintain() {
  case ${2:-} in
    '') ;;
    --help | -h) usage_of "$1" && exit ;;
    *) die 2 "'$1' takes no arguments: '$2'" ;;
  esac
  case $1 in
    build) build ;;
    check | test) exec "$root/.ci/test.sh" "$1" ;;
    format)
      require "${build_needs[@]}" "${check_needs[@]}"
      # shellcheck source=.ci/checks.sh
      source "$root/.ci/checks.sh"
      format_sources
      ;;
  esac
}

(($#)) || launcher
command=$1
shift
case $command in
  -h | --help | help) usage ;;
  -V | --version | version) launcher --version ;;
  run | versus-fio | ab | calibrate) launcher "$command" "$@" ;;
  probe) probe "$@" ;;
  report | compare | gate | history | trend | baseline | power) reporter "$command" "$@" ;;
  lab) lab "$@" ;;
  build | test | check | format) maintain "$command" "$@" ;;
  -*) die 2 "'$command' stands where a command belongs: './run.sh run $command ...', or './run.sh --help'" ;;
  *) die 2 "unknown command '$command': './run.sh --help' lists the commands" ;;
esac
