// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The kernel's tracing filesystem, and what processes of ours have in it: an instance (a trace
 * apart from all others) and, where functions are traced by probes, a group of those. Both are
 * named by process and its start, so that what a dead process left is known.
 */
public final class Tracefs {

  /** Where it is mounted, in order of preference. */
  private static final List<Path> MOUNTS =
      List.of(Path.of("/sys/kernel/tracing"), Path.of("/sys/kernel/debug/tracing"));

  private static final Pattern OWN = Pattern.compile("p2pbench_(\\d+)_(\\d+)");

  private final Path root;

  private Tracefs(Path root) {
    this.root = root;
  }

  /**
   * The one of this machine.
   *
   * @throws TraceException why there is none for this user, in one line
   */
  public static Tracefs ofThisMachine() {
    for (Path mount : MOUNTS) {
      if (Files.exists(mount.resolve("available_tracers"))) {
        return new Tracefs(mount);
      }
    }
    Path usual = MOUNTS.get(0);
    if (Files.exists(usual) && !Files.isReadable(usual)) {
      throw new TraceException(usual + " is not open to this user: tracing needs root");
    }
    throw new TraceException(
        Files.exists(usual)
            ? "tracefs is not mounted: mount -t tracefs tracefs " + usual
            : "this kernel has no tracefs");
  }

  /**
   * Removes what processes that are no more have left switched on: a trace slows the whole machine
   * down. What this user may not remove stays.
   */
  public static void removeLeftovers() {
    for (Path mount : MOUNTS) {
      Tracefs tracefs = new Tracefs(mount);
      try {
        for (String name : tracefs.own()) {
          if (isDead(name)) {
            tracefs.remove(name);
          }
        }
      } catch (TraceException notAllowed) {
        continue;
      }
    }
  }

  /** The name of this process's instance and probes. */
  static String ownName() {
    long pid = ProcessHandle.current().pid();
    return "p2pbench_" + pid + "_" + startOf(String.valueOf(pid)).orElse("0");
  }

  /** Names of what processes of ours have, dead ones included. */
  private List<String> own() {
    List<String> names = new ArrayList<>();
    try (Stream<Path> instances = Files.list(root.resolve("instances"))) {
      instances.map(p -> p.getFileName().toString()).forEach(names::add);
    } catch (IOException none) {
      return List.of();
    }
    if (Files.isReadable(probes())) {
      // A line is p:GROUP/EVENT ...
      lines(probes()).stream()
          .map(line -> line.substring(line.indexOf(':') + 1).split("/", 2)[0])
          .forEach(names::add);
    }
    return names.stream().distinct().filter(n -> OWN.matcher(n).matches()).toList();
  }

  private static boolean isDead(String name) {
    Matcher m = OWN.matcher(name);
    return m.matches() && !startOf(m.group(1)).equals(Optional.of(m.group(2)));
  }

  /** When a process began, in ticks since boot: with its number a name for good. */
  private static Optional<String> startOf(String pid) {
    try {
      String stat = Files.readString(Path.of("/proc", pid, "stat"));
      // The second field, a name in parentheses, may hold blanks; the start is the 22nd.
      return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19]);
    } catch (IOException dead) {
      return Optional.empty();
    }
  }

  /** Removes an instance, whatever is switched on in it, and then the probes that it used. */
  void remove(String name) {
    Path instance = instance(name);
    if (Files.exists(instance)) {
      try {
        Files.delete(instance);
      } catch (IOException e) {
        throw failed(instance, e);
      }
    }
    if (Files.isReadable(probes())
        && lines(probes()).stream().anyMatch(line -> line.contains(":" + name + "/"))) {
      append(probes(), "-:" + name + "/");
    }
  }

  Path instance(String name) {
    return root.resolve("instances").resolve(name);
  }

  Path probes() {
    return root.resolve("kprobe_events");
  }

  /** Which tracers this kernel has. */
  List<String> tracers() {
    return List.of(String.join(" ", lines(root.resolve("available_tracers"))).split(" +"));
  }

  /** A file whose lines name functions that can be traced. */
  Path functions() {
    return root.resolve("available_filter_functions");
  }

  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  /** Replaces what the file holds, by one write. */
  static void write(Path file, String text) {
    write(file, text, false);
  }

  /** Adds to what the file holds, by one write. */
  static void append(Path file, String text) {
    write(file, text, true);
  }

  private static void write(Path file, String text, boolean append) {
    try (FileOutputStream out = new FileOutputStream(file.toFile(), append)) {
      out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw failed(file, e);
    }
  }

  static TraceException failed(Path file, IOException e) {
    String reason = String.valueOf(e.getMessage());
    if (e instanceof AccessDeniedException) {
      reason = "Permission denied";
    } else if (e instanceof FileSystemException named && named.getReason() != null) {
      reason = named.getReason();
    } else if (reason.startsWith(file + " (") && reason.endsWith(")")) {
      reason = reason.substring(file.toString().length() + 2, reason.length() - 1);
    }
    return new TraceException("tracing is not permitted here (%s: %s)".formatted(file, reason));
  }
}
