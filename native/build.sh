#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Builds libp2pbench for Maven; see CMakeLists.txt for building it by hand.
#   build.sh library BUILD_DIR CLASSES_DIR   release build, installed below CLASSES_DIR
#   build.sh test BUILD_DIR                  build under ASan and UBSan, and run its tests
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
  printf 'libp2pbench cannot be built: %s\n' "$1" >&2
  exit 3
}

# Prints each missing tool or library with its Debian package, then stops.
require_tools() {
  local missing=()
  command -v cc >/dev/null || missing+=("a C compiler (gcc)")
  command -v cmake >/dev/null || missing+=("cmake (cmake)")
  command -v ninja >/dev/null || command -v make >/dev/null || missing+=("ninja or make (ninja-build)")
  if command -v cc >/dev/null; then
    links '#include <liburing.h>' -l:liburing.a || missing+=("liburing.h with liburing.a (liburing-dev)")
    links '#include <blkid/blkid.h>' -lblkid || missing+=("blkid/blkid.h with libblkid (libblkid-dev)")
  fi
  ((${#missing[@]} == 0)) || fail "missing $(join_words "${missing[@]}"); ./run.sh installs them"
}

join_words() {
  local joined=$1 word
  shift
  for word in "$@"; do joined+=", $word"; done
  printf '%s' "$joined"
}

# True when a program with this include links with this library.
links() {
  printf '%s\nint main(void) { return 0; }\n' "$1" | cc -x c - -o /dev/null -x none "$2" 2>/dev/null
}

# Keeps the output of a step to itself unless the step fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "this step failed: $*"
  fi
  rm -f "$log"
}

configure() {
  local build=$1 generator="Unix Makefiles"
  shift
  ! command -v ninja >/dev/null || generator=Ninja
  # A build directory remembers its generator and cannot change it.
  if [[ -f $build/CMakeCache.txt ]] && ! grep -qxF "CMAKE_GENERATOR:INTERNAL=$generator" "$build/CMakeCache.txt"; then
    rm -rf "$build"
  fi
  quietly cmake -S "$here" -B "$build" -G "$generator" "$@"
}

build_library() {
  configure "$1" -DP2P_SANITIZE=OFF -DP2P_TESTS=OFF
  quietly cmake --build "$1"
  quietly cmake --install "$1" --prefix "$2"
}

run_tests() {
  configure "$1" -DP2P_SANITIZE=ON -DP2P_TESTS=ON
  quietly cmake --build "$1"
  ctest --test-dir "$1" --output-on-failure
  # Of tests that passed, ctest shows nothing; what they left out shall be seen.
  grep -h '^skipped ' "$1/Testing/Temporary/LastTest.log" || true
}

require_tools
case ${1-} in
library) build_library "${2:?build directory}" "${3:?classes directory}" ;;
test) run_tests "${2:?build directory}" ;;
*) fail "unknown step '${1-}': library or test" ;;
esac
