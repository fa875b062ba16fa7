# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2034,SC2054,SC2153 # commas are QEMU's, the options are lab.sh's
#
# The machine that QEMU emulates. Sourced by lab.sh; describe_machine leaves
# QEMU's arguments in MACHINE. Disk A is nvme-a and has the serial number
# "lab-a", disk B is nvme-b, "lab-b": the kernel's nvme0 and nvme1 change places
# from boot to boot.

# Starts a machine on KVM for a moment: that /dev/kvm is there proves nothing, and
# neither does a start without the CPU's features ("enforce"). Where KVM is there without
# virtualization by the processor, as some clouds have it, machines start and never get
# through the kernel's first steps. ACCELERATORS are what to boot on, the second being the
# one to fall back to.
choose_accelerators() {
  local reply=
  QEMU_VERSION=$(qemu-system-x86_64 --version | sed -n '1s/.*version \([^ ]*\).*/\1/p')
  if [[ ! -e /dev/kvm ]]; then
    reply='no /dev/kvm'
  elif ! grep -qwE 'vmx|svm' /proc/cpuinfo; then
    reply='there is /dev/kvm, but the processor offers neither vmx nor svm'
  else
    reply=$(printf '{"execute":"%s"}\n' qmp_capabilities query-status quit |
      timeout 10 qemu-system-x86_64 -accel kvm -machine q35 -cpu "$CPU_MODEL,enforce" -m 64 \
        -nodefaults -display none -qmp stdio 2>&1) || true
  fi
  if [[ $reply == *'"running": true'* ]]; then
    ACCELERATORS=(kvm tcg)
    step "QEMU $QEMU_VERSION on KVM"
  else
    ACCELERATORS=(tcg tcg)
    reply=$(grep -v '^{' <<<"$reply" | sed -E '1!d; s/^qemu[^:]*: //; s/^(warning|error): //')
    step "QEMU $QEMU_VERSION on TCG (slow) for want of KVM"
    say "KVM: ${reply:-no answer}"
  fi
}

# A kernel that is traced patches its own code all the time, which guests of several
# processors do not survive everywhere.
choose_processors() {
  [[ -z $CPUS ]] || return 0
  CPUS=2
  if [[ ,$(option_value --profiler "${COMMAND[@]}"), == *,kernel,* ]] && loses_patches; then
    CPUS=1
    say "one processor, for QEMU $QEMU_VERSION on TCG loses what a traced kernel patches with two"
  fi
}

# TCG with a thread for each CPU, before QEMU 8.1, now and then leaves a CPU with the old
# code of a place that another one patches ("Oops: int3").
loses_patches() {
  [[ ${ACCELERATORS[0]} == tcg && $(printf '%s\n' 8.1 "$QEMU_VERSION" | sort -V | head -n 1) != 8.1 ]]
}

# ---- disks ---------------------------------------------------------------

disk_image() { echo "$WORKSPACE/disk-$1-$2.img"; }

# Sparse files. The file system is made here, where the CPU is a real one.
make_disks() {
  local letter n
  for letter in a b; do
    for ((n = 1; n <= NAMESPACES; n++)); do
      truncate -s "${DISK_MB}M" "$(disk_image $letter $n)"
    done
  done
  case $FILESYSTEM in
    ext4) mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$(disk_image b 1)" ;;
    xfs) mkfs.xfs -q -f "$(disk_image b 1)" ;;
  esac || die 2 "--filesystem: $FILESYSTEM does not fit on --disk-mb $DISK_MB"
}

# Appends controller nvme-LETTER at BUS[,PROPERTIES] with its namespaces. One command may
# move 2 MiB (2^9 pages): an I/O that must be split is pinned by io_uring twice, first in
# vain without waiting, and pins would no longer be the pages moved.
add_nvme() {
  local letter=$1 bus=$2 cmb_mb=$3 n node cmb=
  ((cmb_mb == 0)) || cmb=,cmb_size_mb=$cmb_mb
  MACHINE+=(-device "nvme,id=nvme-$letter,serial=lab-$letter,mdts=9,bus=$bus$cmb")
  for ((n = 1; n <= NAMESPACES; n++)); do
    add_image "$letter" "$n"
    MACHINE+=(-device "nvme-ns,id=ns-$letter-$n,bus=nvme-$letter,nsid=$n,drive=disk-$letter-$n")
  done
}

