#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# The lab: boots a stock Linux kernel in QEMU with two NVMe controllers, one with
# a Controller Memory Buffer, and runs p2pbench, or any command, in it. What is
# emulated is the devices, not the path. `./run.sh lab --help` is the manual.
#
# Flow: options -> tools -> kernel -> accelerator -> images and initramfs -> QEMU,
# whose standard output is the pipe on which the guest's init tells how far it is.

# shellcheck disable=SC2317 # what traps call looks unreachable

set -euo pipefail
export LC_NUMERIC=C # the decimal point of times

LAB_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$LAB_DIR/../.." && pwd -P)
KERNEL_CACHE=${P2PBENCH_LAB_CACHE:-$LAB_DIR/cache}

# shellcheck source-path=SCRIPTDIR source=../../.config/setup.sh
source "$root/.config/setup.sh"
# shellcheck source-path=SCRIPTDIR source=kernel.sh
source "$LAB_DIR/kernel.sh"
# shellcheck source-path=SCRIPTDIR source=machine.sh
source "$LAB_DIR/machine.sh"
# shellcheck source-path=SCRIPTDIR source=java.sh
source "$LAB_DIR/java.sh"

declare -rA BOOT_LIMIT_SECONDS=([kvm]=60 [tcg]=180)

usage() {
  cat <<'END'
Usage: ./run.sh lab [options] --out DIR        smoke suite in the guest; run directory and
                                               report in DIR
       ./run.sh lab [options] -- ARGS...       p2pbench ARGS in the guest
       ./run.sh lab [options] exec -- CMD...   a command in the guest, as root
       ./run.sh lab [options] shell            a root shell in the guest (Ctrl-A X ends the
                                               machine)

The guest sees this machine's root directory read-only, works in memory, and writes to
DIR alone. Its drives: /dev/disk-a (source) and /dev/disk-b (target, with the CMB). Both
are scratch images that vanish with the guest. Exit code: that of the command in the guest.

Machine:
  --topology NAME     switch: both drives below one PCIe switch (default)
                      root-ports: each below a root port of its own
                      acs: two functions in one slot, access control on, with an IOMMU
                      numa: two NUMA nodes, both drives below a switch on node 1
  --cpu MODEL         QEMU's CPU model (default max); root ports pass P2P with EPYC only
  --cpus N            (default 2; 1 where p2pbench is to trace the kernel, which kills a
                      guest of several processors on TCG of QEMU before 8.1)
  --memory-mb N       (default 2048)
  --cmb-mb N          disk B's CMB, a power of two; 0: none (default 64)
  --cmb-a-mb N        disk A's CMB (default 0)
  --disk-mb N         size of each namespace (default 256)
  --namespaces N      namespaces of each drive (default 1): /dev/disk-b-ns2, ...
  --filesystem NAME   raw (default), ext4 or xfs: disk B formatted and mounted on
                      /run/lab/target
  --blkdebug FILE     QEMU blkdebug rules for disk B's first namespace (media errors)
  --kernel BZIMAGE    another kernel than the distribution's
  --gup-test          the lab's own small kernel with CONFIG_GUP_TEST, the kernel's benchmark
                      of pinning, which a run then puts beside the cost of a pinned page. Built
                      once from the source of the distribution's kernel: fetches 170 MB, takes
                      11 minutes on 2 free processors and 3 GB meanwhile; 12 MB stay
  --kernel-arg ARG    one more kernel parameter (repeatable)
  --qemu-arg ARG      one more QEMU argument (repeatable)
  --qmp SOCKET        a QMP server at SOCKET, to unplug, throttle or inspect

Run:
  --out DIR           DIR is writable in the guest, below the same name
  --timeout SECONDS   ends the machine after so long (default 1800; a shell: never)
  --help

Examples:
  ./run.sh lab --out results/lab
  ./run.sh lab -- probe /dev/disk-b
  ./run.sh lab --filesystem ext4 exec -- cat /proc/mounts
  ./run.sh lab --topology root-ports --cpu EPYC shell
  ./run.sh lab --gup-test --out results/pins

The first start fetches the kernel (about 120 MB) into native/lab/cache; remove that
directory to have the newest one fetched again.
END
}

# ---- messages ------------------------------------------------------------

say() { printf 'lab: %s\n' "$*" >&2; }

# die EXIT_CODE MESSAGE
die() {
  say "${*:2}"
  exit "$1"
}

usage_error() { die 2 "$1: see './run.sh lab --help'"; }

# A step is announced when it is done, with the time since the one before.
STEP_START=$EPOCHREALTIME
step() {
  local now=$EPOCHREALTIME
  printf 'lab: %-60s %5.1f s\n' "$1" "$((10#${now/./} - 10#${STEP_START/./}))e-6" >&2
  STEP_START=$now
}

