// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.io.IOException;
import java.nio.file.Path;

/** Looks for a filesystem or partition table on a device. */
@FunctionalInterface
public interface SignatureReader {
  /**
   * What is on the device, such as "ext4 filesystem 'data'"; blank when nothing was found.
   *
   * @throws IOException when the device could not be read, or what was found contradicts itself
   */
  String of(Path device) throws IOException;
}
