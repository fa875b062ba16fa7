// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.p2pbench.discovery.PciAddress;

/**
 * The topology with both data paths as SVG, for light and dark grounds: the same lines as on the
 * screen. Stateless.
 */
public final class TopologyDrawing {
  private static final int ROW = 34;
  private static final int BOX = 24;
  private static final int INDENT = 36;
  private static final int LEFT = 24;
  private static final int TOP = 74;
  private static final double CHARACTER = 7.3;
  private static final int PAD = 20;
  private static final int LANE = 5;

  private static final String STYLE =
      """
      .ground{fill:#fff}.box{fill:#f5f7f9;stroke:#9aa4b0}.text{fill:#1b1f24}.dim{fill:#57606a}
      .edge{stroke:#c3cad2}.direct{stroke:#0072b2}.bounce{stroke:#d55e00}
      .directtext,.directhead{fill:#0072b2}.bouncetext{fill:#b34d00}.bouncehead{fill:#d55e00}
      .cross{fill:#c00000;font-size:20px;font-weight:bold}
      @media (prefers-color-scheme:dark){.ground{fill:#161a20}.box{fill:#1e242c;stroke:#57606a}
      .text{fill:#e6e9ed}.dim{fill:#9aa4b0}.edge{stroke:#39414b}.direct{stroke:#56b4e9}
      .bounce{stroke:#e69f00}.directtext,.directhead{fill:#56b4e9}
      .bouncetext,.bouncehead{fill:#e69f00}.cross{fill:#ff6b6b}}
      text{font:12px "DejaVu Sans Mono",Menlo,Consolas,monospace}.title{font-size:14px;font-weight:bold}
      .edge,.direct,.bounce{fill:none}.edge{stroke-width:2}.direct,.bounce{stroke-width:3;\
      stroke-linejoin:round;stroke-linecap:round}.refused{stroke-dasharray:2 7}
      """;

  private final Diagnosis diagnosis;
  private final TopologyTree tree;
  private final List<TopologyTree.Line> lines;
  private final StringBuilder svg = new StringBuilder();

  private TopologyDrawing(Diagnosis diagnosis) {
    this.diagnosis = diagnosis;
    this.tree = new TopologyTree(diagnosis);
    this.lines = tree.lines();
  }

  /** The drawing; empty on a machine where no function could exchange data with another. */
  public static Optional<String> of(Diagnosis diagnosis) {
    return TopologyTree.worthDrawing(diagnosis)
        ? Optional.of(new TopologyDrawing(diagnosis).draw())
        : Optional.empty();
  }