# Image -> error rules, if any -> throttle group (without limits until QMP sets
# some, on /objects/throttle-LETTER: the way to an I/O that never completes).
add_image() {
  local node=disk-$1-$2 below=file-$1-$2
  MACHINE+=(-blockdev "driver=file,node-name=file-$1-$2,filename=$(disk_image "$1" "$2"),cache.no-flush=on")
  if [[ $1-$2 == b-1 && -n $BLKDEBUG ]]; then
    MACHINE+=(-blockdev "driver=blkdebug,node-name=errors,config=${BLKDEBUG//,/,,},image=$below")
    below=errors
  fi
  MACHINE+=(-blockdev "driver=throttle,node-name=throttle-$1-$2,throttle-group=throttle-$1,file=$below")
  MACHINE+=(-blockdev "driver=raw,node-name=$node,file=throttle-$1-$2")
}

# ---- topologies: where the two drives sit -------------------------------

topology_switch() {
  MACHINE+=(-device pcie-root-port,id=root,chassis=1,slot=1
    -device x3130-upstream,id=upstream,bus=root
    -device xio3130-downstream,id=port-a,bus=upstream,chassis=2,slot=2
    -device xio3130-downstream,id=port-b,bus=upstream,chassis=3,slot=3)
  add_nvme a port-a "$CMB_A_MB"
  add_nvme b port-b "$CMB_MB"
}

topology_root_ports() {
  MACHINE+=(-device pcie-root-port,id=port-a,chassis=1,slot=1
    -device pcie-root-port,id=port-b,chassis=2,slot=2)
  add_nvme a port-a "$CMB_A_MB"
  add_nvme b port-b "$CMB_MB"
}

# The root port is the functions' common ancestor and redirects what passes it.
topology_acs() {
  MACHINE+=(-machine kernel-irqchip=split -device "intel-iommu,intremap=on,caching-mode=on"
    -device pcie-root-port,id=port-ab,chassis=1,slot=1)
  add_nvme a port-ab,addr=0.0,multifunction=on "$CMB_A_MB"
  add_nvme b port-ab,addr=0.1 "$CMB_MB"
}

# Two nodes, each with half of the processors and of the memory; the drives sit below one
# switch on a host bridge of node 1.
topology_numa() {
  local half=$((MEMORY_MB / 2)) first=$((CPUS / 2)) node
  ((CPUS >= 2)) || die 2 '--topology numa: two nodes need --cpus 2 or more'
  for node in 0 1; do
    MACHINE+=(-object "memory-backend-ram,id=memory-$node,size=$((node ? MEMORY_MB - half : half))M")
  done
  MACHINE+=(-numa "node,nodeid=0,memdev=memory-0,cpus=0-$((first - 1))"
    -numa "node,nodeid=1,memdev=memory-1,cpus=$first-$((CPUS - 1))"
    -device pxb-pcie,id=bridge,bus=pcie.0,bus_nr=128,numa_node=1
    -device pcie-root-port,id=root,bus=bridge,chassis=1,slot=1
    -device x3130-upstream,id=upstream,bus=root
    -device xio3130-downstream,id=port-a,bus=upstream,chassis=2,slot=2
    -device xio3130-downstream,id=port-b,bus=upstream,chassis=3,slot=3)
  add_nvme a port-a "$CMB_A_MB"
  add_nvme b port-b "$CMB_MB"
}

# ---- the whole ------------------------------------------------------------

