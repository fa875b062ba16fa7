# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What makes a JVM start fast on an emulated CPU. Sourced by lab.sh and by the tests that
# start JVMs in the guest.

# guest_java_options JAVA_HOME JAR CACHE: prints the options, a line each, of every JVM in the
# guest that has JAR first on its class path. The optimizing compiler is left out: it would take
# longer than it saves. Classes are parsed and linked here, where the CPU is a real one: an
# emulated one would spend most of a fork's life on that. Their archive is made once for a jar
# and a Java, and lies in CACHE; without one JVMs go their own, slower way.
guest_java_options() {
  local id archive
  printf '%s\n' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED
  id=$({ sha256sum <"$2" && "$1/bin/java" -version; } 2>&1 | sha256sum | cut -c 1-16)
  archive=$3/classes-$id.jsa
  if [[ ! -e $archive ]]; then
    mkdir -p "$3"
    find "$3" -maxdepth 1 -name 'classes*' -mtime +2 -exec rm -rf {} +
    class_archive "$1" "$2" "$archive" || true
  fi
  [[ ! -e $archive ]] || echo "-XX:SharedArchiveFile=$archive"
}

# class_archive JAVA_HOME JAR FILE: an archive for every JVM that has JAR as its class path
# and is told -XX:SharedArchiveFile=FILE. What launcher, forks and JMH load, each JVM of a
# run and one of JMH alone write a list of. A run that is refused here (no place for
# O_DIRECT, say) makes the guest slower, no more. What was said is in FILE.log on failure.
class_archive() (
  set -euo pipefail
  java=$1/bin/java jar=$2 file=$3
  scratch=$(mktemp -d "${file%/*}/classes.XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  cd "$scratch"
  {
    "$java" "-XX:DumpLoadedClassList=list-%p" -cp "$jar" org.p2pbench.launcher.Main run \
      --profile lab --rounds 1 --out run --dir "$scratch" --memory ram --size 4k -- -i 1 -r 20ms || true
    "$java" "-XX:DumpLoadedClassList=list-%p" -Djmh.ignoreLock=true -Dp2pbench.dir="$scratch" \
      -Dp2pbench.span=1048576 -cp "$jar" org.openjdk.jmh.Main Transfer -f 0 -wi 0 -i 1 -r 10ms -opi 4 \
      -p memory=ram -p blockBytes=4096 -prof pins
    awk '!/^#/ { sub(/ id: [0-9]+$/, "") } !seen[$0]++' list-* >list
    "$java" -Xshare:dump -XX:SharedClassListFile=list -XX:SharedArchiveFile=archive -cp "$jar"
  } >"$file.log" 2>&1
  mv archive "$file"
  rm "$file.log"
)
