#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# doctor-tests.sh GROUP...: what the doctor says of this machine before any I/O, and
# whether the kernel then does it. Run in the lab by test-doctor.sh, one boot for each
# machine. fio is the witness of what the kernel does. Disk A is to read into disk B's CMB.
set -euo pipefail
: "${P2PBENCH_LAB_JSON:?runs in the lab}" "${P2PBENCH_LAB_OUT:?}" "${DOCTOR_TEST_DIRECTORY:?}"

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$lab_dir/../.." && pwd -P)
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$lab_dir/checks.sh"

readonly benchmarks_jar=$root/benchmarks/target/benchmarks.jar
work=/run/lab/doctor
mkdir -p $work
chmod 777 $work
cd $work

pci_of() { # a | b
  basename "$(readlink -f "/sys/class/nvme/$(readlink "/dev/controller-$1")/device")"
}

device_of() { readlink -f "$1"; }

a=$(pci_of a)
b=$(pci_of b)
allocate=/sys/bus/pci/devices/$b/p2pmem/allocate

# ---- the doctor -----------------------------------------------------------------

p2pbench() {
  java "@$DOCTOR_TEST_DIRECTORY/java.options" -Dp2pbench.command=./run.sh -cp "$benchmarks_jar" \
    org.p2pbench.launcher.Main "$@"
}

# ask EXIT_CODE NAME OPTION...: the doctor's JSON in NAME, a member of an object a line.
ask() {
  fails "$1" p2pbench probe --json "${@:3}" >"$2"
}

# The first member of that name is the answer's own.
member() { # NAME FILE
  sed -nE "s/^ *\"$1\" : \"?([^\"]*)\"?,?$/\1/p" "$2" | head -n 1
}

