// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.p2pbench.discovery.NvmeController;

/** What kind of machine a figure belongs to. Figures of different classes are never compared. */
public enum MachineClass {
  /** A real controller's CMB. */
  HARDWARE,
  /** An emulated controller below a real kernel, in a virtual machine. */
  LAB,
  /** No CMB: a memory region stands in for one. */
  EMULATED;

  /** Set to 1 inside the lab's guest. */
  public static final String LAB_VARIABLE = "P2PBENCH_LAB";

  private static final String CMB_MEMORY = "cmb";

  /**
   * A class and why it is this one.
   *
   * @param reason for a report, without a full stop
   */
  public record Decision(MachineClass machineClass, String reason) {}

  /** The word that files and reports use. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Decides the class of a run or, given one memory kind, of a row.
   *
   * @param memoryKinds memories used, in the command line's words
   * @param cmb controller whose CMB is used
   * @param involved controllers behind source and target
   * @param all every controller of the machine, for the reason's sake
   * @param variables the process's environment
   */
  public static Decision decide(
      Set<String> memoryKinds,
      Optional<NvmeController> cmb,
      List<NvmeController> involved,
      List<NvmeController> all,
      Map<String, String> variables) {
    if ("1".equals(variables.get(LAB_VARIABLE))) {
      return new Decision(LAB, "inside the lab's virtual machine");
    }
    Optional<NvmeController> qemu =
        Stream.concat(cmb.stream(), involved.stream())
            .filter(NvmeController::emulatedByQemu)
            .findFirst();
    if (qemu.isPresent()) {
      return new Decision(LAB, qemu.get().describe() + " is emulated by QEMU");
    } else if (memoryKinds.contains(CMB_MEMORY) && cmb.isPresent()) {
      return new Decision(HARDWARE, "the CMB is that of " + cmb.get().describe());
    }
    return new Decision(EMULATED, whyEmulated(all));
  }

  private static String whyEmulated(List<NvmeController> all) {
    if (all.isEmpty()) {
      return "no NVMe controller on this machine";
    }
    boolean some = all.stream().anyMatch(controller -> controller.cmb().isPresent());
    return some
        ? "the machine has a CMB, but it is not used here"
        : "no NVMe controller with a CMB on this machine";
  }
}