step_note() { say "$1 ..."; }

EXIT_ACTIONS=()
at_exit() { EXIT_ACTIONS+=("$1"); }

run_exit_actions() {
  local status=$? i
  trap '' INT TERM HUP
  for ((i = ${#EXIT_ACTIONS[@]} - 1; i >= 0; i--)); do eval "${EXIT_ACTIONS[i]}" || true; done
  exit "$status"
}

# ---- options -------------------------------------------------------------

TOPOLOGY=switch CPU_MODEL=max CPUS='' MEMORY_MB=2048 CMB_MB=64 CMB_A_MB=0 DISK_MB=256 NAMESPACES=1
FILESYSTEM=raw BLKDEBUG='' KERNEL='' GUP_TEST='' QMP='' OUT='' TIMEOUT_SECONDS='' MODE=''
KERNEL_ARGS=() QEMU_ARGS=() COMMAND=() QEMU_PID=''

parse_options() {
  while (($#)) && [[ -z $MODE ]]; do
    case $1 in
      --help | -h) usage && exit 0 ;;
      --topology) one_of "$1" "${2-}" switch root-ports acs numa && TOPOLOGY=$2 && shift ;;
      --filesystem) one_of "$1" "${2-}" raw ext4 xfs && FILESYSTEM=$2 && shift ;;
      --cpu) value "$@" && CPU_MODEL=$2 && shift ;;
      --cpus) number 1 64 "$@" && CPUS=$2 && shift ;;
      --memory-mb) number 512 1048576 "$@" && MEMORY_MB=$2 && shift ;;
      --cmb-mb) cmb_size "$@" && CMB_MB=$2 && shift ;;
      --cmb-a-mb) cmb_size "$@" && CMB_A_MB=$2 && shift ;;
      --disk-mb) number 1 1048576 "$@" && DISK_MB=$2 && shift ;;
      --namespaces) number 1 32 "$@" && NAMESPACES=$2 && shift ;;
      --blkdebug) readable "$@" && BLKDEBUG=$(realpath "$2") && shift ;;
      --kernel) value "$@" && KERNEL=$2 && shift ;;
      --gup-test) GUP_TEST=1 ;;
      --kernel-arg) value "$@" && KERNEL_ARGS+=("$2") && shift ;;
      --qemu-arg) value "$@" && QEMU_ARGS+=("$2") && shift ;;
      --qmp) value "$@" && QMP=$2 && shift ;;
      --out) value "$@" && OUT=$2 && shift ;;
      --timeout) number 1 1000000 "$@" && TIMEOUT_SECONDS=$2 && shift ;;
      exec) MODE='exec' ;;
      shell) MODE=shell ;;
      --) MODE=p2pbench ;;
      *) usage_error "unknown argument '$1'" ;;
    esac
    shift
  done
  [[ $MODE != exec || ${1-} != -- ]] || shift
  COMMAND=("$@")
  check_mode
}

