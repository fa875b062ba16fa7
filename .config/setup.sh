# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What p2pbench needs beside itself: a JDK, packages, and jars that are no older
# than their sources. Sourced by run.sh and by the scripts in .ci.

: "${root:?must be the path of the repository}"

# Oldest Java that the jars run on.
readonly java_minimum=17

# Every need of every command, and nowhere else: the Debian package that brings
# it, then how to see that it is there already, from whatever source it came.
# shellcheck disable=SC2034 # the scripts that source this file use them
readonly build_needs=(
  "openjdk-17-jdk-headless jdk"
  "maven command mvn"
  "cmake command cmake"
  "ninja-build command ninja"
  "gcc command gcc"
  "libc6-dev path /usr/include/stdio.h"
  "liburing-dev library liburing.a"
  "libblkid-dev path /usr/include/blkid/blkid.h"
  "fontconfig command fc-list"
  "fonts-dejavu-core path /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
)
# shellcheck disable=SC2034
readonly lab_needs=(
  "qemu-system-x86 command qemu-system-x86_64"
  "busybox-static static busybox"
  "e2fsprogs command mkfs.ext4"
  "xfsprogs command mkfs.xfs"
  "xz-utils command xz"
  "zstd command zstd"
)
# Of the lab's own kernel, built on request.
# shellcheck disable=SC2034
readonly kernel_build_needs=(
  "gcc command gcc"
  "libc6-dev path /usr/include/stdio.h"
  "make command make"
  "flex command flex"
  "bison command bison"
  "bc command bc"
  "libelf-dev path /usr/include/gelf.h"
  "xz-utils command xz"
  "zstd command zstd"
)
# One version of clang-format everywhere: its layout differs between versions.
# shellcheck disable=SC2034
readonly check_needs=(
  "clang-format-14 command clang-format-14"
  "shellcheck command shellcheck"
)
# Beside those of the lab, which is part of the tests.
# shellcheck disable=SC2034
readonly test_needs=(
  "fio command fio"
  "git command git"
  "postgresql files /usr/lib/postgresql/*/bin/initdb"
  "dmsetup command dmsetup"
  "btrfs-progs command mkfs.btrfs"
  "procps command pgrep"
)

# mkfs and its kind live where the PATH of a plain user does not look.
PATH="$PATH:/usr/sbin:/sbin"

# Without a UTF-8 locale, as from cron, Java 17 cannot name a file with an umlaut.
if [[ ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} != *[Uu][Tt][Ff]* ]]; then
  export LC_ALL=C.UTF-8
fi

note() {
  printf 'p2pbench: %s\n' "$*" >&2
}

# die EXIT_CODE MESSAGE
die() {
  local code=$1
  shift
  note "$*"
  exit "$code"
}

# ---- Java --------------------------------------------------------------------

# The major version of the JDK or JRE at $1, from its own release file, since
# starting a JVM to ask it costs a tenth of a second.
java_major() {
  local line
  [[ -r $1/release ]] || return 1
  while IFS= read -r line; do
    if [[ $line =~ ^JAVA_VERSION=\"([0-9]+) ]]; then
      printf '%s\n' "${BASH_REMATCH[1]}"
      return
    fi
  done <"$1/release"
  return 1
}

# java_serves HOME TOOL: Java is new enough there, and has the tool.
java_serves() {
  local major
  [[ -x $1/bin/$2 ]] && major=$(java_major "$1") && ((major >= java_minimum))
}

# find_java TOOL: prints the home of a Java that has bin/TOOL (java or javac):
# JAVA_HOME, else the one on the PATH, else one that the system has installed.
find_java() {
  local home
  if [[ -n ${JAVA_HOME:-} ]]; then
    java_serves "$JAVA_HOME" "$1" && printf '%s\n' "$JAVA_HOME"
    return
  fi
  if home=$(command -v "$1") && home=$(readlink -f "$home") && home=${home%/bin/*} &&
    java_serves "$home" "$1"; then
    printf '%s\n' "$home"
    return
  fi
  for home in /usr/lib/jvm/*; do
    if java_serves "$home" "$1"; then
      printf '%s\n' "$home"
      return
    fi
  done
  return 1
}

# A JAVA_HOME that cannot serve is the user's word and is not passed over.
refuse_unfit_java_home() {
  if [[ -n ${JAVA_HOME:-} ]] && ! java_serves "$JAVA_HOME" "$1"; then
    die 3 "JAVA_HOME=$JAVA_HOME has no bin/$1 of Java $java_minimum or later: unset JAVA_HOME, or point it at one"
  fi
}

# ---- packages ----------------------------------------------------------------

probe_command() {
  command -v "$1" >/dev/null
}

probe_path() {
  [[ -e $1 ]]
}

# A pattern, of which one file is enough.
probe_files() {
  compgen -G "$1" >/dev/null
}

probe_library() {
  compgen -G "/usr/lib/*/$1" >/dev/null || compgen -G "/usr/lib*/$1" >/dev/null ||
    [[ -e /usr/local/lib/$1 ]]
}

probe_jdk() {
  find_java javac >/dev/null
}

# The guest of the lab has no shared libraries.
probe_static() {
  local file
  file=$(command -v "$1") && [[ $(LC_ALL=C ldd "$file" 2>&1) == *"not a dynamic executable"* ]]
}

# missing_packages NEED...: prints the packages that are not there, one a line.
missing_packages() {
  local need package kind argument
  for need in "$@"; do
    read -r package kind argument <<<"$need"
    "probe_$kind" "$argument" || printf '%s\n' "$package"
  done
}

# Newer distributions have dropped JDK 17; theirs is new enough.
known_packages() {
  local package
  for package in "$@"; do
    if [[ $package == openjdk-17-* ]] && ! apt-cache show "$package" >/dev/null 2>&1 &&
      apt-cache show default-jdk-headless >/dev/null 2>&1; then
      package=default-jdk-headless
    fi
    printf '%s\n' "$package"
  done
}

# require NEED...: installs what is missing, or says all of it at once and exits 3.
require() {
  local -a missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  if ! command -v apt-get >/dev/null; then
    die 3 "missing here: what Debian calls ${missing[*]}; install the packages of this system that bring it"
  fi
  if ((EUID != 0)); then
    mapfile -t missing < <(known_packages "${missing[@]}")
    note "some packages are missing, and only root may install them. This does it:"
    die 3 "sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing[*]}"
  fi
  install_packages "${missing[@]}"
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} == 0)) || die 3 "still missing after the installation: ${missing[*]}"
}

