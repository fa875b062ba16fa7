// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import org.p2pbench.reports.history.StoreException;

/** What the commands of history exit with. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;
  static final int CANNOT = 3;

  private ExitCode() {}

  static int of(StoreException.Kind kind) {
    return switch (kind) {
      case FAILED -> FAILED;
      case BAD_INPUT -> BAD_INPUT;
      case CANNOT -> CANNOT;
    };
  }
}
