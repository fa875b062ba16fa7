# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Formatting and static checks, one function each; warnings of the compilers are
# errors of the build. Sourced, after .config/setup.sh.

: "${root:?must be the path of the repository}"

# sources FIND_EXPRESSION...: prints our files, each ended by a NUL.
sources() {
  find "$root" \( -name target -o -name .git -o -path "$root/results" \
    -o -path "$root/native/lab/cache" \) -prune -o -type f \( "$@" \) -print0
}

c_sources() {
  sources -name '*.c' -o -name '*.h'
}

# A script is what ends in .sh, or is executable and begins with a shell's name.
shell_sources() {
  local file line
  sources -name '*.sh' -o -perm -u+x -size -1024k | while IFS= read -r -d '' file; do
    if [[ $file != *.sh ]]; then
      IFS= read -r line <"$file" || continue
      [[ $line =~ ^#!.*sh$ ]] || continue
    fi
    printf '%s\0' "$file"
  done
}

check_java_format() {
  maven -q -fae spotless:check
}

# Not -q: that would also leave out what is wrong where.
check_java_lint() {
  maven -fae checkstyle:check
}

check_c_format() {
  c_sources | xargs -0r clang-format-14 --dry-run -Werror
}

check_shell() {
  shell_sources | xargs -0r shellcheck -x -f gcc
}

format_sources() {
  maven -q spotless:apply
  c_sources | xargs -0r clang-format-14 -i
}
