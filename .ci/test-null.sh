#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# ab of a build against itself, again and again: each time it has to pass. About half a
# minute each, a minute where fresh forks are asked for. Ends with 'N passed, N failed'.
#   test-null.sh [RUNS]   20 without an argument
set -euo pipefail

root=$(dirname -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")")
readonly runs=${1:-20}
mkdir -p "$root/target"
scratch=$(mktemp -d "$root/target/null.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
declare -i passed=0 failed=0

for ((run = 1; run <= runs; run++)); do
  code=0
  output=$("$root/run.sh" ab --a '' --b '' --profile lab --memory ram --engine sync --size 64k \
    --dir "$scratch" --out "$scratch/$run" 2>&1) || code=$?
  if ((code == 0)); then
    printf 'ok %d - %s\n' "$run" "$(tail -n 1 <<<"$output")"
    passed+=1
  else
    printf 'not ok %d - exit code %d, it said:\n%s\n' "$run" "$code" "$output"
    failed+=1
  fi
done
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