# The verdict on a device reaching the CMB of disk B.
verdict() { # ADDRESS FILE
  awk -v client="\"$1\"," '
    $1 == "\"client\"" { found = $3 == client }
    found && $1 == "\"verdict\"" { gsub(/[",]/, "", $3); print $3; exit }' "$2"
}

distance() { # ADDRESS FILE
  awk -v client="\"$1\"," '
    $1 == "\"client\"" { found = $3 == client }
    found && $1 == "\"distance\"" { gsub(/[",]/, "", $3); print $3; exit }' "$2"
}

# says ANSWER VERDICT DISTANCE: of the path from disk A by disk B's CMB to disk B.
says() {
  local code=3
  [[ $1 != yes ]] || code=0
  ask $code answer --cmb "$b" --source /dev/disk-a --target /dev/disk-b || { cat answer && return 1; }
  same "$1: $2, distance $3" "$(member answer answer): $(verdict "$a" answer), distance $(distance "$a" answer)"
  same 'direct, distance 0' "$(verdict "$b" answer), distance $(distance "$b" answer)"
}

# ---- the kernel -----------------------------------------------------------------

# reads DEVICE: the device writes into disk B's CMB.
reads() {
  fio --name=doctor --ioengine=psync --rw=read "--filename=$(device_of "$1")" --direct=1 --bs=4k --size=4k \
    --scramble_buffers=0 "--iomem=mmapshared:$allocate" --minimal 2>&1
}

allows() { reads "$1"; }

refuses() {
  local said
  said=$(reads "$1") && { echo 'it was read' && return 1; }
  matches '*@(Invalid argument|Remote I/O error)*' "$said"
}

# ---- machines ---------------------------------------------------------------------

group_direct() {
  check 'the doctor: direct on the bus, distance 4' says yes direct 4
  check 'the kernel lets disk A reach the CMB' allows /dev/disk-a
}

# Two functions of one slot.
group_redirect_off() {
  check 'the doctor: direct on the bus, distance 2' says yes direct 2
  check 'the kernel lets disk A reach the CMB' allows /dev/disk-a
}

group_through() {
  check 'the doctor: through the host bridge' says yes through-host-bridge "$1"
  check 'the kernel lets disk A reach the CMB' allows /dev/disk-a
}

group_refused() {
  check 'the doctor: refused, no setting changes it' says no refused null
  check 'and says that no setting changes it' matches 'no setting changes it: *' "$(member remedy answer)"
  check 'a run is refused with the reason before its first transfer' run_is_refused
  check 'the kernel refuses disk A' refuses /dev/disk-a
  check 'and lets disk B reach its own CMB' allows /dev/disk-b
}

run_is_refused() {
  local before said
  before=$(io_count)
  said=$(fails 3 p2pbench run --profile lab --rounds 1 --out far --source /dev/disk-a --target /dev/disk-b \
    --destroy "$(device_of /dev/disk-b)" --cmb "$b" --memory cmb --size 4k 2>&1)
  matches "p2pbench: the CMB path cannot work here, nothing was transferred: $a to the CMB of nvme* ($b): refused: no port is above both, *: no setting changes it: *" "$said"
  same "$before" "$(io_count)"
  [[ ! -e far ]]
}

# Sectors that were read from disk A and written to disk B. What lies on B is looked at, for
# the target's sake.
io_count() {
  awk '{print $3}' "/sys/block/$(basename "$(device_of /dev/disk-a)")/stat"
  awk '{print $7}' "/sys/block/$(basename "$(device_of /dev/disk-b)")/stat"
}

group_redirected() {
  check 'the doctor: refused, for access control redirects' says no refused null
  check 'and names the port' same "$(basename "$(dirname "$(readlink -f "/sys/bus/pci/devices/$a")")")" \
    "$(sed -nE 's/.*"redirecting" : \[ "([^"]*)" \].*/\1/p' answer | head -n 1)"
  check 'the kernel refuses disk A' refuses /dev/disk-a
  check 'and means the same port' matches "*pci=disable_acs_redir=$(port_of_remedy)" "$(dmesg | grep disable_acs_redir)"
  member remedy answer >"$P2PBENCH_LAB_OUT/remedy"
}

port_of_remedy() { member remedy answer | sed -E 's/.*disable_acs_redir=([^ ,]*).*/\1/'; }

group_none() {
  check 'the doctor: no drive has a CMB' no_cmb 'no NVMe drive here has a CMB'
  check 'the kernel offers none' sh -c '! ls -d /sys/bus/pci/devices/*/p2pmem'
}

group_small() {
  check 'the doctor: the CMB is smaller than the kernel maps' \
    no_cmb "the CMB of nvme* ($b) cannot be used: the kernel leaves it out without a word: start (0x*) and size (1048576 bytes) must be multiples of 2 MiB"
  check 'the kernel offers none' sh -c '! ls -d /sys/bus/pci/devices/*/p2pmem'
}

group_without_option() {
  check 'the doctor: this kernel is built without the option' \
    no_cmb 'this kernel is built without CONFIG_PCI_P2PDMA'
  check 'the remedy is a kernel that has it' matches 'boot a kernel built with CONFIG_PCI_P2PDMA=y*' "$(member remedy answer)"
  check 'the kernel offers none, for want of it' matches '*failed to register the CMB*' "$(dmesg | grep CMB)"
}

# no_cmb REASON: a glob.
no_cmb() {
  ask 3 answer --cmb "$b" --source /dev/disk-a --target /dev/disk-b || { cat answer && return 1; }
  matches "$1" "$(member reason answer)"
}

# ---- what lies on the drive ---------------------------------------------------------

group_stacked() {
  local disk
  disk=$(device_of /dev/disk-a)
  addpart "$disk" 1 2048 65536
  check 'the doctor: a partition of disk A is no obstacle' reached_from 0 "${disk}p1"
  check 'the kernel lets it reach the CMB' allows "${disk}p1"
  modprobe dm-mod
  dmsetup create linear --table "0 65536 linear ${disk}p1 0"
  check 'the doctor: dm-linear on it is one' reached_from 3 /dev/dm-0
  check 'and says what to use instead' same "use the drive below it: $(basename "$disk")p1" "$(member remedy answer)"
  check 'the kernel refuses dm-linear' refuses /dev/dm-0
  dmsetup remove linear
  check 'the remedy works: the device below it reaches the CMB' allows "${disk}p1"
  delpart "$disk" 1
}

reached_from() { # EXIT_CODE DEVICE
  ask "$1" answer --cmb "$b" --source "$2" --target /dev/disk-b || { cat answer && return 1; }
}

# ---- without root rights --------------------------------------------------------------

group_user() {
  check 'without root the doctor says what it cannot see, and how to see it' user_is_told
}

user_is_told() {
  chmod 666 "$allocate" "$(device_of /dev/disk-a)" "$(device_of /dev/disk-b)"
  fails 3 setpriv --reuid 65534 --regid 65534 --clear-groups \
    java "@$DOCTOR_TEST_DIRECTORY/java.options" -Dp2pbench.command=./run.sh -cp "$benchmarks_jar" \
    org.p2pbench.launcher.Main probe --json --cmb "$b" --source /dev/disk-a --target /dev/disk-b >answer
  same 'unknown: sudo ./run.sh probe' "$(member answer answer): $(member remedy answer)"
  matches '*whether access control (ACS) redirects at *takes root rights to see' "$(member reason answer)"
}

for group in "$@"; do
  # shellcheck disable=SC2086 # a group may have an argument
  group_${group/:/ }
done
