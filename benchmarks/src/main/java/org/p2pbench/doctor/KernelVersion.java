// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Version of a Linux kernel, without what the distribution adds to it. Immutable.
 *
 * @param major the 6 of 6.12.3
 * @param minor the 12
 * @param patch the 3; 0 where there is none
 */
public record KernelVersion(int major, int minor, int patch) implements Comparable<KernelVersion> {
  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.(\\d{1,4}))?(?:\\D.*)?");
  private static final Comparator<KernelVersion> ORDER =
      Comparator.comparingInt(KernelVersion::major)
          .thenComparingInt(KernelVersion::minor)
          .thenComparingInt(KernelVersion::patch);

  /** Reads what uname -r says, such as 7.3.4+deb13-amd64; empty where it is something else. */
  public static Optional<KernelVersion> parse(String release) {
    Matcher matcher = TEXT.matcher(release.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String patch = matcher.group(3);
    return Optional.of(
        new KernelVersion(
            Integer.parseInt(matcher.group(1)),
            Integer.parseInt(matcher.group(2)),
            patch == null ? 0 : Integer.parseInt(patch)));
  }

  /** True for this version and every later one. */
  public boolean atLeast(int otherMajor, int otherMinor) {
    return compareTo(new KernelVersion(otherMajor, otherMinor, 0)) >= 0;
  }

  /** True for versions of one series, which differ in the patch alone. */
  boolean sameSeries(KernelVersion other) {
    return major == other.major && minor == other.minor;
  }

  @Override
  public int compareTo(KernelVersion other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return patch == 0 ? major + "." + minor : major + "." + minor + "." + patch;
  }
}
