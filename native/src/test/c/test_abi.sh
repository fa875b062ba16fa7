#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# What the header declares, what the map file lists and what the library exports
# are the same functions; the header compiles alone, as C and as C++.
#   test_abi.sh COMPILER HEADER MAP LIBRARY
set -euo pipefail

compiler=$1 header=$2 map=$3 library=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The preprocessor drops comments, in which functions are mentioned too.
"$compiler" -E -P "$header" | grep -o 'p2p_[a-z0-9_]*(' | tr -d '(' | sort >"$work/header"
grep -o 'p2p_[a-z0-9_]*;' "$map" | tr -d ';' | sort >"$work/map"
nm -D --defined-only "$library" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort >"$work/library"

[[ -s $work/header ]] || { echo "no function found in $header" >&2; exit 1; }
diff "$work/header" "$work/map" || { echo "$map does not list the header's functions" >&2; exit 1; }
diff "$work/header" "$work/library" || { echo "$library does not export the header's functions" >&2; exit 1; }
[[ -z $(nm -D --defined-only "$library" | awk '$2 !~ /^[TA]$/') ]] || { echo "$library exports data" >&2; exit 1; }

printf '#include "%s"\n' "$header" >"$work/alone.c"
"$compiler" -std=c17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only "$work/alone.c"
if command -v c++ >/dev/null; then
  c++ -x c++ -Wall -Wextra -Werror -fsyntax-only "$work/alone.c"
fi
echo "$(wc -l <"$work/header") functions"
