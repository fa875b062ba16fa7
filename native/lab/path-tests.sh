#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# path-tests.sh GROUP...: what p2pbench proves, refuses and survives on a real CMB
# interface. Run in the lab by test-paths.sh, which also does what it asks of the host
# by a line "host: WHAT". Disk A is the source. Disk B's namespaces: 1 has a sector
# that cannot be written at 16 MiB, 2 is raw, 3 gets ext4, 4 xfs, 5 is to be left alone.
# shellcheck disable=SC2046,SC2086 # places are lists of options
set -euo pipefail
: "${P2PBENCH_LAB_JSON:?runs in the lab}" "${P2PBENCH_LAB_OUT:?}" "${PATH_TEST_DIRECTORY:?}"

lab_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$lab_dir/../.." && pwd -P)
# shellcheck source-path=SCRIPTDIR source=checks.sh
source "$lab_dir/checks.sh"

benchmarks_jar=$root/benchmarks/target/benchmarks.jar
readonly raw=/dev/disk-b-ns2 other=/dev/disk-b-ns5
readonly nobody=65534

trap '' PIPE # a driver that died is no reason to die without a word

work=/run/lab/paths
mkdir -p $work
cd $work
exec {host}>&1
ask_host() { echo "host: $1" >&"$host"; }

pci_of() { # a | b
  basename "$(readlink -f "/sys/class/nvme/$(readlink "/dev/controller-$1")/device")"
}

device_of() { readlink -f "$1"; }

p2pmem=/sys/bus/pci/devices/$(pci_of b)/p2pmem
available() { cat "$p2pmem/available"; }

is_whole() { same "$whole" "$(available)"; }
# Memory comes back when the last of a dying process is gone.
becomes_whole() {
  local tries
  for tries in {1..900}; do
    [[ $(available) != "$whole" ]] || return 0
    sleep 0.1
  done
  is_whole || { echo "after $tries looks" && return 1; }
}

# ---- p2pbench -----------------------------------------------------------------

jvm() { java "@$PATH_TEST_DIRECTORY/java.options" "$@"; }

p2pbench() {
  jvm -Dp2pbench.command=./run.sh -cp "$benchmarks_jar" org.p2pbench.launcher.Main "$@" 2>&1
}

# run OUT OPTION...: the shortest run that there is, on disk A and the CMB.
run() {
  p2pbench run --profile lab --rounds 1 --out "$1" --source /dev/disk-a --cmb "$(pci_of b)" "${@:2}"
}

on_device() { echo "--target $1 --destroy $(device_of "$1")"; }

# The driver is one JVM that is told by lines what to measure; need_driver starts it once.
need_driver() { [[ -n ${driver-} ]] || start_driver; }

# start_driver [COMMAND...]
start_driver() {
  rm -f to from
  mkfifo -m 666 to from
  "$@" java "@$PATH_TEST_DIRECTORY/java.options" -cp "$benchmarks_jar:$PATH_TEST_DIRECTORY/driver" PathDriver <to >from 2>driver.log &
  driver=$!
  exec {to}>to {from}<from
}

stop_driver() {
  exec {to}>&- {from}<&-
  wait "$driver" || echo "not ok - the driver ended with exit code $?: $(tail -n 3 driver.log)"
  driver=
}

# The driver was killed on purpose.
forget_driver() {
  exec {to}>&- {from}<&-
  wait "$driver" 2>/dev/null || true
  driver=
}

# tell LINE: prints the driver's answer; its last line is "== done" or "== failed: ...".
tell() {
  local line
  echo "$*" >&"$to"
  while IFS= read -r -t 600 line <&"$from"; do
    printf '%s\n' "$line"
    [[ $line != '== '* ]] || return 0
  done
  echo '== no answer' && cat driver.log
}

# rows PLACE MEMORY SIZES ENGINE DEPTHS THREADS: the driver's line for these rows.
rows() {
  echo "$1 -Dp2pbench.fork.record=$work/record Transfer -f 0 -wi 0 -i 1 -r 10ms -foe true -opi 4 -prof pins" \
    "-p memory=$2 -p blockBytes=$3 -p engine=$4 -p depth=$5 -t $6"
}

# A target is the first of its namespace's MiB; fresh files are below a directory.
to_device() { echo "-Dp2pbench.source=/dev/disk-a -Dp2pbench.span=67108864 -Dp2pbench.target=$1 -Dp2pbench.destroy=$(device_of "$1") ${*:2}"; }
to_directory() { echo "-Dp2pbench.source=/dev/disk-a -Dp2pbench.span=33554432 -Dp2pbench.dir=$1"; }

# member NAME FILE: the first text or number of that name in a JSON file.
member() { sed -nE "s/.*\"$1\" ?: ?(\"([^\"]*)\"|([0-9]+)).*/\2\3/p" "$2" | head -n 1; }

