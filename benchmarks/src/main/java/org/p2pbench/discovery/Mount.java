// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of a mountinfo file (proc_pid_mountinfo(5)). Immutable.
 *
 * @param number device number of the filesystem
 * @param root directory of the filesystem that is mounted, "/" but for bind mounts
 * @param mountPoint where, in that process's view
 * @param filesystem type, such as ext4
 * @param source what was mounted, such as /dev/vda
 * @param options options of the mount and then of the filesystem, each once
 */
public record Mount(
    DeviceNumber number,
    String root,
    Path mountPoint,
    String filesystem,
    String source,
    List<String> options) {
  private static final int MIN_FIELDS = 6;
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

  public Mount {
    options = List.copyOf(options);
  }

  /** Reads a whole mountinfo file; none where it is unreadable. Lines not understood are left. */
  public static List<Mount> read(Path mountinfo) {
    return KernelFiles.lines(mountinfo).stream()
        .map(Mount::parse)
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * The mount that serves a path: of those whose mount point is above it, one with the file's own
   * device number if there is any (btrfs has others), then the nearest, then the newest.
   */
  public static Optional<Mount> serving(List<Mount> mounts, Path realPath, DeviceNumber device) {
    Mount best = null;
    for (Mount mount : mounts) {
      boolean above = realPath.startsWith(mount.mountPoint);
      if (above && (best == null || mount.rank(device) >= best.rank(device))) {
        best = mount;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The options as one text, as mount(8) shows them. */
  public String optionsText() {
    return String.join(",", options);
  }

  private long rank(DeviceNumber device) {
    long nearness = mountPoint.getNameCount();
    return number.equals(device) ? Integer.MAX_VALUE + nearness : nearness;
  }

  private static Optional<Mount> parse(String line) {
    List<String> fields = Arrays.asList(line.strip().split(" "));
    int separator = fields.indexOf("-");
    if (separator < MIN_FIELDS || fields.size() < separator + 3) {
      return Optional.empty();
    }
    List<String> tail = new ArrayList<>(fields.subList(separator + 1, fields.size()));
    Set<String> options = new LinkedHashSet<>(Arrays.asList(fields.get(5).split(",")));
    if (tail.size() > 2) {
      options.addAll(Arrays.asList(tail.get(2).split(",")));
    }
    return DeviceNumber.parse(fields.get(2))
        .map(
            number ->
                new Mount(
                    number,
                    unescape(fields.get(3)),
                    Path.of(unescape(fields.get(4))),
                    tail.get(0),
                    unescape(tail.get(1)),
                    List.copyOf(options)));
  }

  /** Undoes the kernel's escapes of blanks in paths: \040. */
  public static String unescape(String text) {
    return OCTAL
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(match.group(1), 8))));
  }
}
