#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Tests of what p2pbench does with a real CMB interface: boots the lab with the built
# jars, runs path-tests.sh in it, and does for it what only the host can: hold up a
# disk, unplug a controller. Arguments: groups of path-tests.sh, default all. The last
# line counts.
set -euo pipefail

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$lab_dir/../.." && pwd -P)
LAB_DIR=$lab_dir
KERNEL_CACHE=${P2PBENCH_LAB_CACHE:-$lab_dir/cache}
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$lab_dir/checks.sh"
# shellcheck source-path=SCRIPTDIR source=../../.config/setup.sh
source "$root/.config/setup.sh"
# shellcheck source-path=SCRIPTDIR source=java.sh
source "$lab_dir/java.sh"
# shellcheck source-path=SCRIPTDIR source=kernel.sh
source "$lab_dir/kernel.sh"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/path-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch" # one group is not root
cd "$scratch"
mkdir out # shared by guests: a lab removes what it made itself and left empty

# ---- Java in the guest -------------------------------------------------------

# The driver is told by lines what to do, so that one JVM measures many rows.
prepare_java() {
  write_driver
  "$java_home/bin/javac" -d driver -cp "$benchmarks_jar" PathDriver.java
  {
    guest_java_options "$java_home" "$benchmarks_jar" "$KERNEL_CACHE"
    printf '%s\n' -Djmh.blackhole.autoDetect=false -Djmh.ignoreLock=true
  } >java.options
}

# Lines that the driver takes: "cmb NAME" names the CMB that it would choose for NAME;
# others are JMH's arguments, after properties. "== STATUS" ends the answer to each.
write_driver() {
  cat >PathDriver.java <<'END'
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.p2pbench.discovery.DeviceDiscovery;

public final class PathDriver {
  public static void main(String[] args) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String status = "done";
      try {
        obey(line.trim().split(" +"));
      } catch (Exception e) {
        status = "failed: " + e;
      }
      System.out.println("== " + status.lines().findFirst().get());
    }
  }

  private static void obey(String[] words) throws Exception {
    if (words[0].equals("cmb")) {
      System.out.println(
          DeviceDiscovery.ofThisMachine()
              .chooseCmb(Optional.of(words[1]), List.of(), List.of())
              .cmb()
              .allocateFile());
      return;
    }
    System.getProperties().keySet().removeIf(name -> name.toString().startsWith("p2pbench."));
    List<String> jmh = new ArrayList<>();
    for (String word : words) {
      if (word.startsWith("-D")) {
        String[] property = word.substring(2).split("=", 2);
        System.setProperty(property[0], property[1]);
      } else {
        jmh.add(word);
      }
    }
    new Runner(new CommandLineOptions(jmh.toArray(String[]::new))).run();
  }
}
END
}

# ---- the guest, and what it asks of the host ----------------------------------

# in_guest NAME GROUPS LAB_OPTION...: the guest's checks. A line "host: WHAT" from there
# is a request. QEMU's monitor hangs on two pipes, out of reach of the guest.
in_guest() {
  local name=$1 groups=$2 line
  shift 2
  mkdir "$name"
  mkfifo "$name"/monitor.{in,out}
  # shellcheck disable=SC2086 # groups are words
  while IFS= read -r line; do
    case $line in
      'host: '*) ask_machine "${line#host: }" >"$name/monitor.in" ;;
      *) printf '%s\n' "$line" ;;
    esac
  done < <("$lab_dir/lab.sh" --qemu-arg -chardev --qemu-arg "pipe,id=monitor,path=$scratch/$name/monitor" \
    --qemu-arg -mon --qemu-arg chardev=monitor,mode=control --out "$scratch/out" "$@" \
    exec -- env PATH_TEST_DIRECTORY="$scratch" "$lab_dir/path-tests.sh" $groups 2>"$name/lab.log" ||
    { echo "not ok - $name: the lab runs its checks" && sed "s|^|  # |" "$name/lab.log"; })
}

