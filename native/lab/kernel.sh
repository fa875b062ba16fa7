# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2034 # lab.sh sets KERNEL_CACHE and reads the rest
#
# Finds the kernel that the guest boots: one that a distribution built, with
# CONFIG_PCI_P2PDMA. Sourced by lab.sh, which calls kernel_find and then reads
#
#   KERNEL_IMAGE     bzImage
#   KERNEL_BOOT      what QEMU loads: the same kernel unpacked, or the bzImage itself
#   KERNEL_VERSION   what `uname -r` says in the guest
#   KERNEL_MODULES   a root directory with lib/modules/VERSION, or empty
#   KERNEL_PACKAGE   where it comes from, for the run's environment
#   KERNEL_HOW       "cached", "installed", "fetched" or "given"
#
# Everything lives below KERNEL_CACHE; one directory per kernel, made in a
# scratch directory and renamed, so that it is either whole or not there.

# Of the thousands of modules these are the ones that the lab can use.
KERNEL_MODULE_DIRS=(arch/x86/crypto block crypto lib virt net/9p
  drivers/{block,iommu,md,nvme,vfio,virtio}
  fs/{9p,ext4,fscache,fuse,jbd2,netfs,overlayfs,xfs,mbcache.ko*})

# kernel_find [BZIMAGE]
kernel_find() {
  mkdir -p "$KERNEL_CACHE"
  exec {kernel_lock}>"$KERNEL_CACHE/lock"
  flock "$kernel_lock" # two labs that start together fetch once
  if [[ -n ${1-} ]]; then
    kernel_given "$1"
  else
    kernel_installed || kernel_cached || kernel_fetch
  fi
  exec {kernel_lock}>&-
}

# A bzImage that the user names; its modules are looked for where distributions put
# them and beside the image. A kernel that has everything built in needs none.
kernel_given() {
  local image
  [[ -r $1 ]] || die 2 "--kernel: cannot read '$1'"
  image=$(realpath "$1")
  [[ $(kernel_bytes "$image" 514 4) == HdrS ]] ||
    die 2 "--kernel: '$1' is not a bzImage (an x86 boot sector's 'HdrS' is missing)"
  local version modules
  version=$(kernel_version "$image")
  for modules in {,"$(dirname "$image")"}/lib/modules/"$version" "$(dirname "$image")"; do
    [[ ! -d $modules/kernel ]] || break
  done
  kernel_use "$image" "$version" "$modules" "given: $image" given
}

# The newest installed kernel with the option, if its image may be read.
kernel_installed() {
  local version image
  while read -r version; do
    image=/boot/vmlinuz-$version
    [[ -r $image ]] || image=/lib/modules/$version/vmlinuz
    if [[ -r $image ]] && grep -qsx CONFIG_PCI_P2PDMA=y "/boot/config-$version" "/lib/modules/$version/config"; then
      kernel_use "$image" "$version" "/lib/modules/$version" "$(kernel_owner "$image")" installed
      return 0
    fi
  done < <(compgen -G '/lib/modules/*' | sed 's|.*/||' | sort -rV)
  return 1
}

kernel_cached() {
  local dir
  dir=$(compgen -G "$KERNEL_CACHE/package-*" | sort -V | tail -n 1) || true
  [[ -n $dir ]] || return 1
  kernel_load "$dir" cached
}

kernel_fetch() {
  local release
  # shellcheck disable=SC1091 # the system's own description of itself
  release=$(. /etc/os-release && echo "$ID ${VERSION_CODENAME-}")
  case $release in
    debian*) kernel_fetch_from "${release#* }" trixie-backports linux-image-amd64 \
      /usr/share/keyrings/debian-archive-keyring.{gpg,pgp} ;;
    ubuntu*) kernel_fetch_from "${release#* }" "${release#* }-updates" linux-image-generic \
      /usr/share/keyrings/ubuntu-archive-keyring.gpg ;;
    *) die 3 "no stock kernel with CONFIG_PCI_P2PDMA is known for '$release': name one with --kernel" ;;
  esac
}