  private String draw() {
    double width = width();
    double height = TOP + lines.size() * ROW + 64;
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\""
                + " height=\"%.0f\" role=\"img\" aria-label=\"%s\">%n<style>%s</style>%n",
            width,
            height,
            width,
            height,
            escape("PCI topology; " + title()),
            STYLE));
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"ground\" width=\"%.0f\" height=\"%.0f\"/>%n",
            width,
            height));
    text(LEFT, 28, "text title", title());
    text(LEFT, 48, "dim", subtitle());
    edges();
    ways();
    boxes();
    legend(TOP + lines.size() * ROW + 18);
    return svg.append("</svg>\n").toString();
  }

  private String title() {
    String word =
        switch (diagnosis.answer()) {
          case YES -> "works";
          case NO -> "does not work";
          case UNKNOWN -> "cannot be told";
        };
    return "Direct path " + word + tree.drawn().map(path -> ": " + path.words()).orElse("");
  }

  private String subtitle() {
    Diagnosis.Host host = diagnosis.host();
    return "Linux %s, CPU %s, IOMMU %s"
        .formatted(host.kernel(), host.cpu().describe(), host.iommu());
  }

  private double width() {
    double widest = Math.max(title().length() * 8.6, subtitle().length() * CHARACTER) + 2 * LEFT;
    for (TopologyTree.Line line : lines) {
      widest =
          Math.max(widest, x(line) + boxWidth(line) + 12 + line.note().length() * CHARACTER + LEFT);
    }
    return Math.max(widest, 640);
  }

  private static int x(TopologyTree.Line line) {
    return LEFT + line.depth() * INDENT;
  }

  private static int y(int index) {
    return TOP + index * ROW + BOX / 2;
  }

  private static String label(TopologyTree.Line line) {
    return line.address().map(address -> DoctorScreen.brief(address) + " ").orElse("")
        + line.label();
  }

  private static double boxWidth(TopologyTree.Line line) {
    return label(line).length() * CHARACTER + PAD;
  }

  /** Where lines below a box hang from. */
  private static int stem(TopologyTree.Line line) {
    return x(line) + INDENT / 2;
  }

  private void edges() {
    for (int i = 0; i < lines.size(); i++) {
      TopologyTree.Line line = lines.get(i);
      int above = line.above() >= 0 ? line.above() : 0;
      if (i > 0) {
        // A host bridge hangs from RAM, which stands at the same depth.
        int stem = line.above() >= 0 ? stem(lines.get(above)) : x(line) - 10;
        svg.append(
            String.format(
                Locale.ROOT,
                "<path class=\"edge\" d=\"M%d %dV%dH%d\"/>%n",
                stem,
                y(above) + (line.above() >= 0 ? BOX / 2 : 0),
                y(i),
                x(line)));
      }
    }
  }

  private void boxes() {
    for (int i = 0; i < lines.size(); i++) {
      TopologyTree.Line line = lines.get(i);
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%.0f\" height=\"%d\" rx=\"5\"/>%n",
              x(line),
              y(i) - BOX / 2,
              boxWidth(line),
              BOX));
      text(x(line) + PAD / 2, y(i) + 4, "text", label(line));
      if (!line.note().isEmpty()) {
        text(x(line) + (int) boxWidth(line) + 12, y(i) + 4, "dim", line.note());
      }
    }
  }

  private void ways() {
    tree.drawn()
        .ifPresent(
            path -> {
              boolean refused = path.allowed() == Answer.NO;
              int client = indexOf(path.client().address());
              int provider = indexOf(path.provider().address());
              way("bounce", client, 0, LANE);
              way("bounce", provider, 0, LANE);
              int turn = turn(path);
              String look = refused ? "direct refused" : "direct";
              way(look, client, turn, -LANE);
              way(look, provider, turn, -LANE);
              arrow("bouncehead", provider, LANE);
              if (refused) {
                TopologyTree.Line there = lines.get(turn);
                text(x(there) + (int) boxWidth(there) + 8, y(turn) + 7, "cross", "✗");
              } else {
                arrow("directhead", provider, -LANE);
              }
            });
  }

  /** The end of a way, at the left of a box. */
  private void arrow(String look, int index, int shift) {
    svg.append(
        "<path class=\"%s\" d=\"M%d %dl-10 -5v10z\"/>%n"
            .formatted(look, x(lines.get(index)), y(index) + shift));
  }

  /** The line at which the direct path turns round: the common port, else the host bridge. */
  private int turn(PeerPath path) {
    boolean high = path.commonPort().isEmpty() || !path.redirecting().isEmpty();
    if (!high) {
      return indexOf(path.commonPort().orElseThrow());
    }
    int at = indexOf(path.provider().address());
    while (lines.get(at).above() >= 0) {
      at = lines.get(at).above();
    }
    return at;
  }

  private int indexOf(PciAddress address) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).address().filter(address::equals).isPresent()) {
        return i;
      }
    }
    throw new IllegalStateException("not drawn: " + address);
  }

  /** Along the tree's edges from a line up to another, shifted so that both paths can be seen. */
  private void way(String look, int from, int to, int shift) {
    List<String> points = new ArrayList<>();
    int at = from;
    points.add("M%d %d".formatted(x(lines.get(at)), y(at) + shift));
    while (at != to) {
      TopologyTree.Line line = lines.get(at);
      int above = line.above() >= 0 ? line.above() : 0;
      int stem = line.above() >= 0 ? stem(lines.get(above)) : x(line) - 10;
      points.add("H%d".formatted(stem + shift));
      points.add("V%d".formatted(y(above) + shift));
      if (above != to || line.above() < 0) {
        points.add("H%d".formatted(x(lines.get(above))));
      }
      at = above;
    }
    svg.append(
        String.format(
            Locale.ROOT, "<path class=\"%s\" d=\"%s\"/>%n", look, String.join("", points)));
  }

  private void legend(int y) {
    if (tree.drawn().isEmpty()) {
      text(LEFT, y, "dim", "no device here has memory for its peers");
      return;
    }
    PeerPath path = tree.drawn().get();
    boolean refused = path.allowed() == Answer.NO;
    svg.append(
        "<path class=\"direct%s\" d=\"M%d %dh28\"/>%n<path class=\"bounce\" d=\"M%d %dh28\"/>%n"
            .formatted(refused ? " refused" : "", LEFT, y - 4, LEFT, y + 18));
    text(
        LEFT + 38,
        y,
        "directtext",
        "direct: %s to the CMB of %s%s"
            .formatted(
                DoctorScreen.brief(path.client().address()),
                DoctorScreen.brief(path.provider().address()),
                refused ? ", refused" : ", past system RAM"));
    text(
        LEFT + 38, y + 22, "bouncetext", "bounce: the same by way of system RAM, twice through it");
  }

  private void text(int x, int y, String look, String what) {
    svg.append(
        "<text class=\"%s\" x=\"%d\" y=\"%d\" xml:space=\"preserve\">%s</text>%n"
            .formatted(look, x, y, escape(what)));
  }

  private static String escape(String text) {
    StringBuilder out = new StringBuilder();
    for (char c : text.toCharArray()) {
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        default -> out.append(Character.isISOControl(c) ? ' ' : c);
      }
    }
    return out.toString();
  }
}