# Of the pipes QEMU holds both ends: a request can be written by whoever opens them.
ask_machine() {
  echo '{"execute":"qmp_capabilities"}'
  case $1 in
    stall) limit_writes 1 ;;
    # What is held up already goes on when the machine stops, which drains its disks.
    'go on') limit_writes 0 && printf '{"execute":"%s"}\n' stop cont ;;
    unplug) echo '{"execute":"device_del","arguments":{"id":"nvme-b"}}' ;;
    *) echo "not ok - the host understands '$1'" >&2 ;;
  esac
}

limit_writes() { # BYTES_PER_SECOND, 0: none
  printf '{"execute":"qom-set","arguments":{"path":"/objects/throttle-b","property":"limits","value":{"bps-write":%s}}}\n' "$1"
}

# Two machines at a time for two processors; rates are compared when nothing else runs.
# Of one processor where that is enough: the kernel is traced in one of these.
readonly first_guest=(transfer discovery journal guard user)
readonly second_guest=(pinning sharing media full stall unplug)
readonly traced_guest=(kernel)
readonly busy_guest=(load several)
readonly last_guest=(fio)
readonly gup_test_guest=(gup_test)

guests() {
  printf '[inject-error]\nevent = "none"\niotype = "write"\nsector = "%s"\nerrno = "5"\nonce = "off"\n' \
    $((16 << 11)) >errors.conf
  {
    guest_with second "$(chosen "${second_guest[@]}")" --cpus 1
    guest_with far "$(chosen unreachable)" --topology root-ports --cpus 1
    guest_with nodes "$(chosen numa)" --topology numa
  } >other.result &
  guest_with traced "$(chosen "${traced_guest[@]}")" --cpus 1
  guest_with busy "$(chosen "${busy_guest[@]}")"
  guest_with first "$(chosen "${first_guest[@]}")" --cpus 1
  wait
  cat other.result
  guest_with last "$(chosen "${last_guest[@]}")"
  gup_test_guest
}

# A kernel that takes many minutes to build is looked for, not made.
gup_test_guest() {
  local groups
  groups=$(chosen "${gup_test_guest[@]}")
  if [[ -n $(kernel_built_gup_test) ]]; then
    guest_with gup_test "$groups" --gup-test
  elif [[ -n $groups ]]; then
    echo "skipped - the kernel's own pin benchmark: no such kernel is built here: ./run.sh lab --gup-test exec -- true"
  fi
}

# Those of the groups that were asked for, in their order.
chosen() {
  local group
  for group in "$@"; do
    [[ ${#wanted[@]} -gt 0 && " ${wanted[*]} " != *" $group "* ]] || printf '%s ' "$group"
  done
}

# guest_with NAME GROUPS LAB_OPTION...
guest_with() {
  [[ -n $2 ]] || return 0
  in_guest "$@" --namespaces 5 --disk-mb 512 --cmb-mb 128 --blkdebug "$scratch/errors.conf"
}

# Charts take minutes on an emulated CPU: the results of failed runs are rendered here.
reports() {
  local run
  for run in out/failed-*; do
    [[ ! -d $run ]] || check "a report is made of what was measured before: ${run##*/failed-}" renders "$run"
  done
}

renders() {
  "$java_home/bin/java" -Djava.awt.headless=true -jar "$reports_jar" report "$1"
  grep -qi failed "$1/summary.md"
  [[ -s $1/report/index.html ]]
}

main() {
  local result=$scratch/result passed failed skipped
  java_home=$(find_java java)
  prepare_java
  wanted=("$@")
  {
    guests
    reports
  } | tee "$result"
  passed=$(grep -c '^ok - ' "$result") || true
  failed=$(grep -c '^not ok - ' "$result") || true
  skipped=$(grep -c '^skipped - ' "$result") || true
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed > 0))
}

main "$@"
