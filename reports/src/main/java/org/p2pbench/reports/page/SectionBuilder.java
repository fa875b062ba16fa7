// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.Optional;

/** Builds one section of the page, or nothing where the run has nothing for it. Stateless. */
interface SectionBuilder {
  Optional<Section> build(Findings findings);
}
