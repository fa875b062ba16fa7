// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.nio.file.Path;
import org.p2pbench.discovery.BlockDevice;

/** Whether a target may be written. Immutable. */
public sealed interface Verdict {
  /** The target does not exist yet: it is to be created with O_EXCL, so that it stays so. */
  record FreshFile(Path path) implements Verdict {}

  /**
   * A block device that the user named for destruction and that nobody uses.
   *
   * @param path the node to open, links resolved
   * @param found what is on it and will be lost, in the words of its signatures; blank: nothing
   */
  record Expendable(Path path, BlockDevice device, String found) implements Verdict {}

  /**
   * The target may not be written.
   *
   * @param message one line for the user
   * @param exitCode 2 when other options would help, 3 when the machine's state forbids it
   */
  record Refusal(String message, int exitCode) implements Verdict {}
}
