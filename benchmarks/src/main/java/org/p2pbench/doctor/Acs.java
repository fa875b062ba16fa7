// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.ArrayList;
import java.util.List;

/**
 * Access Control Services of a PCI function (PCI Express base specification, extended capability
 * 000Dh): whether it sends traffic between peers upstream instead of across. Immutable.
 *
 * @param state what was seen
 * @param control the ACS control register; 0 but for {@link State#PRESENT}
 */
public record Acs(State state, int control) {
  /** What was seen of the capability. */
  public enum State {
    /** It is there, and its control register was read. */
    PRESENT,
    /** The function has none, so it redirects nothing. */
    ABSENT,
    /** Configuration space beyond byte 64 takes root rights (CAP_SYS_ADMIN) to read. */
    UNSEEN
  }

  /** No capability. */
  public static final Acs NONE = new Acs(State.ABSENT, 0);

  /** Not to be seen. */
  public static final Acs HIDDEN = new Acs(State.UNSEEN, 0);

  /** Request redirect, completion redirect, egress control: the bits that the kernel looks at. */
  private static final int REDIRECT_BITS = 0x04 | 0x08 | 0x20;

  private static final List<String> NAMES =
      List.of(
          "SrcValid",
          "TransBlk",
          "ReqRedir",
          "CmpltRedir",
          "UpstreamFwd",
          "EgressCtrl",
          "DirectTrans");

  /** True where traffic between peers is redirected; false also where nothing was seen. */
  public boolean redirects() {
    return state == State.PRESENT && (control & REDIRECT_BITS) != 0;
  }

  /** The control register in the words of lspci. */
  public String describe() {
    if (state != State.PRESENT) {
      return state == State.ABSENT ? "no ACS" : "ACS not visible without root";
    }
    List<String> set = new ArrayList<>();
    for (int bit = 0; bit < NAMES.size(); bit++) {
      if ((control >> bit & 1) == 1) {
        set.add(NAMES.get(bit) + "+");
      }
    }
    return set.isEmpty() ? "ACS all off" : "ACS " + String.join(" ", set);
  }
}
