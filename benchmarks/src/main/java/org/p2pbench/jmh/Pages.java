// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

/** The page sizes that a benchmark can ask for. */
final class Pages {

  private Pages() {}

  /**
   * Whether the parameter asks for huge pages.
   *
   * @throws IllegalArgumentException names the values there are
   */
  static boolean huge(String pages) {
    return switch (pages) {
      case "4KiB" -> false;
      case "2MiB" -> true;
      default ->
          throw new IllegalArgumentException("unknown pages '" + pages + "': one of 4KiB, 2MiB");
    };
  }
}
