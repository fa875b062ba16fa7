#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# guest-tests.sh GROUP...: what must be true inside the lab. Run by test-lab.sh,
# one boot for each shape of machine. fio is the witness that the path exists
# without any code of ours.
set -euo pipefail
: "${P2PBENCH_LAB_JSON:?runs in the lab}" "${P2PBENCH_LAB_TARGET:?}" "${LAB_TEST_DIRECTORY:?}" "${P2PBENCH_LAB_OUT=}"

# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$(dirname "${BASH_SOURCE[0]}")/checks.sh"

pci_of() { # a | b
  basename "$(readlink -f "/sys/class/nvme/$(readlink "/dev/controller-$1")/device")"
}

cmb() { # b FILE
  echo "/sys/bus/pci/devices/$(pci_of "$1")/p2pmem/$2"
}

cmb_value() { cat "$(cmb "$1" "$2")"; }

# fio_cmb ENGINE RW FILE [OPTION...]: fio on FILE with disk B's CMB as its buffer.
fio_cmb() {
  fio --name=lab "--ioengine=$1" "--rw=$2" "--filename=$3" --direct=1 --bs=64k --size=1m \
    --scramble_buffers=0 "--iomem=mmapshared:$(cmb b allocate)" --minimal "${@:4}"
}

# ---- machine --------------------------------------------------------------

group_machine() {
  check 'the CMB is published and has the size asked for' cmb_is_whole
  check 'part of the CMB is taken by submission queues, the rest is available' cmb_available
  check 'disk A has no CMB' test ! -e "$(dirname "$(cmb a size)")"
  check 'each drive has the name that its serial number says' drives_are_named
  check 'there is a processor for each one asked for' same 2 "$(nproc)"
  check "the host's root cannot be written" root_is_read_only
  check 'the guest works in memory' memory_is_writable
  check "the host's /tmp is not seen" same 'tmpfs' "$(stat -f -c %T /tmp)"
  check 'the loopback interface is up' matches '*LOOPBACK,UP*' "$(ip link show lo 2>/dev/null || busybox ip link show lo)"
  check 'the kernel counts pins' grep -q '^nr_foll_pin_acquired ' /proc/vmstat
  check 'the kernel traces functions' grep -qw function_graph /sys/kernel/tracing/available_tracers
  check 'modules load on demand' modprobe dm-mod
  check 'a JVM runs' java -version
}

cmb_is_whole() {
  same 1 "$(cmb_value b published)"
  same $((64 << 20)) "$(cmb_value b size)"
}

cmb_available() {
  local available
  available=$(cmb_value b available)
  ((available > 60 << 20 && available < 64 << 20)) || { echo "available: $available" && return 1; }
}

drives_are_named() {
  local letter
  for letter in a b; do
    same "lab-$letter" "$(tr -d ' ' <"/sys/block/$(readlink /dev/disk-$letter)/device/serial")"
    matches "nvme[0-9]" "$(readlink /dev/controller-$letter)"
  done
}

root_is_read_only() {
  local said
  said=$(touch /etc/lab-was-here 2>&1) && return 1
  matches '*Read-only file system' "$said"
}

memory_is_writable() {
  local dir
  for dir in /tmp /run /var/tmp /dev/shm; do echo x >"$dir/lab-probe"; done
}

# ---- environment ----------------------------------------------------------

group_environment() {
  check 'the run knows that it is in the lab' same 1 "${P2PBENCH_LAB-unset}"
  check 'accelerator, QEMU, topology and kernel are on record' lab_json_is_whole
  check 'the guest starts in the directory of the caller' same "$LAB_TEST_DIRECTORY" "$PWD"
  check 'the output directory is writable' out_is_writable
}

out_is_writable() { echo 'from the guest' >"$P2PBENCH_LAB_OUT/note"; }

lab_json_is_whole() {
  matches '{"accelerator":"[kt]*","qemu":"[0-9]*","topology":"switch","kernelPackage":"linux-*'"$(uname -r)"' *","kernelSha256":"*"}' \
    "$(cat "$P2PBENCH_LAB_JSON")"
  same 0 "$(grep -c :// "$P2PBENCH_LAB_JSON")" # no mirror's address
}

# ---- peer-to-peer ---------------------------------------------------------

group_reach() {
  local engine
  for engine in psync io_uring; do
    check "$engine reads disk A into disk B's CMB" fio_cmb "$engine" read /dev/disk-a
    check "$engine writes disk B from its CMB, and the data is right" \
      fio_cmb "$engine" write /dev/disk-b --verify=crc32c --do_verify=1
  done
  check 'the available part falls by what is mapped and is whole again after' lease_returns
}

# fio is killed: the kernel takes back what it held.
lease_returns() {
  local whole part
  whole=$(cmb_value b available)
  fio_cmb psync read /dev/disk-a --bs=1m --time_based --runtime=100 --thread >/dev/null &
  for _ in {1..600}; do
    part=$(cmb_value b available)
    ((part == whole)) || break
    sleep 0.1
  done
  kill -KILL $!
  wait $! || true
  # What fio asks for is a little more than its block.
  same $((1 << 20 >> 16)) $(((whole - part) >> 16))
  for _ in {1..200}; do
    [[ $(cmb_value b available) != "$whole" ]] || break
    sleep 0.1
  done
  same "$whole" "$(cmb_value b available)"
}

group_unreachable() {
  local said
  check "disk B reaches its own CMB" fio_cmb psync read /dev/disk-b
  said=$(fio_cmb psync read /dev/disk-a 2>&1) || true
  check "disk A cannot reach disk B's CMB" matches '*@(Invalid argument|Remote I/O error)*' "$said"
}

group_no_cmb() {
  check 'no controller has a CMB' sh -c '! ls -d /sys/bus/pci/devices/*/p2pmem'
}

group_two_cmbs() {
  check 'disk A has a CMB too' same $((2 << 20)) "$(cmb_value a size)"
  check 'disk B has two namespaces' same $((320 << 20)) "$(blockdev --getsize64 /dev/disk-b-ns2)"
}

# ---- file systems ---------------------------------------------------------

group_filesystem() { # ext4 | xfs
  check "disk B is mounted with $1" same "$1" "$(findmnt -n -o FSTYPE "$P2PBENCH_LAB_TARGET")"
  check "a file on $1 is written from the CMB, and the data is right" \
    fio_cmb psync write "$P2PBENCH_LAB_TARGET/file" --verify=crc32c --do_verify=1
}

for group in "$@"; do
  case $group in
    ext4 | xfs) group_filesystem "$group" ;;
    *) "group_$group" ;;
  esac
done