# describe_machine ACCELERATOR
describe_machine() {
  MACHINE=(-machine q35 -accel "$1" -cpu "$CPU_MODEL" -smp "$CPUS" -m "$MEMORY_MB"
    -nodefaults -no-user-config -display none -no-reboot -name p2pbench-lab
    -kernel "$KERNEL_BOOT" -initrd "$WORKSPACE/initramfs"
    -object throttle-group,id=throttle-a -object throttle-group,id=throttle-b
    -chardev "file,id=console,path=$WORKSPACE/console" -serial chardev:console)
  "topology_${TOPOLOGY//-/_}"
  add_shares
  add_ports
  MACHINE+=(-append "$(kernel_command_line "$1")")
  [[ -z $QMP ]] || MACHINE+=(-qmp "unix:${QMP//,/,,},server=on,wait=off")
  MACHINE+=("${QEMU_ARGS[@]}")
}

# The mitigations and the random layout cost boot time and protect nobody here.
# While it boots the kernel patches its own code, which TCG may lose (loses_patches): the
# other processors stay asleep until init is through.
kernel_command_line() {
  local first_only='' iommu=''
  [[ $1 == kvm ]] || first_only=maxcpus=1
  [[ $TOPOLOGY != acs ]] || iommu=intel_iommu=on
  echo console=ttyS0 panic=-1 oops=panic mitigations=off nokaslr norandmaps random.trust_cpu=on \
    $first_only $iommu "${KERNEL_ARGS[@]}"
}

# By its name: where there is a second host bridge, QEMU would not take the first one's bus.
add_shares() {
  MACHINE+=(-fsdev local,id=root-share,path=/,security_model=none,readonly=on,multidevs=remap
    -device virtio-9p-pci,bus=pcie.0,fsdev=root-share,mount_tag=root)
  [[ -z $OUT ]] || MACHINE+=(
    -fsdev "local,id=out-share,path=${OUT//,/,,},security_model=none,multidevs=remap"
    -device virtio-9p-pci,bus=pcie.0,fsdev=out-share,mount_tag=out)
}

# Ports 1, 2, 3 are the command's output, its errors and init's reports; a shell
# has a terminal instead of the first two.
add_ports() {
  MACHINE+=(-device virtio-serial-pci,bus=pcie.0)
  if [[ $MODE == shell ]]; then
    MACHINE+=(-chardev stdio,id=terminal,mux=on,signal=off -device virtconsole,chardev=terminal)
  else
    MACHINE+=(-chardev file,id=out,path=/proc/self/fd/1,append=on -device virtserialport,nr=1,chardev=out
      -chardev file,id=err,path=/proc/self/fd/8,append=on -device virtserialport,nr=2,chardev=err)
  fi
  MACHINE+=(-chardev file,id=control,path=/proc/self/fd/9,append=on -device virtserialport,nr=3,chardev=control)
}

# busybox, init and the modules that it takes to see the host's root; nothing is
# compressed, for the guest's CPU would have to undo it.
make_initramfs() { # ACCELERATOR
  local tree=$WORKSPACE/initramfs-tree
  mkdir -p "$tree"/{bin,dev,host,lab,lib,new,proc,sys}
  cp "$(command -v busybox)" "$tree/bin/busybox"
  install -m 755 "$LAB_DIR/init" "$tree/init"
  write_settings >"$tree/lab/settings"
  write_job >"$tree/lab/job"
  write_lab_json "$1" >"$tree/lab/lab.json"
  copy_boot_modules "$tree"
  (cd "$tree" && find . | busybox cpio -o -H newc) >"$WORKSPACE/initramfs" 2>/dev/null
}

# The 9p modules and all they need, by the kernel's list of dependencies.
copy_boot_modules() {
  local dir=lib/modules/$KERNEL_VERSION file
  [[ -r $KERNEL_MODULES/$dir/modules.dep ]] || return 0
  mkdir -p "$1/$dir"
  cp "$KERNEL_MODULES/$dir/modules.dep" "$1/$dir/"
  while read -r file; do
    install -D -m 644 "$KERNEL_MODULES/$dir/$file" "$1/$dir/$file"
  done < <(sed -nE 's/:/ /; /^[^ ]*\/(9p|9pnet_virtio)\.ko /p' "$KERNEL_MODULES/$dir/modules.dep" | tr ' ' '\n' | sed '/^$/d' | sort -u)
}
