// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.Locale;

/** A part of what is measured, each with a histogram of its own. */
public enum Stage {
  /** Source into buffer. */
  FILL,
  /** CPU copy from staging buffer into slot, or between two memories. */
  COPY,
  /** Buffer to target. */
  DRAIN,
  /** Start of the transaction, in an open loop the intended one, to the end of its last stage. */
  TRANSACTION,
  /** Of an open loop: from when the transaction was really submitted to its end. */
  SERVICE,
  /** Pages pinned. */
  PIN,
  /** Pages unpinned. */
  UNPIN,
  /** A chain of dependent loads of the busy neighbour: not a part of a transaction. */
  NEIGHBOUR;

  /** The tag in histogram logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
