# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154,SC2034 # LAB_DIR, KERNEL_CACHE are set outside, and the rest is read there
#
# Finds the kernel that the guest boots: one that a distribution built, with
# CONFIG_PCI_P2PDMA, or one built here from its source, with CONFIG_GUP_TEST. Sourced by
# test-paths.sh for kernel_built_gup_test alone, and by lab.sh, which calls kernel_find
# or kernel_find_gup_test and then reads
#
#   KERNEL_IMAGE     bzImage
#   KERNEL_BOOT      what QEMU loads: the same kernel unpacked, or the bzImage itself
#   KERNEL_VERSION   what `uname -r` says in the guest
#   KERNEL_MODULES   a root directory with lib/modules/VERSION, or empty
#   KERNEL_PACKAGE   where it comes from, for the run's environment
#   KERNEL_HOW       "cached", "installed", "fetched", "given" or "built"
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

# Downloads what the suite's metapackage stands for.
kernel_fetch() {
  local version scratch
  kernel_lists
  scratch=$(mktemp -d "$KERNEL_CACHE/fetch.XXXXXX")
  at_exit "rm -rf '$scratch'"
  version=$(kernel_apt apt-cache show "$KERNEL_METAPACKAGE" |
    sed -n 's/^Depends:.*linux-image-\([0-9][^ ,]*\).*/\1/p' | sort -V | tail -n 1)
  [[ -n $version ]] || die 1 "'$KERNEL_SUITE' has no $KERNEL_METAPACKAGE"
  step_note "fetching $version from $KERNEL_SUITE"
  local packages
  mapfile -t packages < <(kernel_apt apt-cache pkgnames "linux-" |
    grep -xE "linux-(base|binary|image|modules)-$(kernel_regex "$version")")
  (cd "$scratch" && kernel_apt apt-get download "${packages[@]}") >>"$KERNEL_CACHE/apt/log" 2>&1 ||
    die 1 "the kernel's packages did not arrive: $KERNEL_CACHE/apt/log"
  kernel_unpack "$scratch" "$version" "$KERNEL_SUITE"
}

# The lists of the suite that has a kernel with the option, for kernel_apt: with apt's own
# signature check, by an apt that has its lists and its cache here and leaves the system's
# alone. Sets KERNEL_SUITE and KERNEL_METAPACKAGE.
kernel_lists() {
  local release keyring keyrings
  # shellcheck disable=SC1091 # the system's own description of itself
  release=$(. /etc/os-release && echo "$ID ${VERSION_CODENAME-}")
  case $release in
    debian*) KERNEL_SUITE=trixie-backports KERNEL_METAPACKAGE=linux-image-amd64 &&
      keyrings=(/usr/share/keyrings/debian-archive-keyring.{gpg,pgp}) ;;
    ubuntu*) KERNEL_SUITE=${release#* }-updates KERNEL_METAPACKAGE=linux-image-generic &&
      keyrings=(/usr/share/keyrings/ubuntu-archive-keyring.gpg) ;;
    *) die 3 "no stock kernel with CONFIG_PCI_P2PDMA is known for '$release': name one with --kernel" ;;
  esac
  for keyring in "${keyrings[@]}"; do [[ ! -r $keyring ]] || break; done
  [[ -r $keyring ]] || die 3 "the kernel cannot be checked: no $keyring (install the archive keyring package)"
  kernel_apt_setup
  kernel_apt_update "${release#* }" "$KERNEL_SUITE" "$keyring" ||
    die 1 "no mirror in the system's apt sources has '$KERNEL_SUITE', or none answered: $KERNEL_CACHE/apt/log"
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

# ---- the lab's own kernel, built from the source of the distribution's ----------

# What the compiler leaves beside the sources before it is all removed again.
readonly KERNEL_BUILD_MB=3000

kernel_find_gup_test() {
  local built
  mkdir -p "$KERNEL_CACHE"
  exec {build_lock}>"$KERNEL_CACHE/gup-test.lock"
  flock "$build_lock" # two labs that start together build once; others need not wait
  built=$(kernel_built_gup_test)
  if [[ -n $built ]]; then
    kernel_load "$built" cached
  else
    kernel_build_gup_test "$LAB_DIR/gup-test.config" "$(kernel_gup_test_key)"
  fi
  exec {build_lock}>&-
}

