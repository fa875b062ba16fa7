// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.doctor.Doctor;
import org.p2pbench.transfer.Endpoint;
import org.p2pbench.transfer.TransferException;

/** The doctor with what only a live process can tell it. Stateless. */
final class DoctorOfThisMachine {
  private DoctorOfThisMachine() {}

  static Doctor with(DeviceDiscovery discovery) {
    return new Doctor(
        discovery,
        Doctor.Roots.OF_THIS_MACHINE,
        new Doctor.Process(EngineSupport::ioUringObstacle, DoctorOfThisMachine::directAlignment));
  }

  private static OptionalInt directAlignment(Path path) {
    try (Endpoint endpoint = Endpoint.open(path, Endpoint.Access.READ, true)) {
      return OptionalInt.of(endpoint.alignmentBytes());
    } catch (TransferException notDirect) {
      return OptionalInt.empty();
    }
  }
}