install_packages() {
  local -a packages
  local log
  log=$(mktemp)
  note "installing $* ..."
  export DEBIAN_FRONTEND=noninteractive
  # A source that cannot be reached matters only if it has what is missing.
  apt-get -q update >"$log" 2>&1 || true
  mapfile -t packages < <(known_packages "$@")
  if ! apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends \
    "${packages[@]}" >>"$log" 2>&1; then
    tail -n 15 "$log" >&2
    die 3 "could not install ${packages[*]} (all of the output: $log)"
  fi
  rm -f "$log"
}

# ---- build -------------------------------------------------------------------

benchmarks_jar=$root/benchmarks/target/benchmarks.jar
reports_jar=$root/reports/target/reports.jar
# As old as the start of the last build that succeeded.
build_stamp=$root/target/build.stamp

# What the jars are made from. Directories count too: they tell of deleted files.
build_is_stale() {
  [[ -f $benchmarks_jar && -f $reports_jar && -f $build_stamp ]] || return 0
  [[ -n $(find "$root/pom.xml" "$root"/{native,benchmarks,reports}/pom.xml \
    "$root/native/CMakeLists.txt" "$root/native/build.sh" "$root"/{native,benchmarks,reports}/src/main \
    -newer "$build_stamp" -print -quit) ]]
}

# A build by root leaves files that a later one by somebody else cannot replace.
refuse_unwritable_tree() {
  local path
  path=$(find "$root" -maxdepth 3 \( -path "$root" -o -path "$root/target*" \
    -o -path "$root/*/target*" \) ! -writable -print -quit)
  [[ -z $path ]] ||
    die 3 "cannot build: $path is not writable for $(id -un); make the tree your own with chown -R, or clone it again"
}

# with_build_lock COMMAND...: one build at a time in this tree.
with_build_lock() {
  refuse_unwritable_tree
  mkdir -p "$root/target"
  (
    flock -n 9 || {
      note "waiting for another build of this tree ..."
      flock 9
    }
    "$@"
  ) 9>"$root/target/build.lock"
}

# maven ARGUMENT...: on the whole tree, with the JDK that was found. The lock is
# not Maven's to inherit: what it leaves behind would keep it.
maven() {
  local home
  refuse_unfit_java_home javac
  home=$(find_java javac)
  JAVA_HOME=$home mvn -B -Dstyle.color=never -f "$root/pom.xml" "$@" 9>&-
}

build_unless_fresh() {
  local log=$root/target/build.log
  build_is_stale || return 0
  note "building (a first build also fetches libraries) ..."
  touch "$build_stamp.new"
  if ! maven -q package -DskipTests >"$log" 2>&1; then
    tail -n 25 "$log" >&2
    die 3 "the build failed (all of the output: $log)"
  fi
  mv "$build_stamp.new" "$build_stamp"
}

# Nothing when the jars are fresh, which is found out in milliseconds.
build() {
  # The guest of the lab has the host's tree, built and read-only.
  [[ ${P2PBENCH_LAB:-} != 1 ]] || return 0
  build_is_stale || return 0
  refuse_unfit_java_home javac
  require "${build_needs[@]}"
  with_build_lock build_unless_fresh
}