# ---- transfers ----------------------------------------------------------------

readonly sizes=4096,65536,1048576

group_transfer() {
  need_driver
  check 'ext4 is made and mounted' mount_fresh ext4
  check 'xfs is made and mounted' mount_fresh xfs
  transfers_at 'raw device' "$(to_device $raw)" 1 2
  transfers_at 'file on ext4' "$(to_directory $work/ext4)" 2
  transfers_at 'file on xfs' "$(to_directory $work/xfs)" 2
  check 'the CMB is whole after the rows' is_whole
}

# transfers_at WHERE PLACE THREADS...: spans hold what is in flight, and fresh files are of that size.
transfers_at() {
  local threads
  for threads in "${@:3}"; do
    check "$1, sync, $threads threads: 4 KiB, 64 KiB, 1 MiB, CMB and RAM, verified; pins are pages" \
      transfers 6 "$2 -Dp2pbench.span=$((threads * 8 << 20))" sync 1 $threads
    check "$1, io_uring, depths 1 and 32, $threads threads: the same" \
      transfers 12 "$2 -Dp2pbench.span=$((threads * 32 << 20))" io_uring 1,32 $threads
  done
}

mount_fresh() { # ext4 | xfs
  local device=/dev/disk-b-ns3
  [[ $1 == ext4 ]] || device=/dev/disk-b-ns4
  mkdir -p "$work/$1"
  modprobe "$1"
  if [[ $1 == ext4 ]]; then mkfs.ext4 -q -F -E nodiscard $device; else mkfs.xfs -q -f -K $device; fi
  mount "$device" "$work/$1"
}

# transfers ROWS PLACE ENGINE DEPTHS THREADS: every row verified its data and heard its
# witnesses before it measured, or it would have failed.
transfers() {
  tell "$(rows "$2" ram,cmb $sizes "$3" "$4" "$5")" >answer
  grep -q '^== done' answer || { tail -n 12 answer && cat record && return 1; }
  pins_are_pages "$1" answer
  matches '*"verified"*"proven"*"physical-address","verdict":"confirms"*in the controller'"'"'s BAR*' "$(cat record)"
}

# pins_are_pages ROWS FILE: in each row a fill and a drain, each pinning each page once.
pins_are_pages() {
  awk -v expected="$1" '
    /^# Parameters:/ { match($0, /blockBytes = [0-9]+/); bytes = substr($0, RSTART + 13, RLENGTH - 13); row = $0 }
    /^(un)?pins:/ || / (un)?pins: / {
      for (i = 1; i < NF; i++) if ($i ~ /^(un)?pins:$/) {
        seen++
        if ($(i + 1) != 2 * bytes / 4096) { print row ": " $0; wrong++ }
      }
    }
    END { if (seen != 2 * expected) { print seen " pin counts instead of " 2 * expected; wrong++ }; exit wrong > 0 }' "$2"
}

# ---- discovery ------------------------------------------------------------------

group_discovery() {
  local controller
  mountpoint -q $work/ext4 || mount_fresh ext4
  echo x >$work/ext4/file
  addpart "$(device_of $raw)" 1 2048 65536
  controller=$(readlink /dev/controller-b)
  need_driver
  check 'the CMB is found from a file on a mounted filesystem' finds_cmb $work/ext4/file
  check 'the CMB is found from a partition' finds_cmb "$(device_of $raw)p1"
  check 'the CMB is found from the block device' finds_cmb $raw
  check 'the CMB is found from the controller' finds_cmb "$controller"
  check "the CMB is found from the controller's device" finds_cmb "/dev/$controller"
  check 'the CMB is found from the PCI address' finds_cmb "$(pci_of b)"
  check 'the CMB is found from the serial number' finds_cmb lab-b
  check 'the drive without a CMB is said to have none' has_no_cmb
  delpart "$(device_of $raw)" 1
  check 'probe names the CMB from a file' probe_names_it
}

finds_cmb() {
  same "$p2pmem/allocate"$'\n''== done' "$(tell "cmb $1" | sed "s|^/sys/.*/\([^/]*/p2pmem/allocate\)$|/sys/bus/pci/devices/\1|")"
}

has_no_cmb() { matches '== failed: *' "$(tell "cmb $(readlink /dev/controller-a)")"; }

probe_names_it() {
  matches '*machine*lab*CMB of 128 MiB*cmb: yes*' "$(fails 0 p2pbench probe $work/ext4/file)"
}

# ---- sharing the CMB ------------------------------------------------------------

