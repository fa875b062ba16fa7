// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.gate;

/** A policy that cannot be used: one line with file, place, reason and what to do. */
public final class BadPolicyException extends Exception {
  private static final long serialVersionUID = 1L;

  BadPolicyException(String message) {
    super(message);
  }
}
