// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.List;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.doctor.Answer;
import org.p2pbench.doctor.Diagnosis;
import org.p2pbench.doctor.Question;
import org.p2pbench.transaction.ForkSettings;

/** Has the doctor look at the path of a run before its first I/O. Stateless. */
final class RunDiagnosis {
  private RunDiagnosis() {}

  /**
   * What the doctor says of a run's path, for the run directory.
   *
   * @throws CommandFailure 3 where the run measures the CMB and its path cannot work
   */
  static Diagnosis of(DeviceDiscovery discovery, ForkSettings settings, Plan plan) {
    boolean usesCmb = plan.rows().stream().anyMatch(row -> usesCmb(row, false));
    Diagnosis diagnosis =
        DoctorOfThisMachine.with(discovery)
            .diagnose(usesCmb ? question(settings, plan) : Question.OPEN);
    if (usesCmb && diagnosis.answer() == Answer.NO) {
      throw new CommandFailure(
          CommandFailure.CANNOT,
          "the CMB path cannot work here, nothing was transferred: " + diagnosis.refusal());
    }
    return diagnosis;
  }

  private static Question question(ForkSettings settings, Plan plan) {
    boolean fills = plan.rows().stream().anyMatch(row -> usesCmb(row, true));
    ForkSettings ends = settings.orWhereFreshFilesGo();
    return new Question(ends.cmb(), fills ? ends.sources() : List.of(), ends.targets());
  }

  /**
   * Whatever the row asks: what counts is where its I/O goes.
   *
   * @param filled true to ask whether a device writes into the CMB, too: not where blocks are
   *     staged in RAM first
   */
  private static boolean usesCmb(RowPlan row, boolean filled) {
    boolean drained = row.moves() && row.onDevice();
    boolean staged = !Integer.valueOf(0).equals(row.parameters().get("staging"));
    return filled ? drained && row.fills() && !staged : drained;
  }
}