# kernel_fetch_from CODENAME SUITE METAPACKAGE KEYRING...: downloads what the
# metapackage stands for, with apt's own signature check, by an apt that has its
# lists and its cache here and leaves the system's alone.
kernel_fetch_from() {
  local codename=$1 suite=$2 metapackage=$3 keyring version scratch
  for keyring in "${@:4}"; do [[ ! -r $keyring ]] || break; done
  [[ -r $keyring ]] || die 3 "the kernel cannot be checked: no $keyring (install the archive keyring package)"
  scratch=$(mktemp -d "$KERNEL_CACHE/fetch.XXXXXX")
  at_exit "rm -rf '$scratch'"
  kernel_apt_setup
  kernel_apt_update "$codename" "$suite" "$keyring" ||
    die 1 "no mirror in the system's apt sources has '$suite', or none answered: $KERNEL_CACHE/apt/log"
  version=$(kernel_apt apt-cache show "$metapackage" |
    sed -n 's/^Depends:.*linux-image-\([0-9][^ ,]*\).*/\1/p' | sort -V | tail -n 1)
  [[ -n $version ]] || die 1 "'$suite' has no $metapackage"
  step_note "fetching $version from $suite"
  local packages
  mapfile -t packages < <(kernel_apt apt-cache pkgnames "linux-" |
    grep -xE "linux-(base|binary|image|modules)-$(kernel_regex "$version")")
  (cd "$scratch" && kernel_apt apt-get download "${packages[@]}") >>"$KERNEL_CACHE/apt/log" 2>&1 ||
    die 1 "the kernel's packages did not arrive: $KERNEL_CACHE/apt/log"
  kernel_unpack "$scratch" "$version" "$suite"
}

# kernel_unpack SCRATCH VERSION SUITE: unpacks the packages and checks that the kernel is
# one that serves.
kernel_unpack() {
  local scratch=$1 version=$2 deb unpacked=$1/unpacked image package
  # shellcheck disable=SC2016 # the fields are dpkg-deb's
  package=$(dpkg-deb -W --showformat='${Package} ${Version}' "$scratch/linux-image-"*.deb)
  for deb in "$scratch"/*.deb; do
    dpkg-deb -x "$deb" "$unpacked"
    rm "$deb"
  done
  grep -rqx CONFIG_PCI_P2PDMA=y "$unpacked"/boot/config-* "$unpacked"/usr/lib/modules/*/config 2>/dev/null ||
    die 3 "$version is built without CONFIG_PCI_P2PDMA: name another kernel with --kernel"
  image=$(compgen -G "$unpacked/boot/vmlinuz-*" || compgen -G "$unpacked/usr/lib/modules/*/vmlinuz")
  local modules=$unpacked/usr/lib/modules/$version
  [[ -d $modules ]] || modules=$unpacked/lib/modules/$version
  kernel_prepare "$KERNEL_CACHE/package-$version" "$image" "$version" "$modules" "$package, $3"
  rm -rf "$scratch"
  kernel_load "$KERNEL_CACHE/package-$version" fetched
}

# kernel_use IMAGE VERSION MODULES PACKAGE HOW: a kernel outside the cache. The
# copy of what the guest needs is named by the image's checksum, not by the
# version alone, which a rebuilt kernel keeps.
kernel_use() {
  local sum dir
  sum=$(sha256sum <"$1")
  dir=$KERNEL_CACHE/local-$2-${sum:0:16}
  [[ -d $dir ]] || kernel_prepare "$dir" "$1" "$2" "$3" "$4"
  kernel_load "$dir" "$5"
}

# kernel_prepare DIR IMAGE VERSION MODULES PACKAGE: makes DIR, by rename.
kernel_prepare() {
  local dir=$1 image=$2 version=$3 modules=$4 made from name
  made=$(mktemp -d "$KERNEL_CACHE/make.XXXXXX")
  at_exit "rm -rf '$made'"
  cp "$image" "$made/bzImage"
  kernel_unpack_image "$made" || rm -f "$made/vmlinux"
  local to=$made/lib/modules/$version
  mkdir -p "$to"
  if [[ -d $modules/kernel ]]; then
    for name in "${KERNEL_MODULE_DIRS[@]}"; do
      for from in "$modules/kernel/"$name; do
        [[ -e $from ]] || continue
        mkdir -p "$to/kernel/$(dirname "$name")"
        cp -r "$from" "$to/kernel/$(dirname "$name")/"
      done
    done
    cp "$modules"/modules.{builtin,order}* "$to/" 2>/dev/null || true
    kernel_decompress "$to"
    busybox depmod -b "$made" "$version"
  fi
  echo "$version" >"$made/version"
  echo "$5" >"$made/package"
  chmod -R a+rX "$made"
  mv -T "$made" "$dir"
}