group_sharing() {
  local lease=$((65536 * 8)) long
  # A row that goes on while others come and go.
  java "@$PATH_TEST_DIRECTORY/java.options" $(to_device $raw) -Dp2pbench.fork.record=$work/long.record -cp "$benchmarks_jar" org.openjdk.jmh.Main Transfer -f 0 -wi 0 \
    -i 1 -r 600s -opi 4 -p memory=cmb -p blockBytes=65536 -p engine=io_uring -p depth=8 >long.log 2>&1 &
  long=$!
  check 'what is available falls by exactly what is leased' leases $lease
  need_driver
  check 'a second run verifies and measures in the same CMB' \
    shares "$(rows "$(to_device /dev/disk-b-ns4)" cmb 4096,65536 io_uring 1,32 1)"
  check 'the chunks of the two do not overlap' chunks_apart $lease
  check 'more than is left is one line that says how much is left' too_much $lease
  check 'the first run goes on unharmed' kill -0 "$long"
  kill -KILL "$long"
  wait "$long" || true
  check 'the CMB is whole after SIGKILL' becomes_whole
  check 'a fork that crashes ends the run, what was measured is kept' fork_crashes
  check 'the CMB is whole after the crash' becomes_whole
}

leases() {
  local tries
  for tries in {1..600}; do
    [[ -s long.record && $(available) != "$whole" ]] && break
    sleep 0.2
  done
  same "$1" $((whole - $(available))) || { echo "after $tries looks" && cat long.log && return 1; }
}

shares() {
  umount $work/xfs 2>/dev/null || true
  wipefs -qa /dev/disk-b-ns4
  tell "$1" >answer
  grep -q '^== done' answer || { tail -n 12 answer && cat record && return 1; }
  # The first run pins all the while: what pins say of the second is then open, the address is not.
  matches '*"verified"*"witness":{"verdict":"@(proven|cannot-tell)"*"physical-address","verdict":"confirms"*' \
    "$(cat record)"
}

first_address() { sed -nE 's/.*first at (0x[0-9a-f]+).*/\1/p' "$1"; }

chunks_apart() {
  local a b
  a=$(first_address long.record)
  b=$(first_address record)
  ((b + 32 * 65536 <= a || a + $1 <= b)) || { echo "$a, $b" && return 1; }
}

# 1 MiB at depth 128 is the whole CMB, of which some is always taken.
too_much() {
  local said
  tell "$(rows "-Dp2pbench.source=/dev/disk-a -Dp2pbench.target=/dev/disk-b-ns4 -Dp2pbench.destroy=$(device_of /dev/disk-b-ns4)" \
    cmb 1048576 io_uring 128 1)" >/dev/null
  said=$(sed 's/.*"failure"://' record)
  matches "{\"kind\":\"BAD_INPUT\",\"message\":\"134217728 bytes of CMB are asked for, but $((whole - $1)) of 134217728 bytes are left at *" "$said"
}

# keeps_results OUT: the run failed, its first row was measured; the host makes the report.
keeps_results() {
  same failed "$(member status "$1/rows.json")"
  same 1 "$(member forksDone "$1/rows.json")"
  rm -rf "$P2PBENCH_LAB_OUT/failed-$1"
  cp -r "$1" "$P2PBENCH_LAB_OUT/failed-$1"
}

# start_two_forks OUT SECONDS OPTION...: a run in the background, RAM first, then CMB;
# back when the second fork has proven the CMB's path and measures. Its launcher is $launcher.
start_two_forks() {
  local tries
  run "$1" --memory ram,cmb --size 64k --timeout 30 $(on_device $raw) "${@:3}" -- -wi 0 -i 1 -r "$2s" >"$1.log" &
  launcher=$!
  for tries in {1..900}; do
    # What the fork tells lies in the temporary directory until it ends.
    [[ $(member forksDone "$1/rows.json" 2>/dev/null) == 1 && $(available) != "$whole" ]] &&
      grep -qs '"proven"' /tmp/p2pbench-fork*.json && break
    kill -0 "$launcher" 2>/dev/null || break
    sleep 0.2
  done
  kill -0 "$launcher" || { echo "after $tries looks" && cat "$1.log" && return 1; }
  sleep 2
}

# ends_with PATTERN OUT: the run ended with exit code 1 and these words.
ends_with() {
  fails 1 wait "$launcher" || { cat "$2.log" && return 1; }
  matches "$1" "$(grep '^p2pbench: ' "$2.log")" || { cat "$2.log" && return 1; }
  keeps_results "$2"
}

# As the C library ends a broken program. The JVM's own report of a SIGSEGV takes two
# minutes on an emulated CPU.
fork_crashes() {
  start_two_forks crash 8
  kill -ABRT "$(pgrep -f org.openjdk.jmh.runner.ForkedMain)"
  ends_with 'p2pbench: *cmb*the fork*jmh.log*' crash
}

# ---- several sources, several targets ----------------------------------------------

