// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

/** What the annotations of every benchmark class share. */
final class ForkOptions {

  /** JDK 24 and later warn when native code is loaded unless it was allowed. */
  static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private ForkOptions() {}
}
