// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.p2pbench.discovery.KernelFiles;

/**
 * A function's link to the port above it, now and at the device's best. Immutable.
 *
 * @param speed such as "16.0 GT/s PCIe", or "unknown"
 * @param width lanes in use; empty where unknown
 * @param bestSpeed the fastest that the device can
 * @param bestWidth the most lanes that the device has
 */
public record PciLink(String speed, OptionalInt width, String bestSpeed, OptionalInt bestWidth) {
  private static final Pattern GIGATRANSFERS = Pattern.compile("(\\d+(?:\\.\\d+)?) GT/s.*");
  // What the kernel shows for a width that the register does not tell.
  private static final int WIDTH_UNKNOWN = 255;

  static PciLink read(Path directory) {
    return new PciLink(
        KernelFiles.textOrUnknown(directory.resolve("current_link_speed")),
        lanes(directory.resolve("current_link_width")),
        KernelFiles.textOrUnknown(directory.resolve("max_link_speed")),
        lanes(directory.resolve("max_link_width")));
  }

  private static OptionalInt lanes(Path file) {
    OptionalInt found = KernelFiles.count(file);
    boolean real = found.isPresent() && found.getAsInt() > 0 && found.getAsInt() < WIDTH_UNKNOWN;
    return real ? found : OptionalInt.empty();
  }

  /** True where speed or width could be read. */
  boolean known() {
    return gigatransfers(speed).isPresent() && width.isPresent();
  }

  /** True where the link is slower or narrower than the device can; false where not known. */
  boolean degraded() {
    Optional<Double> now = gigatransfers(speed);
    Optional<Double> best = gigatransfers(bestSpeed);
    boolean slow = now.isPresent() && best.isPresent() && now.get() < best.get();
    boolean narrow =
        width.isPresent() && bestWidth.isPresent() && width.getAsInt() < bestWidth.getAsInt();
    return slow || narrow;
  }

  /** The link now: "x4 at 16.0 GT/s". */
  String now() {
    return text(speed, width);
  }

  /** The link at its best. */
  String best() {
    return text(bestSpeed, bestWidth);
  }

  private static String text(String speed, OptionalInt width) {
    String at =
        gigatransfers(speed)
            .map(rate -> String.format(Locale.ROOT, "%.1f GT/s", rate))
            .orElse(KernelFiles.UNKNOWN + " speed");
    return (width.isPresent() ? "x" + width.getAsInt() : "unknown width") + " at " + at;
  }

  private static Optional<Double> gigatransfers(String text) {
    Matcher matcher = GIGATRANSFERS.matcher(text);
    return matcher.matches() ? Optional.of(Double.valueOf(matcher.group(1))) : Optional.empty();
  }
}
