// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/**
 * A server that moves nothing and takes a known time for it: what the harness is calibrated with.
 * No figure of it says anything of storage.
 *
 * @param serviceNs time that each transaction takes, 0 to 60 s
 * @param stalled which transaction, counted from 1, takes longer; 0 for none
 * @param stallNs how much longer, 0 to 60 s
 * @param virtualTime whether time is counted instead of spent, which makes every run the same;
 *     otherwise the thread spins
 */
public record SpinServer(long serviceNs, long stalled, long stallNs, boolean virtualTime) {
  private static final long MAX_NS = 60_000_000_000L;

  /** Checks the ranges. */
  public SpinServer {
    check("serviceNs", serviceNs, MAX_NS);
    check("stalled", stalled, Long.MAX_VALUE);
    check("stallNs", stallNs, MAX_NS);
  }

  /** One in virtual time that never stalls. */
  public static SpinServer virtual(long serviceNs) {
    return new SpinServer(serviceNs, 0, 0, true);
  }

  /** One in real time that never stalls. */
  public static SpinServer spinning(long serviceNs) {
    return new SpinServer(serviceNs, 0, 0, false);
  }

  /** The same with one transaction that takes longer. */
  public SpinServer stalling(long transaction, long ns) {
    return new SpinServer(serviceNs, transaction, ns, virtualTime);
  }

  private static void check(String name, long value, long most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(
          name
              + "="
              + value
              + " must be "
              + (most == MAX_NS ? "from 0 to " + MAX_NS : "at least 0"));
    }
  }
}