kernel_decompress() {
  find "$1" -name '*.ko.xz' -exec xz -d {} +
  find "$1" -name '*.ko.zst' -exec zstd -dq --rm {} +
  find "$1" -name '*.ko.gz' -exec gzip -d {} +
}

# A bzImage unpacks itself, which takes seconds where the CPU is emulated. The
# ELF file inside boots through the PVH entry as well. Offsets: the kernel's
# Documentation/arch/x86/boot.rst (setup_sects, payload_offset, payload_length);
# the last 4 bytes are the unpacked size, which is no part of the zstd frame.
kernel_unpack_image() {
  local image=$1/bzImage sectors offset length
  sectors=$(od -An -tu1 -j 497 -N 1 "$image")
  offset=$(od -An -tu4 -j 584 -N 4 "$image")
  length=$(od -An -tu4 -j 588 -N 4 "$image")
  kernel_bytes "$image" "$(((sectors + 1) * 512 + offset))" "$((length - 4))" |
    zstd -dqf -o "$1/vmlinux" 2>/dev/null && [[ $(kernel_bytes "$1/vmlinux" 1 3) == ELF ]]
}

kernel_load() {
  local dir=$1
  KERNEL_IMAGE=$dir/bzImage
  KERNEL_BOOT=$KERNEL_IMAGE
  [[ ! -e $dir/vmlinux ]] || KERNEL_BOOT=$dir/vmlinux
  KERNEL_VERSION=$(<"$dir/version")
  KERNEL_PACKAGE=$(<"$dir/package")
  KERNEL_MODULES=$dir
  KERNEL_HOW=$2
}

# kernel_bytes FILE OFFSET COUNT
kernel_bytes() {
  dd if="$1" iflag=skip_bytes,count_bytes skip="$2" count="$3" bs=64K status=none
}

# The version string's place stands at offset 526 of the header, less 512.
kernel_version() {
  local offset
  offset=$(od -An -tu2 -j 526 -N 2 "$1")
  local text
  text=$(kernel_bytes "$1" "$((offset + 512))" 200 | tr '\0' '\n' | sed 1q)
  echo "${text%% *}"
}

kernel_owner() {
  dpkg-query -W -f '${Package} ${Version}' "$(dpkg-query -S "$1" 2>/dev/null | cut -d : -f 1)" 2>/dev/null ||
    echo "$1"
}

# The version as a regular expression: its dots and its plus sign mean themselves.
kernel_regex() {
  local text=${1//./\\.}
  echo "${text//+/\\+}"
}

kernel_apt_setup() {
  mkdir -p "$KERNEL_CACHE"/apt/{lists,archives}/partial
  : >"$KERNEL_CACHE/apt/log"
}

# Runs an apt command on the private state. The system's settings for how to
# reach a mirror (a proxy, for example) still hold.
kernel_apt() {
  local apt=$KERNEL_CACHE/apt
  "$1" -o "Dir::Etc::sourcelist=$apt/sources.list" -o Dir::Etc::sourceparts=- \
    -o "Dir::State::lists=$apt/lists" -o Dir::State::status=/dev/null \
    -o "Dir::Cache=$apt" -o "Dir::Cache::archives=$apt/archives" \
    -o APT::Sandbox::User=root -o APT::Get::AllowUnauthenticated=false "${@:2}"
}

# Takes the first of the system's mirrors that has the suite. Which sources are
# the distribution's own does not matter: only those signed with the keyring pass.
kernel_apt_update() {
  local codename=$1 suite=$2 keyring=$3 mirror
  while read -r mirror; do
    echo "deb [arch=amd64 signed-by=$keyring] $mirror $suite main" >"$KERNEL_CACHE/apt/sources.list"
    if kernel_apt apt-get update -o APT::Update::Error-Mode=any >>"$KERNEL_CACHE/apt/log" 2>&1; then
      return 0
    fi
  done < <(kernel_mirrors "$codename")
  return 1
}

# The base addresses in the system's sources that carry the codename's suite.
kernel_mirrors() {
  apt-get update --print-uris 2>/dev/null |
    sed -nE "s#^'(.*)/dists/($1|stable|oldstable)/InRelease'.*#\1#p" | sort -u
}