check_mode() {
  [[ -z $GUP_TEST || -z $KERNEL ]] || usage_error '--gup-test and --kernel name two kernels: leave one out'
  case $MODE in
    exec | p2pbench) ((${#COMMAND[@]})) || usage_error "no command after '$MODE'" ;;
    shell) ((${#COMMAND[@]} == 0)) || usage_error "shell takes no argument: '${COMMAND[0]}'" ;;
    '') [[ -n $OUT ]] || usage_error 'what to do? --out DIR, -- ARGS, exec or shell' && MODE=smoke ;;
  esac
  [[ $MODE != p2pbench || -n $OUT ]] || OUT=$(option_value --out "${COMMAND[@]}")
  if [[ -z $TIMEOUT_SECONDS ]]; then
    [[ $MODE == shell ]] && TIMEOUT_SECONDS=1000000 || TIMEOUT_SECONDS=1800
  fi
}

# What a p2pbench command line gives to an option, so that its directory can be shared.
option_value() {
  local name=$1
  while shift && (($#)); do
    case $1 in
      "$name") echo "${2-}" ;;
      "$name="*) echo "${1#*=}" ;;
    esac
  done
}

value() { [[ -n ${2-} ]] || usage_error "$1 needs a value"; }

readable() { value "$@" && { [[ -r $2 ]] || usage_error "$1: cannot read '$2'"; }; }

one_of() {
  [[ " ${*:3} " == *" $2 "* && -n $2 ]] || usage_error "$1: '$2' is none of: ${*:3}"
}

# number LEAST MOST OPTION [VALUE]
number() {
  value "${@:3}"
  [[ $4 =~ ^(0|[1-9][0-9]{0,8})$ && $4 -ge $1 && $4 -le $2 ]] ||
    usage_error "$3: '$4' is not a number from $1 to $2"
}

cmb_size() {
  number 0 65536 "$@"
  (($2 == 1 || ($2 & ($2 - 1)))) && usage_error "$1: '$2' is not 0 or a power of two from 2"
  return 0
}

# ---- the guest's job -----------------------------------------------------

# What `lab --out DIR` runs: the source drive to the target drive, or to a file on it.
smoke_command() {
  local target=(--target "$(guest_target)" --destroy "$(guest_target)")
  [[ $FILESYSTEM == raw ]] || target=(--dir "$(guest_target)")
  p2pbench_command run --profile lab --source /dev/disk-a "${target[@]}" --out "$OUT"
}

# The jar on this machine's Java. Forks inherit its options.
p2pbench_command() {
  local jar home options
  for jar in "$benchmarks_jar" "$reports_jar"; do
    [[ -r $jar ]] || die 3 "${jar#"$root/"} is missing: './run.sh build' makes it"
  done
  home=$(find_java java) || die 3 "no Java $java_minimum or later is here: install one, or set JAVA_HOME"
  mapfile -t options < <(guest_java_options "$home" "$benchmarks_jar" "$KERNEL_CACHE")
  step 'Java and its classes'
  JOB=("$home/bin/java" "${options[@]}" -Dp2pbench.command=./run.sh -cp "$benchmarks_jar"
    org.p2pbench.launcher.Main "$@")
}

# Charts are drawn here, where the CPU is a real one.
render_report() {
  [[ ($MODE == smoke || $MODE == p2pbench) && -r $OUT/rows.json ]] || return 0
  "$root/run.sh" report "$OUT"
  step 'report'
}

guest_target() { [[ $FILESYSTEM == raw ]] && echo /dev/disk-b || echo /run/lab/target; }

choose_job() {
  case $MODE in
    exec) JOB=("${COMMAND[@]}") ;;
    shell) JOB=(bash -l) ;;
    p2pbench) p2pbench_command "${COMMAND[@]}" ;;
    smoke) smoke_command ;;
  esac
}

# The script that bash runs in the guest, in this machine's root directory.
write_job() {
  echo "export PATH=$(printf %q "/run/lab/bin:$PATH") LANG=${LANG-C.UTF-8} TERM=${TERM-dumb} HOME=/run/lab/home"
  # JNA and others unpack into the user's cache directory, which is read-only here.
  echo 'export XDG_CACHE_HOME=/run/lab/home/.cache P2PBENCH_LAB=1 P2PBENCH_LAB_JSON=/run/lab/lab.json'
  echo "export P2PBENCH_LAB_SOURCE=/dev/disk-a P2PBENCH_LAB_TARGET=$(guest_target)"
  [[ -z ${JAVA_HOME-} ]] || printf 'export JAVA_HOME=%q\n' "$JAVA_HOME"
  [[ -z $OUT ]] || printf 'export P2PBENCH_LAB_OUT=%q\n' "$OUT"
  [[ $MODE != shell ]] || echo "stty rows $(tput lines 2>/dev/null || echo 24) cols $(tput cols 2>/dev/null || echo 80)"
  printf 'cd %q 2>/dev/null || cd /\n' "$PWD"
  echo "exec$(printf ' %q' "${JOB[@]}")"
}

# What init needs to know, as shell variables.
write_settings() {
  printf '%s=%q\n' MODE "$MODE" OUT "$OUT" REPOSITORY "$root" DIRECTORY "$PWD" FILESYSTEM "$FILESYSTEM" \
    MODULES "$KERNEL_MODULES" TARGET "$(guest_target)" NAMESPACES "$NAMESPACES"
}

write_lab_json() { # ACCELERATOR
  printf '{"accelerator":"%s","qemu":"%s","topology":"%s","kernelPackage":"%s","kernelSha256":"%s"}\n' \
    "$1" "$QEMU_VERSION" "$TOPOLOGY" "${KERNEL_PACKAGE//[\"\\]/}" "$(sha256sum <"$KERNEL_IMAGE" | cut -c 1-64)"
}

# ---- running -------------------------------------------------------------

make_workspace() {
  WORKSPACE=$(mktemp -d "${TMPDIR:-/tmp}/p2pbench-lab.XXXXXX")
  at_exit "rm -rf '$WORKSPACE'"
  at_exit stop_qemu
}

