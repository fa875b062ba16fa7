#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# test-doctor.sh [LANE...]: tests of the doctor. Boots machines that differ by one thing
# each and runs doctor-tests.sh in them: what it says before any I/O is what the kernel
# then does, and the remedy works. Lanes "reach" and "obstacles"; both without an argument.
# The last line counts.
set -euo pipefail

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$lab_dir/../.." && pwd -P)
KERNEL_CACHE=${P2PBENCH_LAB_CACHE:-$lab_dir/cache}
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$lab_dir/checks.sh"
# shellcheck source-path=SCRIPTDIR source=../../.config/setup.sh
source "$root/.config/setup.sh"
# shellcheck source-path=SCRIPTDIR source=java.sh
source "$lab_dir/java.sh"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/doctor-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch" # for the user without root rights
cd "$scratch" # of what lies below /tmp the guest sees this

# machine NAME GROUPS LAB_OPTION...: what its checks say goes by the machine's name.
machine() {
  local name=$1 groups=$2 directory=$scratch/${1//[ ,]/-}
  shift 2
  mkdir -p "$directory/out"
  # shellcheck disable=SC2086 # groups are words
  "$lab_dir/lab.sh" --cpus 1 --out "$directory/out" "$@" \
    exec -- env DOCTOR_TEST_DIRECTORY="$scratch" "$lab_dir/doctor-tests.sh" $groups \
    2>"$directory/log" >"$directory/said" || {
    echo "not ok - $name: the lab runs its checks"
    sed 's/^/  # /' "$directory/log"
  }
  sed -E "s/^(ok|not ok) - /&$name: /" "$directory/said"
}

lane_reach() {
  machine 'one switch' 'direct stacked user' --topology switch
  machine 'two root ports, AMD Zen' through:4 --topology root-ports --cpu EPYC
  machine 'two root ports, another CPU' refused --topology root-ports
  machine 'no CMB' none --cmb-mb 0
  machine 'CMB of 1 MiB' small --cmb-mb 0 --qemu-arg -global --qemu-arg nvme.cmb_size_mb=1
}

lane_obstacles() {
  local remedy
  machine 'ACS redirect' redirected --topology acs
  remedy=$(cat "$scratch/ACS-redirect/out/remedy" || true)
  machine 'ACS redirect, remedy' redirect_off --topology acs \
    --kernel-arg "$(parameter disable_acs_redir "$remedy")"
  machine 'ACS redirect, the other remedy' redirect_off --topology acs \
    --kernel-arg "$(parameter config_acs "$remedy")"
  machine 'ACS redirect, AMD Zen' through:2 --topology acs --cpu EPYC
  without_option
}

# parameter NAME REMEDY: the kernel parameter, out of the doctor's words.
parameter() { grep -oE "pci=$1=[^ ,]+" <<<"$2" || echo "no-$1-in-the-remedy"; }

# Debian's own kernel is built without the option; Ubuntu's has it.
without_option() {
  local image
  if image=$(plain_kernel); then
    machine 'a kernel without the option' without_option --kernel "$image"
  else
    echo "skipped - a kernel without the option: $image"
  fi
}

# Prints a stock kernel without CONFIG_PCI_P2PDMA, or why there is none, and fails.
plain_kernel() (
  exec {lock}>"$KERNEL_CACHE/lock"
  flock "$lock"
  image=$(compgen -G "$KERNEL_CACHE/plain-*/lib/modules/*/bzImage" | head -n 1) && echo "$image" && return
  # shellcheck disable=SC1091 # the system's own description of itself
  [[ $(. /etc/os-release && echo "$ID") == debian ]] || { echo "only Debian's are known to lack it" && return 1; }
  package=$(apt-cache depends linux-image-6.12-amd64 linux-image-amd64 2>/dev/null |
    sed -nE 's/.*Depends: (linux-image-[0-9].*)/\1/p' | head -n 1)
  [[ -n $package ]] || { echo "the system's apt sources have no kernel: apt-get update" && return 1; }
  fetch_plain "$package" "${package#linux-image-}" >&2 || { echo "$package could not be fetched" && return 1; }
  compgen -G "$KERNEL_CACHE/plain-*/lib/modules/*/bzImage"
)

# lab.sh takes the modules from where the image lies.
fetch_plain() { # PACKAGE VERSION
  local fetched
  # shellcheck source-path=SCRIPTDIR source=kernel.sh
  source "$lab_dir/kernel.sh"
  at_exit() { :; }
  fetched=$scratch/plain
  mkdir -p "$fetched" && cd "$fetched"
  apt-get download -o APT::Sandbox::User=root "$1"
  dpkg-deb -x ./*.deb .
  if grep -qx CONFIG_PCI_P2PDMA=y boot/config-*; then return 1; fi
  kernel_prepare "$KERNEL_CACHE/plain-$2" boot/vmlinuz-* "$2" "lib/modules/$2" "$1"
  mv "$KERNEL_CACHE/plain-$2/bzImage" "$KERNEL_CACHE/plain-$2/lib/modules/$2/"
}

# The lanes run side by side, two machines at a time on two processors.
main() {
  local lane lanes=("$@") passed failed skipped
  ((${#lanes[@]})) || lanes=(reach obstacles)
  guest_java_options "$(find_java java)" "$benchmarks_jar" "$KERNEL_CACHE" >"$scratch/java.options"
  for lane in "${lanes[@]}"; do
    "lane_$lane" >"$scratch/$lane.result" &
  done
  wait
  cat "$scratch"/*.result
  passed=$(cat "$scratch"/*.result | grep -c '^ok - ') || true
  failed=$(cat "$scratch"/*.result | grep -c '^not ok - ') || true
  skipped=$(cat "$scratch"/*.result | grep -c '^skipped - ') || true
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0 && passed > 0))
}

main "$@"
