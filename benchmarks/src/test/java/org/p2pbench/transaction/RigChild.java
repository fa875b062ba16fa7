// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.file.Path;

/** A process that opens a rig on fresh files and says how that went, in one line. */
final class RigChild {
  private RigChild() {}

  public static void main(String[] arguments) {
    ForkSettings settings = Rigs.settings(Path.of(arguments[0]), Long.parseLong(arguments[1]));
    TransferSpec spec =
        Rigs.spec(
            org.p2pbench.transfer.Engine.SYNC,
            org.p2pbench.transfer.Pinning.PER_TRANSACTION,
            4096,
            false);
    try (TransferRig rig = Rigs.open(spec, settings)) {
      System.out.println("opened " + rig.getClass().getSimpleName());
    } catch (RigException e) {
      System.out.println(e.kind() + ": " + e.getMessage());
    }
  }
}
