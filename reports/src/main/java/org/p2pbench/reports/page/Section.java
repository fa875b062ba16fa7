// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.List;

/** A section of the page. {@code id} is its anchor. */
public record Section(String id, String title, List<Block> blocks) {

  /** Makes the list immutable. */
  public Section {
    blocks = List.copyOf(blocks);
  }
}
