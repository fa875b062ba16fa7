// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.List;
import org.p2pbench.reports.rundir.MachineClass;

/**
 * Everything that the page and the summary say.
 *
 * @param headline the answer in plain words, whole sentences
 * @param missing what is not there that a complete run has, whole sentences
 * @param answer what the summary says of it: words and tables, none where nothing was measured
 */
public record Report(
    MachineClass machineClass,
    String machineClassReason,
    String subtitle,
    String headline,
    List<KeyFigure> keyFigures,
    List<String> missing,
    List<Block> answer,
    List<Section> sections) {}