# Each drive is a source and a target of its own: B fills its own CMB, A reads B's.
group_several() {
  check 'two drives fill one CMB: each pair verified and proven, each leg asked of the doctor' two_sources
  check 'one source drains through the CMB into two drives: the same' two_targets
  check 'the CMB is whole after that' is_whole
}

two_sources() {
  fails 0 run two-sources --memory cmb --size 64k --engine sync --source /dev/disk-b-ns4 $(on_device $raw) -- -i 1 -r 20ms
  several two-sources 'fill fill drain' 2 1 "/dev/disk-a to $(device_of $raw)" "/dev/disk-b-ns4 to $(device_of $raw)"
}

two_targets() {
  fails 0 run two-targets --memory cmb --size 64k --engine sync $(on_device $raw) $(on_device /dev/disk-a-ns2) -- -i 1 -r 20ms
  several two-targets 'fill drain drain' 1 2 "/dev/disk-a to $(device_of $raw)" "/dev/disk-a to $(device_of /dev/disk-a-ns2)"
}

# several OUT STAGES SOURCES TARGETS ROUTE ROUTE
several() {
  local all
  same complete "$(member status "$1/rows.json")"
  same "$2" "$(tr -d '\n' <"$1/doctor.json" | grep -oE '"stage" ?: ?"[a-z]+"' | sed -E 's/.*"([a-z]+)"$/\1/' | paste -sd ' ')"
  all=$(tr -d '\n' <"$1/rows.json" | tr -s ' ')
  matches "*-t2-sources-$3-targets-$4\"*\"sources\" : $3, \"targets\" : $4*" "$all"
  matches "*\"$5: * blocks came back * $6: * blocks came back *\"proven\"*$5: *in the controller's BAR*$6: *in the controller's BAR*\"threadTransactions\" : \[ +([0-9]), +([0-9]) \]*" "$all"
}

# ---- NUMA nodes --------------------------------------------------------------------

group_numa() {
  check 'the drives are on node 1' same '1 1' "$(cat /sys/class/nvme/nvme*/device/numa_node | paste -sd ' ')"
  check 'threads and memory are on the node near the CMB, or far from it, as the kernel says' near_and_far
}

near_and_far() {
  local all
  fails 0 run numa --memory cmb,ram --size 64k --engine sync --numa near,far $(on_device $raw) -- -i 1 -r 20ms
  same complete "$(member status numa/rows.json)"
  all=$(tr -d '\n' <numa/rows.json | tr -s ' ')
  on_node cmb near 1 '{ }' "$all"
  on_node ram near 1 '{ "1" : +([0-9]) }' "$all"
  on_node cmb far 0 '{ }' "$all"
  on_node ram far 0 '{ "0" : +([0-9]) }' "$all"
}

