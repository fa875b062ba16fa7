// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** Loads the library in a process of its own, and prints how that went. */
final class LoadProbe {
  private LoadProbe() {}

  public static void main(String[] args) {
    try {
      System.out.println("loaded " + NativeLoader.load());
      System.out.println("clock " + NativeClock.source());
    } catch (NativeLoadException e) {
      System.out.println(e.getMessage());
    }
  }
}
