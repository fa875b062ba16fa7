// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.nio.file.Path;

/** Another process that sweeps a directory and prints what it removed. */
final class SweepChild {
  private SweepChild() {}

  public static void main(String[] arguments) {
    System.out.println(ScratchFiles.sweep(Path.of(arguments[0])));
  }
}