# on_node MEMORY WORD NODE PAGES ROWS
on_node() {
  local row=${5#*\"transfer-"$1"-per-transaction-sync-65536-d1-t1-numa-"$2"\"}
  matches "*\"numa\" : \"$2\", \"numaNode\" : $3 *\"threadNodes\" : \[ $3 \], \"memoryPages\" : $4 *" "${row%%\"id\" :*}"
}

# ---- pinning ----------------------------------------------------------------------

group_pinning() {
  check 'registered pinning of the CMB is refused in words, and the run goes on' refused_in_words
}

refused_in_words() {
  fails 0 run pinning --memory cmb --pinning registered,per-transaction --engine io_uring --size 4k $(on_device $raw) -- -i 1 -r 20ms
  same complete "$(member status pinning/rows.json)"
  tr -d '\n' <pinning/rows.json >rows
  matches '*"refused"*registration with io_uring*"measured"*"pinsAcquired"*' "$(<rows)"
}

# ---- under load -------------------------------------------------------------------

group_load() {
  check 'an open loop: service, and latency from the intended start, for CMB and RAM, proven' open_loop
  check 'beside a busy neighbour, CMB and RAM are measured and proven, and the neighbour is heard' busy_neighbour
}

# How many of those that arrive are done in time is the guest's affair: it may be slow.
open_loop() {
  fails 0 run open --memory cmb,ram --size 4k --rate 50 --arrivals fixed $(on_device $raw) -- -i 1 -r 1s
  measured open 2
  counted '"ratePerSecond":50' 2
  counted '"transactions":[1-9]' 2
  same 2 "$(grep -l Tag=service, open/hlog/* | wc -l)"
  same 2 "$(grep -l Tag=transaction, open/hlog/* | wc -l)"
}

# Alone are the load, the CMB and RAM; then each of the two beside it.
busy_neighbour() {
  fails 0 run busy --memory cmb,ram --size 4k --busy-memory copy:1 $(on_device $raw) -- -i 1 -r 200ms
  measured busy 5
  counted '"neighbourBytes":[1-9]' 3
  counted '"neighbourLatencyNs":[1-9]' 3
}

# measured OUT ROWS: the run is complete, each row measured; the CMB's path proven by the address.
measured() {
  tr -d ' \n' <"$1/rows.json" >measured
  same complete "$(member status "$1/rows.json")"
  counted '"status":"measured"' "$2"
  counted '"id":"[^"]*-cmb-per-transaction' "$(grep -oE '"physical-address","verdict":"confirms"[^}]*BAR' measured | wc -l)"
}

# counted PATTERN TIMES
counted() {
  same "$2 of $1" "$(grep -oE "$1" measured | wc -l) of $1"
}

# ---- inside the kernel ------------------------------------------------------------

readonly instances=/sys/kernel/tracing/instances

group_kernel() {
  need_driver
  check 'stages in the kernel by kprobe events add up to what user space saw, within 10 %' \
    stages_of "$(to_device $raw)" ram sync kprobes
  check 'so do those with io_uring on ext4, for CMB and RAM, by the function tracer' stages_on ext4
  check 'and those on xfs' stages_on xfs
  check 'nothing is left in tracefs' nothing_traced
  check 'a profiler that is killed while it traces leaves an instance of its own behind, no more' killed_while_tracing
  forget_driver
  check 'the next run removes that, and times the stages for CMB and RAM by the function tracer' kernel_stages
  check 'they too add up to what user space saw, within 10 %' stages_add_up
  check 'nothing is left in tracefs, again' nothing_traced
}

# traced_rows PLACE MEMORY ENGINE TIME TRACER: a row whose one warm-up iteration is traced for so long.
traced_rows() {
  echo "$(rows "$1" "$2" 65536 "$3" 1 1) -prof kernel:tracer=$5" | sed "s/-wi 0/-wi 1 -w $4/"
}

killed_while_tracing() {
  local tries
  traced_rows "$(to_device $raw)" ram sync 600s function_graph >&"$to"
  for tries in {1..600}; do
    [[ $(cat $instances/p2pbench_*/tracing_on 2>/dev/null) == 1 ]] && break
    sleep 0.1
  done
  kill -KILL "$driver"
  wait "$driver" 2>/dev/null || true
  matches "$instances/p2pbench_${driver}_+([0-9])" "$(echo $instances/*)" || { echo "after $tries looks" && return 1; }
}

kernel_stages() {
  local stage
  fails 0 run kernel --memory cmb,ram --size 64k --engine sync --profiler kernel $(on_device $raw) -- -w 300ms -i 1 -r 20ms
  tr -d '\n' <kernel/rows.json >rows
  same 2 "$(grep -oE '"tracer" ?: ?"function_graph"' rows | wc -l)"
  for stage in enter submit pin map unmap unpin complete wake-up; do
    same 2 "$(grep -oE "\"stage\" ?: ?\"$stage\"" rows | wc -l)" || { echo "$stage: $(<rows)" && return 1; }
  done
  rm -rf "$P2PBENCH_LAB_OUT/kernel"
  cp -r kernel "$P2PBENCH_LAB_OUT/kernel"
}

# Each kernelNs with the userNs before it.
stages_add_up() {
  grep -oE '"(userNs|kernelNs)" ?: ?[0-9.E]+' rows | sed 's/.*[: ]//' | paste - - | tee sums | sed 's/^/# user, kernel: /' >&"$host"
  awk '{ if ($2 < 0.9 * $1 || $2 > 1.1 * $1) wrong++ } END { exit NR != 2 || wrong > 0 }' sums || { cat sums && return 1; }
}

nothing_traced() { same "$instances/* 0" "$(echo $instances/*) $(wc -l </sys/kernel/tracing/kprobe_events)"; }

stages_on() { # ext4 | xfs
  local memory
  mountpoint -q "$work/$1" || mount_fresh "$1"
  for memory in cmb ram; do stages_of "$(to_directory "$work/$1")" $memory io_uring function_graph; done
  umount "$work/$1"
}

# stages_of PLACE MEMORY ENGINE TRACER: their sum and what user space saw.
stages_of() {
  tell "$(traced_rows "$1" "$2" "$3" 300ms "$4")" >answer
  grep -q '^== done' answer || { tail -n 12 answer && return 1; }
  awk '/kernel.sum/ { sum = $(NF - 1) } /kernel.user/ { user = $(NF - 1) } END { exit !(sum > 0.9 * user && sum < 1.1 * user) }' answer ||
    { grep kernel answer && return 1; }
}

# ---- the kernel's own benchmark of pinning ------------------------------------------

# Of a kernel with CONFIG_GUP_TEST.
group_gup_test() {
  check "the kernel's own pin benchmark stands beside the curve, on RAM and on CMB pages" gup_test_rows
}

