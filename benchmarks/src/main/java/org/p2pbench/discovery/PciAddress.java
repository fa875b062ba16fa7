// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Address of a PCI function, domain:bus:device.function. Immutable. */
public record PciAddress(int domain, int bus, int device, int function)
    implements Comparable<PciAddress> {
  // Domains of more than four digits exist: drives behind Intel VMD are in 10000 and up.
  private static final Pattern TEXT =
      Pattern.compile("(?:(\\p{XDigit}{4,6}):)?(\\p{XDigit}{2}):(\\p{XDigit}{2})\\.(\\d)");
  private static final int MAX_DEVICE = 0x1f;
  private static final int MAX_FUNCTION = 7;
  private static final Comparator<PciAddress> ORDER =
      Comparator.comparingInt(PciAddress::domain)
          .thenComparingInt(PciAddress::bus)
          .thenComparingInt(PciAddress::device)
          .thenComparingInt(PciAddress::function);

  /**
   * Reads 0000:03:00.0, or 03:00.0 in domain 0.
   *
   * @throws DiscoveryException when the text is not a PCI address (exit code 2)
   */
  public static PciAddress parse(String text) {
    return tryParse(text)
        .orElseThrow(
            () ->
                DiscoveryException.badInput(
                    "'%s' is not a PCI address: write domain:bus:device.function in hexadecimal"
                        + " with device up to 1f and function up to 7, such as 0000:03:00.0",
                    text));
  }

  /** Like {@link #parse}; empty where the text is something else. */
  public static Optional<PciAddress> tryParse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String domain = matcher.group(1) == null ? "0" : matcher.group(1);
    PciAddress address =
        new PciAddress(
            Integer.parseInt(domain, 16),
            Integer.parseInt(matcher.group(2), 16),
            Integer.parseInt(matcher.group(3), 16),
            Integer.parseInt(matcher.group(4)));
    boolean possible = address.device <= MAX_DEVICE && address.function <= MAX_FUNCTION;
    return possible ? Optional.of(address) : Optional.empty();
  }

  @Override
  public int compareTo(PciAddress other) {
    return ORDER.compare(this, other);
  }

  /** The form that sysfs uses for its directories: 0000:03:00.0. */
  @Override
  public String toString() {
    return String.format("%04x:%02x:%02x.%d", domain, bus, device, function);
  }
}
