// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.awt.Color;
import java.util.List;

/**
 * Colours for a light and a dark ground. Series colours are Okabe and Ito's, which colour-blind
 * people can tell apart, in an order that suits the ground; the page's style sheet has the same
 * grounds.
 */
public enum Theme {
  /** On white, also for paper. */
  LIGHT(
      new Color(0xFFFFFF),
      new Color(0x1B1F24),
      new Color(0xD5DAE0),
      colours(0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000)),
  /** On near-black. */
  DARK(
      new Color(0x161A20),
      new Color(0xE6E9ED),
      new Color(0x39414B),
      colours(0x56B4E9, 0xE69F00, 0x009E73, 0xCC79A7, 0xF0E442, 0xD55E00, 0xFFFFFF));

  private final Color ground;
  private final Color text;
  private final Color grid;
  private final List<Color> series;

  Theme(Color ground, Color text, Color grid, List<Color> series) {
    this.ground = ground;
    this.text = text;
    this.grid = grid;
    this.series = series;
  }

  Color ground() {
    return ground;
  }

  Color text() {
    return text;
  }

  Color grid() {
    return grid;
  }

  Color series(int style) {
    return series.get(Math.floorMod(style, series.size()));
  }

  private static List<Color> colours(int... rgb) {
    return java.util.Arrays.stream(rgb).mapToObj(Color::new).toList();
  }
}