gup_test_rows() {
  local pages
  fails 0 run gup $(on_device $raw) -- -i 1 -r 20ms
  measured gup $(($(grep -o '"id"' gup/rows.json | wc -l) - 1)) # no registration of the CMB
  for pages in ram-gup-test-4096-4KiB ram-gup-test-1048576-2MiB cmb-gup-test-4096-4KiB cmb-gup-test-1048576-4KiB; do
    counted "\"id\":\"pin-$pages\"" 1
    grep -q Tag=unpin, gup/hlog/pin-$pages.* || { ls gup/hlog && return 1; }
  done
}

# ---- a filesystem that copies -----------------------------------------------------

group_journal() {
  mountpoint -q $work/ext4 || mount_fresh ext4
  umount $work/ext4
  mount -o data=journal /dev/disk-b-ns3 $work/ext4
  mkdir -p $work/{lower,upper,scratch,overlay}
  modprobe overlay
  mount -t overlay -o lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/scratch overlay $work/overlay
  need_driver
  check 'a fork refuses ext4 with data=journal as CMB-direct' journal_refused
  check 'a filesystem that silently copies (overlay on memory) is found out by the witnesses' copy_found_out
  check 'run refuses ext4 with data=journal before anything is measured' journal_refused_by_run
  umount $work/ext4 $work/overlay
}

# Kernels before 6.18 open the file and copy, later ones refuse to open it with O_DIRECT.
journal_refused() {
  matches '== failed: *' "$(tell "$(rows "$(to_directory $work/ext4)" cmb 4096 sync 1 1)" | tail -n 1)"
  matches '*"failure":{@(*transactions did not use memory cmb with pinning per-transaction as asked: *|*"BAD_INPUT"*target.bin failed: EINVAL *does not support O_DIRECT*)' \
    "$(<record)"
}

copy_found_out() {
  matches '== failed: *' "$(tell "$(rows "$(to_directory $work/overlay)" cmb 4096 sync 1 1)" | tail -n 1)"
  matches '*"failure":{*transactions did not use memory cmb with pinning per-transaction as asked: *pages were copied, not handed to the device*' \
    "$(<record)"
}

journal_refused_by_run() {
  local said
  said=$(fails 2 p2pbench run --profile lab --out journal --source /dev/disk-a --cmb "$(pci_of b)" --dir $work/ext4 --memory cmb) ||
    { echo "$said" && return 1; }
  matches "p2pbench: '$work/ext4' cannot be measured with O_DIRECT: ext4 with data=journal *" "$(grep '^p2pbench: ' <<<"$said")"
}

# ---- devices that cannot reach each other -------------------------------------------

group_unreachable() {
  check 'run refuses two devices that cannot reach each other before anything is measured' unreachable_by_run
  need_driver
  check 'a fork that nobody warned gives the same reason, whatever errno the kernel uses' unreachable_in_fork
}

unreachable_by_run() {
  local said
  said=$(fails 3 p2pbench run --profile lab --rounds 1 --out far --source /dev/disk-a $(on_device /dev/disk-b) --memory cmb,ram --size 4k -- -i 1 -r 20ms) ||
    { echo "$said" && return 1; }
  matches 'p2pbench: the CMB path cannot work here, nothing was transferred: *' "$(grep '^p2pbench: ' <<<"$said")"
  [[ ! -e far/rows.json ]]
}

unreachable_in_fork() {
  tell "$(rows "$(to_device /dev/disk-b)" cmb 4096 sync 1 1)" >/dev/null
  matches "*\"kind\":\"CANNOT\",\"message\":\"fill of '/dev/disk-a' through memory cmb failed with @(EINVAL|EREMOTEIO|EOPNOTSUPP), while the same I/O through system memory works: that device and the CMB's controller probably cannot reach each other*" \
    "$(<record)"
}

# ---- safety -----------------------------------------------------------------------

# guarded WORDS: a run onto $other with every permission that can be given is refused
# with these words, and not one sector is written.
guarded() {
  local before answer
  before="$(write_count) $(cksum_of)"
  answer=$(tell "$(rows "$(to_device $other "$2")" cmb 4096 sync 1 1)" | tail -n 1)
  matches '== failed: *' "$answer"
  matches "*\"kind\":\"@(BAD_INPUT|CANNOT)\",\"message\":\"$1*" "$(<record)"
  same "$before" "$(write_count) $(cksum_of)"
}

write_count() { awk '{print $7}' "/sys/block/$(basename "$(device_of $other)")/stat"; }
# Where a run begins to write; that nothing was written elsewhere says the count.
cksum_of() { dd if=$other bs=1M count=16 iflag=direct status=none | cksum; }