# The newest in the cache that was built with gup-test.config as it is, or nothing.
kernel_built_gup_test() {
  compgen -G "$KERNEL_CACHE/gup-test-*-$(kernel_gup_test_key)" | sort -V | tail -n 1 || true
}

kernel_gup_test_key() {
  local key
  key=$(sha256sum <"$LAB_DIR/gup-test.config")
  echo "${key:0:12}"
}

# Builds in a scratch directory of the cache; what a killed build left there goes first.
kernel_build_gup_test() { # CONFIG KEY
  local scratch source version
  require "${kernel_build_needs[@]}"
  rm -rf "$KERNEL_CACHE"/build.*
  scratch=$(mktemp -d "$KERNEL_CACHE/build.XXXXXX")
  at_exit "rm -rf '$scratch'"
  kernel_check_room
  source=$(kernel_fetch_source "$scratch")
  step "source $source"
  kernel_compile "$scratch" "$1"
  version=$(kernel_version "$scratch/tree/arch/x86/boot/bzImage")
  kernel_prepare "$KERNEL_CACHE/gup-test-$version-$2" "$scratch/tree/arch/x86/boot/bzImage" "$version" \
    "$scratch/none" "$source, built with CONFIG_GUP_TEST"
  rm -rf "$scratch"
  kernel_load "$KERNEL_CACHE/gup-test-$version-$2" built
}

kernel_check_room() {
  local free
  free=$(df -m --output=avail "$KERNEL_CACHE" | tail -n 1)
  ((free >= KERNEL_BUILD_MB)) ||
    die 3 "building the kernel takes $KERNEL_BUILD_MB MB in $KERNEL_CACHE for a while, and $((free)) are free there: free some, or point P2PBENCH_LAB_CACHE elsewhere"
}

# Leaves the source in SCRATCH/tree and prints package, version and suite.
kernel_fetch_source() { # SCRATCH
  local package deb
  {
    exec {kernel_lock}>"$KERNEL_CACHE/lock"
    flock "$kernel_lock"
    kernel_lists
    package=$(kernel_apt apt-cache show linux-source |
      sed -nE 's/^Depends:.*(linux-source-[0-9.]*[0-9]).*/\1/p' | sort -V | tail -n 1)
    [[ -n $package ]] || die 1 "'$KERNEL_SUITE' has no linux-source"
    step_note "fetching $package from $KERNEL_SUITE"
    (cd "$1" && kernel_apt apt-get download "$package") >>"$KERNEL_CACHE/apt/log" 2>&1 ||
      die 1 "the kernel's source did not arrive: $KERNEL_CACHE/apt/log"
    exec {kernel_lock}>&-
    deb=$(compgen -G "$1/*.deb")
    mkdir "$1/tree"
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$1" --wildcards './usr/src/linux-source-*.tar.*'
    tar -xf "$(compgen -G "$1/usr/src/linux-source-*.tar.*" || compgen -G "$1/usr/src/*/linux-source-*.tar.*")" \
      -C "$1/tree" --strip-components=1 || die 1 "the kernel's source could not be unpacked in $1"
  } >&2
  # shellcheck disable=SC2016 # the fields are dpkg-deb's
  echo "$(dpkg-deb -W --showformat='${Package} ${Version}' "$deb"), $KERNEL_SUITE"
}

# In the background, so that a signal to the lab ends it at once.
kernel_compile() { # SCRATCH CONFIG
  local log=$KERNEL_CACHE/gup-test.log make compiler missing
  make=(nice make -s -C "$1/tree")
  "${make[@]}" "KCONFIG_ALLCONFIG=$2" allnoconfig >"$log" 2>&1 || kernel_not_built "$log"
  missing=$(grep '^CONFIG_' "$2" | grep -vxFf "$1/tree/.config" | paste -sd ' ') || true
  [[ -z $missing ]] || die 3 "this kernel's source does not take $missing of ${2#"$root/"}"
  step_note "building, about 11 minutes on 2 free processors (compiler's output: $log)"
  "${make[@]}" "-j$(nproc)" bzImage >>"$log" 2>&1 &
  compiler=$!
  at_exit "kill $compiler 2>/dev/null && wait $compiler"
  wait "$compiler" || kernel_not_built "$log"
  step 'kernel built'
}

kernel_not_built() { # LOG
  die 1 "the kernel could not be built: $(grep -m 1 -iE 'error|\*\*\*' "$1" || tail -n 1 "$1") (all of the output: $1)"
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
