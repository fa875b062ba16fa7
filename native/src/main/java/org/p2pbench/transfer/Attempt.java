// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.file.Path;

/**
 * What was tried.
 *
 * @param path of the file or device, null where there is none
 * @param subject what to call it where there is no path, null for nothing
 * @param offset bytes, -1 for none
 * @param lengthBytes 0 for none
 */
record Attempt(Operation operation, Path path, String subject, long offset, long lengthBytes) {
  static Attempt of(Operation operation, Path path) {
    return new Attempt(operation, path, null, -1, 0);
  }

  static Attempt of(Operation operation, String subject, long lengthBytes) {
    return new Attempt(operation, null, subject, -1, lengthBytes);
  }

  @Override
  public String toString() {
    return operation.words()
        + (lengthBytes > 0 ? " of " + lengthBytes + " bytes" : "")
        + (offset >= 0 ? " at offset " + offset : "")
        + (path != null ? " of " + path : subject != null ? " of " + subject : "");
  }
}