group_guard() {
  need_driver
  mkfs.ext4 -q -F -E nodiscard,lazy_itable_init=0,lazy_journal_init=0 $other
  check 'a device that holds a filesystem is not written' guarded '*ext4*' ''
  mkdir -p $work/held && mount $other $work/held && sync
  check 'a mounted device is not written' guarded '*mounted*' -Dp2pbench.destroy.signature=ext4
  umount $work/held
  mkswap -q $other 2>/dev/null || mkswap $other >/dev/null
  swapon $other
  check 'a device that is swap is not written' guarded '*swap*' -Dp2pbench.destroy.signature=swap
  swapoff $other
  wipefs -qa $other
  modprobe dm-mod
  dmsetup create held --table "0 65536 linear $other 0"
  check 'a device below dm is not written' guarded '*dm*' ''
  check 'dm over the source is not written' over_the_source "/dev/$(dmsetup info -c --noheadings -o blkdevname held)"
  dmsetup remove held
  check 'without --destroy it is not written' not_destroyed
}

not_destroyed() {
  local before
  before="$(write_count) $(cksum_of)"
  tell "$(rows "-Dp2pbench.source=/dev/disk-a -Dp2pbench.target=$other" cmb 4096 sync 1 1)" >/dev/null
  matches '*"kind":"BAD_INPUT"*--destroy*' "$(<record)"
  same "$before" "$(write_count) $(cksum_of)"
}

over_the_source() {
  local before
  before="$(write_count) $(cksum_of)"
  tell "$(rows "-Dp2pbench.source=$other -Dp2pbench.target=$1 -Dp2pbench.destroy=$1" ram 4096 sync 1 1)" >/dev/null
  matches '*"kind":"CANNOT"*shares blocks with the source*' "$(<record)"
  same "$before" "$(write_count) $(cksum_of)"
}

# ---- not root -----------------------------------------------------------------------

group_user() {
  local place benchmarks_jar=$work/jars/benchmarks.jar PATH_TEST_DIRECTORY=$PATH_TEST_DIRECTORY
  place=$(to_device $raw)
  # A user may not be able to enter the directories above these.
  mkdir -p $work/jars $work/driver
  mount --bind "$root/benchmarks/target" $work/jars
  mount --bind "$PATH_TEST_DIRECTORY" $work/driver
  PATH_TEST_DIRECTORY=$work/driver
  as_user() { setpriv --reuid $nobody --regid $nobody --clear-groups "$@"; }
  chmod 777 $work
  rm -f record
  [[ -z ${driver-} ]] || stop_driver
  start_driver as_user
  check 'without permission one line says what to grant for the device' user_refused "$place" '*may not read and write it: run as root, have access granted*'
  chgrp $nobody "$(device_of /dev/disk-a)" "$(device_of $raw)"
  chmod 660 "$(device_of /dev/disk-a)" "$(device_of $raw)"
  check 'without permission one line says what to grant for the CMB' user_refused "$place" '*allocate*chgrp*'
  chgrp $nobody "$p2pmem/allocate"
  chmod 660 "$p2pmem/allocate"
  check 'with group permission on device and allocate the path works for a user' user_transfers "$place"
  stop_driver
}

user_refused() {
  tell "$(rows "$1" cmb 4096 sync 1 1)" >/dev/null
  matches '*"failure":{*' "$(<record)"
  sed 's/.*"failure"://' record
  matches "$2" "$(sed 's/.*"failure"://' record)"
}

user_transfers() {
  tell "$(rows "$1" cmb 4096,65536 io_uring 1,32 1)" >answer
  grep -q '^== done' answer || { tail -n 5 answer && cat record && return 1; }
  matches '*"verified"*"cannot-tell"*"failure":null*' "$(<record)" || { cat record && return 1; }
}

# ---- what breaks ----------------------------------------------------------------------

# The second thread of two begins in the middle of the lab profile's 32 MiB, where the
# sector is that cannot be written; the verification and the row before do not get there.
group_media() {
  check 'a media error in mid-run: exit code 1, device, offset and errno, results kept' media_error
}

media_error() {
  run media --memory cmb --size 4k --threads 1,2 $(on_device /dev/disk-b) -- -i 1 -r 20ms >media.log &
  launcher=$!
  ends_with "p2pbench: *-t2*: drain of 4096 bytes at offset 16777216 of $(device_of /dev/disk-b) failed: @(ENODATA|EIO) (*" media
}

group_full() {
  check 'too small a disk: one line that names directory and bytes, and nothing is left there' too_small
  check 'a disk that is full in mid-run: exit code 1, device, offset and errno, results kept' disk_full
  dmsetup remove thin pool data metadata || true # what failed above may be missing here
}

