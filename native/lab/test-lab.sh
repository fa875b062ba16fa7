#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# test-lab.sh [PART...]: tests of the lab. Part "launcher" treats lab.sh as a careless
# user would; "shapes" boots each shape of machine once and runs guest-tests.sh in
# it. All parts without an argument. The last line counts.
set -euo pipefail

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$lab_dir/checks.sh"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/lab-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT

lab() { "$lab_dir/lab.sh" "$@"; }

# work_in NAME COMMAND: whatever a lab leaves behind, it leaves in TMPDIR.
work_in() {
  export TMPDIR=$scratch/$1/tmp
  mkdir -p "$TMPDIR"
  cd "$scratch/$1"
  "$2"
}

# in_guest NAME GROUPS LAB_OPTION...: the guest's checks, in a machine of that shape.
in_guest() {
  local name=$1 groups=$2 log=$scratch/${1// /-}.log
  shift 2
  # shellcheck disable=SC2086 # groups are words
  if ! lab "$@" exec -- env LAB_TEST_DIRECTORY="$PWD" "$lab_dir/guest-tests.sh" $groups 2>"$log"; then
    echo "not ok - $name: the lab runs its checks"
    sed 's/^/  # /' "$log"
  fi
}

# ---- guests -----------------------------------------------------------------

shapes() {
  in_guest 'switch' 'machine environment reach' --out out
  check 'what the guest wrote is on the host' same 'from the guest' "$(cat out/note)"
  in_guest 'ext4' 'ext4' --filesystem ext4
  in_guest 'xfs' 'xfs two_cmbs' --filesystem xfs --disk-mb 320 --namespaces 2 --cmb-a-mb 2
  in_guest 'root ports' 'unreachable' --topology root-ports
  in_guest 'root ports, trusted' 'reach' --topology root-ports --cpu EPYC
  in_guest 'acs' 'unreachable' --topology acs
  copied_tree
  in_guest 'no CMB' 'no_cmb' --cmb-mb 0
}

# From here on a repository below /tmp, which the guest covers and must put back.
copied_tree() {
  export P2PBENCH_LAB_CACHE=${P2PBENCH_LAB_CACHE:-$lab_dir/cache}
  mkdir -p "$scratch/tree/native/lab"
  cp -r "$lab_dir/../../.config" "$scratch/tree"
  find "$lab_dir" -maxdepth 1 -type f -exec cp -t "$scratch/tree/native/lab" {} +
  lab_dir=$scratch/tree/native/lab
}

# ---- launcher ---------------------------------------------------------------

launcher() {
  check 'an unknown option is refused' refused "unknown argument '--fast'" --fast
  check 'a value that is none of the choices is refused' \
    refused "--topology: 'ring' is none of: switch root-ports acs numa" --topology ring shell
  check 'a size that is no power of two is refused' \
    refused "--cmb-mb: '3' is not 0 or a power of two from 2" --cmb-mb 3 shell
  check 'an option without its value is refused' refused '--out needs a value' --out
  check 'nothing to do is refused' refused 'what to do? --out DIR, -- ARGS, exec or shell'
  check 'help is not an error' help_is_printed
  check 'a kernel that is none is refused' not_a_kernel
  check 'a kernel that is not there is refused' missing_kernel
  check 'another kernel can be named' other_kernel
  check "without a network: the command's exit code, output and errors are the lab's" command_passes_through
  check 'a panic ends the lab with the last lines of the console' panic_is_shown
  check 'a hang ends the lab at the time limit' hang_is_ended
  check 'a shell works on a terminal' shell_works
  check 'an interrupt leaves no machine and no scratch file' interrupt_cleans_up
  check 'the end of the launcher is the end of the machine' kill_cleans_up
  check 'nothing is left behind' same '' "$(ls -A "$TMPDIR")"
}

# refused MESSAGE ARGUMENT...: exit code 2 and one line, with the way to the manual.
refused() {
  same "lab: $1: see './run.sh lab --help'" "$(fails 2 lab "${@:2}" 2>&1)"
}

help_is_printed() {
  matches 'Usage: ./run.sh lab *' "$(lab --help 2>/dev/null)"
}

not_a_kernel() {
  echo 'not a kernel' >text
  matches "*--kernel: 'text' is not a bzImage*" "$(fails 2 lab --kernel text exec -- true 2>&1)"
}

missing_kernel() {
  matches "*--kernel: cannot read 'absent'*" "$(fails 2 lab --kernel absent exec -- true 2>&1)"
}

# Any lab may fetch the kernel at its first start, later ones must not need to.
other_kernel() {
  local image version
  lab exec -- uname -r >version.txt
  version=$(<version.txt)
  image=$(compgen -G "${P2PBENCH_LAB_CACHE:-$lab_dir/cache}/*-$version*/bzImage" | sort | tail -n 1)
  same "$version" "$(P2PBENCH_LAB_CACHE=$PWD/kernels lab --kernel "$image" exec -- uname -r)"
}

command_passes_through() {
  # shellcheck disable=SC2016 # the guest's variables
  fails 7 offline "$lab_dir/lab.sh" exec -- bash -c 'echo "out: $1"; echo "err: $1" >&2; exit 7' - "it's \$HOME" >out.txt 2>err.txt
  same "out: it's \$HOME" "$(cat out.txt)"
  same "err: it's \$HOME" "$(grep '^err' err.txt)"
}

offline() {
  if ((EUID == 0)); then unshare -n "$@"; else unshare -rn "$@"; fi
}

panic_is_shown() {
  local said
  said=$(fails 1 lab exec -- sh -c 'echo c >/proc/sysrq-trigger' 2>&1)
  matches $'*the command did not end: Kernel panic - not syncing: sysrq triggered crash\n*'"lab: the console's last lines:"* "$said"
}

hang_is_ended() {
  local said
  said=$(fails 1 lab --timeout 3 exec -- sleep 1000 2>&1)
  matches "*the command did not end: not done within 3 s*the console's last lines:*" "$said"
}

# script gives the lab a terminal; what is typed may come before the shell is there.
shell_works() {
  local said keys
  mkfifo keys
  exec {keys}<>keys
  # shellcheck disable=SC2016 # the guest's sum
  echo 'tty; echo "sum: $((40 + 2))"; exit 5' >&"$keys"
  said=$(fails 5 script -qec "$lab_dir/lab.sh shell" /dev/null <keys)
  matches '*/dev/hvc0*sum: 42*' "$said"
}

# start_lab: in the background, in a process group of its own, up to its "started".
# Bash lets what it starts in the background ignore SIGINT.
start_lab() {
  env --default-signal=INT setsid "$lab_dir/lab.sh" exec -- sh -c 'echo started; sleep 1000' >started.txt 2>started.err &
  lab_pid=$!
  for _ in {1..600}; do
    grep -q started started.txt && return
    sleep 0.1
  done
  cat started.err
  return 1
}

machines() { pgrep -f "qemu-system-x86_64.*$TMPDIR" || true; }

interrupt_cleans_up() {
  start_lab
  kill -INT -- "-$lab_pid"
  fails 130 wait "$lab_pid"
  same '' "$(machines)"
  same '' "$(ls -A "$TMPDIR")"
}

# Nothing can be tidied after SIGKILL, but the machine must not outlive it.
kill_cleans_up() {
  start_lab
  kill -KILL "$lab_pid"
  fails 137 wait "$lab_pid"
  sleep 1
  same '' "$(machines)"
  rm -rf "${TMPDIR:?}"/*
}

# The parts run side by side, two machines at a time on two processors; what they
# said comes out part by part.
main() {
  local part parts=("$@") passed failed
  ((${#parts[@]})) || parts=(launcher shapes)
  for part in "${parts[@]}"; do
    work_in "$part" "$part" >"$scratch/$part.result" &
  done
  wait
  cat "$scratch"/*.result
  passed=$(cat "$scratch"/*.result | grep -c '^ok - ') || true
  failed=$(cat "$scratch"/*.result | grep -c '^not ok - ') || true
  echo "$passed passed, $failed failed"
  ((failed == 0 && passed > 0))
}

main "$@"