share_out() {
  [[ -n $OUT ]] || return 0
  [[ -d $OUT ]] || at_exit "rmdir '$OUT' 2>/dev/null" # what stays empty
  mkdir -p "$OUT" || die 2 "--out: cannot make '$OUT'"
  OUT=$(realpath "$OUT")
  [[ -w $OUT ]] || die 2 "--out: '$OUT' is not writable"
}

# QEMU's standard output is where the guest's init reports; the guest's own output
# and errors go through two cats, so that whatever ours are (file, terminal,
# socket) QEMU sees pipes. Descriptors of QEMU: 1 the command's output (a shell's
# terminal), 8 its errors, 9 what init reports.
start_qemu() {
  exec {guest_out}> >(trap '' INT TERM; exec cat)
  OUT_CAT=$!
  exec {guest_err}> >(trap '' INT TERM; exec cat >&2)
  ERR_CAT=$!
  if [[ $MODE == shell ]]; then
    exec {guest_control}< <(exec 9>&1 </dev/tty >/dev/tty 2>"$WORKSPACE/qemu.log" && launch)
  else
    exec {guest_control}< <(exec 9>&1 </dev/null >&"$guest_out" 8>&"$guest_err" 2>"$WORKSPACE/qemu.log" && launch)
  fi
  QEMU_PID=$!
  exec {guest_out}>&- {guest_err}>&-
}

# Dies with this script, however that ends.
launch() {
  exec setpriv --pdeathsig KILL -- qemu-system-x86_64 "${MACHINE[@]}"
}

stop_qemu() {
  [[ -n $QEMU_PID ]] || return 0
  kill -TERM "$QEMU_PID" 2>/dev/null || true
  for _ in {1..20}; do
    kill -0 "$QEMU_PID" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$QEMU_PID" 2>/dev/null || true
  wait "$OUT_CAT" "$ERR_CAT" 2>/dev/null || true
  QEMU_PID=
}

# Boots the machine; a boot that fails is tried once more, on what is left if KVM
# did it. Each try has its own machine; the disks are untouched until "ready".
boot() {
  local accelerator tries=0
  for accelerator in "${ACCELERATORS[@]}"; do
    make_initramfs "$accelerator"
    describe_machine "$accelerator"
    start_qemu
    if await ready "${BOOT_LIMIT_SECONDS[$accelerator]}"; then
      step "boot ($accelerator)"
      return 0
    fi
    [[ $tries -eq 0 && ($accelerator == kvm || -s $WORKSPACE/console) ]] || machine_died "$WHY"
    tries=1
    say "no boot on $accelerator ($WHY): trying once more"
    stop_qemu
  done
}

# await WORD SECONDS: reads what init reports until WORD comes, and leaves the rest
# of its line in REST. Init says "ready", "failed MESSAGE", "exit CODE". Otherwise
# WHY says what happened: the end of the pipe means that QEMU ended.
await() {
  local word status=0
  while read -r -t "$2" -u "$guest_control" word REST || { status=$? && false; }; do
    [[ $word != failed ]] || machine_died "the guest could not be set up: $REST"
    [[ $word != "$1" ]] || return 0
  done
  WHY='the machine stopped by itself'
  local panic
  panic=$(sed -n '/Kernel panic/{s/^\[[^]]*\] *//p;q}' "$WORKSPACE/console" 2>/dev/null | tr -d '\r')
  [[ -z $panic ]] || WHY=$panic
  ! grep -qs 'Oops: int3' "$WORKSPACE/console" || WHY+='; QEMU lost a change of kernel code: try --cpus 1'
  ((status <= 128)) || WHY="not done within $2 s"
  return 1
}

machine_died() {
  say "$1"
  if [[ -s $WORKSPACE/qemu.log ]]; then
    say 'what QEMU said:' && tail -n 5 "$WORKSPACE/qemu.log" >&2
  fi
  if [[ -s $WORKSPACE/console ]]; then
    say "the console's last lines:" && tail -n 20 "$WORKSPACE/console" | tr -d '\r' >&2
  fi
  exit 1
}

main() {
  trap run_exit_actions EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  trap 'exit 129' HUP
  parse_options "$@"
  share_out
  choose_job
  require "${lab_needs[@]}"
  make_workspace
  if [[ -n $GUP_TEST ]]; then kernel_find_gup_test; else kernel_find "$KERNEL"; fi
  step "kernel $KERNEL_VERSION ($KERNEL_HOW)"
  choose_accelerators
  choose_processors
  make_disks
  step 'disks'
  boot
  await exit "$TIMEOUT_SECONDS" || machine_died "the command did not end: $WHY"
  step "command ended with exit code $REST"
  stop_qemu
  render_report || ((REST)) || REST=$?
  exit "$REST"
}

main "$@"