too_small() {
  local before said
  mkfs.ext4 -q -F -E nodiscard $other 24M
  mkdir -p $work/small
  mount $other $work/small
  before=$(ls -A $work/small)
  said=$(fails 2 p2pbench run --profile lab --rounds 1 --out small.run --source /dev/disk-a --dir $work/small --memory ram --size 4k) ||
    { echo "$said" && return 1; }
  matches "p2pbench: *$work/small*" "$(grep '^p2pbench: ' <<<"$said")" || { echo "$said" && return 1; }
  same "$before" "$(ls -A $work/small)"
  umount $work/small
  wipefs -qa $other
}

# A volume that promises 64 MiB and has 16, which are in use: see group_media for what gets
# to the first sector beyond.
disk_full() {
  make_thin_volume
  p2pbench run --profile lab --rounds 1 --out full --source /dev/disk-a $(on_device /dev/mapper/thin) \
    --memory ram --size 4k --threads 1,2 -- -i 1 -r 20ms >full.log &
  launcher=$!
  ends_with "p2pbench: *-t2*: drain of 4096 bytes at offset 16777216 of */dev/* failed: ENOSPC (*" full
}

make_thin_volume() {
  export DM_DISABLE_UDEV=1 # nobody else makes the nodes
  modprobe dm-thin-pool
  dmsetup create metadata --table "0 8192 linear $other 0"
  dmsetup create data --table "0 32768 linear $other 8192"
  dd if=/dev/zero of=/dev/mapper/metadata bs=64k count=1 oflag=direct status=none
  dmsetup create pool --table '0 32768 thin-pool /dev/mapper/metadata /dev/mapper/data 128 0 2 skip_block_zeroing error_if_no_space'
  dmsetup message pool 0 'create_thin 0'
  dmsetup create thin --table '0 131072 thin /dev/mapper/pool 0'
  dd if=/dev/zero of=/dev/mapper/thin bs=1M count=16 oflag=direct status=none
}

group_stall() {
  check 'an I/O that never completes: exit code 1 after the timeout, device and offset, results kept' stalled
  ask_host 'go on'
  check 'the CMB is whole once the I/O is given up' becomes_whole
}

stalled() {
  start_two_forks stall 10
  ask_host stall
  ends_with 'p2pbench: *cmb*drain of 65536 bytes at offset * of *nvme* did not complete within 30 s*' stall
}

group_unplug() {
  check 'a controller unplugged in mid-run: exit code 1, device, offset and errno, results kept' unplugged
}

unplugged() {
  start_two_forks unplug 15
  ask_host unplug
  ends_with 'p2pbench: *cmb*@(fill|drain) of 65536 bytes at offset * of *nvme* failed: E*' unplug
}

# ---- fio --------------------------------------------------------------------------------

readonly pairs=5

group_fio() {
  need_driver
  check 'fio and p2pbench drain the same CMB to the same device, sync' against_fio psync sync 1
  check 'fio and p2pbench drain the same CMB to the same device, io_uring' against_fio io_uring io_uring 8
}

# against_fio FIO_ENGINE ENGINE DEPTH: p2pbench's rate is at least fio's, by the median of
# alternating pairs.
against_fio() {
  local pair ours theirs median
  ours=$(our_rate "$2" "$3") # warms up
  for ((pair = 0; pair < pairs; pair++)); do
    ((pair % 2)) || ours=$(our_rate "$2" "$3")
    theirs=$(fio_rate "$1" "$3")
    ((pair % 2)) && ours=$(our_rate "$2" "$3")
    echo "$ours $theirs" | awk '{printf "%.3f p2pbench %d/s fio %d/s\n", $1 / $2, $1, $2}'
  done | sort -n >"pairs-$1"
  sed "s/^/# $1: /" "pairs-$1" >&"$host"
  median=$(sed -n "$(((pairs + 1) / 2))s/ .*//p" "pairs-$1")
  awk -v median="$median" 'BEGIN { exit median < 1 }' || { echo "median $median" && return 1; }
}

our_rate() { # ENGINE DEPTH
  tell "$(to_device $raw) Drain -f 0 -wi 1 -w 200ms -i 1 -r 1s -foe true -prof stages -p memory=cmb -p blockBytes=65536 -p engine=$1 -p depth=$2" |
    awk '/^Iteration/ {rate = $3} END {print rate + 0}'
}

fio_rate() { # ENGINE DEPTH
  fio --name=drain "--ioengine=$1" --rw=write "--filename=$raw" --direct=1 --bs=64k --size=64m "--iodepth=$2" \
    --scramble_buffers=0 --thread --time_based --ramp_time=200ms --runtime=1 "--iomem=mmapshared:$p2pmem/allocate" \
    --minimal | awk -F';' '{print $49}'
}

whole=$(available)
for group in "$@"; do
  SECONDS=0
  "group_$group"
  echo "# $group: $SECONDS s"
done
[[ -z ${driver-} ]] || stop_driver
