// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What kind of machine a figure belongs to. Figures of two classes are never compared. */
public enum MachineClass {
  /** A real controller's CMB. */
  @JsonProperty("hardware")
  HARDWARE("hardware", "a real controller's CMB"),
  /** An emulated controller behind a real kernel, in a QEMU guest. */
  @JsonProperty("lab")
  LAB("lab", "emulated controller in a QEMU guest"),
  /** No CMB: a memory region stands in for one. */
  @JsonProperty("emulated")
  EMULATED("emulated", "no CMB, a memory region stands in for one");

  private final String label;
  private final String meaning;

  MachineClass(String label, String meaning) {
    this.label = label;
    this.meaning = meaning;
  }

  /** The word used in files and on every table and chart. */
  public String label() {
    return label;
  }

  /** The same in a few words for people. */
  public String meaning() {
    return meaning;
  }
}
