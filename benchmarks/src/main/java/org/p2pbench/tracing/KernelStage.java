// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

/**
 * Where an I/O can be between its system call's begin and end. At each moment it is in exactly one
 * of them, so that their times add up to the system call. Functions later in this list lie within
 * those before them: where several are open, the last one counts.
 */
public enum KernelStage {
  /** From the system call to the first pin: file, filesystem, bio. */
  ENTER("enter"),
  /** Block layer and driver, up to the doorbell of the last request. */
  SUBMIT("submit"),
  /** The device has the request, and no CPU works for it. */
  DEVICE("device"),
  /** After the completion: waking the thread, and its way back to user space. */
  WAKE("wake-up"),
  /** The interrupt or softirq that completes the request. */
  COMPLETE("complete"),
  /** Pages of the buffer are looked up and pinned. */
  PIN("pin"),
  /** Addresses for the device are made. */
  MAP("map"),
  /** And given back. */
  UNMAP("unmap"),
  /** Pages are unpinned. */
  UNPIN("unpin");

  private final String label;

  KernelStage(String label) {
    this.label = label;
  }

  /** The name in results. */
  public String label() {
    return label;
  }
}
