// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.p2pbench.discovery.PciAddress;
import org.p2pbench.doctor.Check.Status;

/** A diagnosis for people: the answer, the topology with both data paths, the checks. Immutable. */
public final class DoctorScreen {
  private static final int MARGIN = 9;
  private static final String INDENT = " ".repeat(MARGIN);

  private final boolean colour;

  /**
   * @param colour whether the terminal understands colours
   */
  public DoctorScreen(boolean colour) {
    this.colour = colour;
  }

  /** The whole screen, with its last line end. */
  public String of(Diagnosis diagnosis) {
    StringBuilder text = new StringBuilder();
    answer(text, diagnosis);
    if (TopologyTree.worthDrawing(diagnosis)) {
      topology(text, diagnosis);
      reach(text, diagnosis);
    }
    checks(text, diagnosis.checks());
    return text.toString();
  }

  private void answer(StringBuilder text, Diagnosis diagnosis) {
    String word =
        switch (diagnosis.answer()) {
          case YES -> green("YES");
          case NO -> red("NO");
          case UNKNOWN -> yellow("CANNOT TELL");
        };
    line(text, bold("Direct path between devices: ") + word);
    line(text, "  " + diagnosis.reason());
    diagnosis.remedy().ifPresent(what -> line(text, "  " + bold("→ ") + what));
    Diagnosis.Host host = diagnosis.host();
    line(
        text,
        "  Linux %s, CPU %s%s, IOMMU %s%s"
            .formatted(
                host.kernel(),
                host.cpu().describe(),
                host.cpu().trusted() ? " (trusted)" : "",
                host.iommu(),
                host.administrator() ? "" : ", seen without root rights"));
  }

  private void topology(StringBuilder text, Diagnosis diagnosis) {
    TopologyTree tree = new TopologyTree(diagnosis);
    line(text, "");
    line(text, bold("PCI topology"));
    boolean refused = tree.drawn().map(path -> path.allowed() == Answer.NO).orElse(false);
    List<TopologyTree.Line> lines = tree.lines();
    if (tree.drawn().isPresent()) {
      line(text, "  direct  bounce");
    }
    for (int i = 0; i < lines.size(); i++) {
      TopologyTree.Line here = lines.get(i);
      String note = here.note().isEmpty() ? "" : dim("  " + here.note());
      line(
          text,
          gutter(tree, i, refused)
              + branches(lines, here)
              + here.address().map(address -> bold(brief(address)) + " ").orElse("")
              + here.label()
              + note);
    }
    if (tree.hidden() > 0) {
      line(text, dim(gutter(tree, -1, refused) + "other functions, not shown: " + tree.hidden()));
    }
    tree.drawn().ifPresent(path -> ways(text, path, tree, refused));
  }

  /** The two columns that mark what each path passes. */
  private String gutter(TopologyTree tree, int index, boolean refused) {
    if (tree.drawn().isEmpty()) {
      return "  ";
    }
    List<TopologyTree.Line> lines = tree.lines();
    if (index < 0) {
      return " ".repeat(16);
    }
    String direct = mark(lines, index, true, refused ? "✗" : "●");
    String bounce = mark(lines, index, false, "○");
    return "    " + (refused ? red(direct) : green(direct)) + "       " + yellow(bounce) + "   ";
  }

  private static String mark(
      List<TopologyTree.Line> lines, int index, boolean direct, String passes) {
    int first = -1;
    int last = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (direct ? lines.get(i).direct() : lines.get(i).bounce()) {
        first = first < 0 ? i : first;
        last = i;
      }
    }
    boolean here = direct ? lines.get(index).direct() : lines.get(index).bounce();
    if (here) {
      return passes;
    }
    return first >= 0 && index > first && index < last ? "│" : " ";
  }

  private static String branches(List<TopologyTree.Line> lines, TopologyTree.Line here) {
    if (here.depth() == 0) {
      return "";
    }
    StringBuilder text = new StringBuilder(here.last() ? "└─ " : "├─ ");
    for (int up = here.above(); up >= 0 && lines.get(up).depth() > 0; up = lines.get(up).above()) {
      text.insert(0, lines.get(up).last() ? "   " : "│  ");
    }
    return text.toString();
  }

  private void ways(StringBuilder text, PeerPath path, TopologyTree tree, boolean refused) {
    List<PciAddress> ports = new ArrayList<>(path.ports());
    Collections.reverse(ports);
    String up =
        path.commonPort().isEmpty() || !path.redirecting().isEmpty() ? " (by the host bridge)" : "";
    String direct = chain(ports) + up;
    line(text, "");
    line(
        text,
        "  direct "
            + (refused
                ? red("✗ " + direct + ", refused")
                : green("● " + direct) + "  past system RAM"));
    List<List<PciAddress>> bounce = tree.bounceWays();
    line(
        text,
        "  bounce "
            + yellow("○ " + chain(bounce.get(0)) + " ━ RAM ━ " + chain(bounce.get(1)))
            + "  twice through system RAM");
  }

  private static String chain(List<PciAddress> addresses) {
    return addresses.stream().map(DoctorScreen::brief).collect(Collectors.joining(" ━ "));
  }

  /** The address as lspci writes it: without the domain where that is 0. */
  static String brief(PciAddress address) {
    String text = address.toString();
    return address.domain() == 0 ? text.substring("0000:".length()) : text;
  }

  private void reach(StringBuilder text, Diagnosis diagnosis) {
    for (Provider provider : diagnosis.providers()) {
      line(text, "");
      line(
          text,
          bold("Who reaches the CMB of %s".formatted(provider.name()))
              + " (%s, %s)".formatted(provider.node().address(), CmbChecks.size(provider.bytes())));
      for (PeerPath path : diagnosis.pathsTo(provider)) {
        String name = ProviderFinder.controllerName(path.client()).orElse(path.client().kind());
        String words =
            switch (path.allowed()) {
              case YES -> green(path.words());
              case NO -> red(path.words());
              case UNKNOWN -> yellow(path.words());
            };
        line(text, "  %s %-8s %s".formatted(path.client().address(), name, words));
      }
    }
    if (!diagnosis.paths().isEmpty()) {
      line(
          text,
          dim(
              "  as things are set now; the kernel keeps what it found at a pair's first I/O until"
                  + " the CMB's driver is bound again"));
    }
  }

  private void checks(StringBuilder text, List<Check> checks) {
    line(text, "");
    line(text, bold("Checks") + ": " + counts(checks));
    for (Status status : List.of(Status.PROBLEM, Status.WARNING, Status.UNKNOWN, Status.OK)) {
      checks.stream()
          .filter(check -> check.status() == status)
          .forEach(check -> check(text, check));
    }
  }

  private static String counts(List<Check> checks) {
    return List.of(Status.PROBLEM, Status.WARNING, Status.UNKNOWN, Status.OK).stream()
        .map(status -> counted(status, checks.stream().filter(c -> c.status() == status).count()))
        .collect(Collectors.joining(", "));
  }

  private static String counted(Status status, long number) {
    boolean noun = status == Status.PROBLEM || status == Status.WARNING;
    return number + " " + status.word() + (noun && number != 1 ? "s" : "");
  }

  private void check(StringBuilder text, Check check) {
    String word = String.format(Locale.ROOT, "%-8s", check.status());
    String painted =
        switch (check.status()) {
          case OK -> green(word);
          case PROBLEM -> red(word);
          case WARNING, UNKNOWN -> yellow(word);
        };
    String subject = check.subject().map(on -> " " + on).orElse("");
    line(text, painted + " " + bold(check.topic() + subject) + ": " + check.finding());
    if (check.status() != Status.OK) {
      check.evidence().forEach(seen -> line(text, INDENT + dim(seen)));
      check.remedy().ifPresent(what -> line(text, INDENT + "→ " + what));
    }
  }

  private static void line(StringBuilder text, String what) {
    text.append(what.stripTrailing()).append(System.lineSeparator());
  }

  private String green(String text) {
    return paint("32", text);
  }

  private String red(String text) {
    return paint("31;1", text);
  }

  private String yellow(String text) {
    return paint("33", text);
  }

  private String bold(String text) {
    return paint("1", text);
  }

  private String dim(String text) {
    return paint("2", text);
  }

  private String paint(String code, String text) {
    return colour && !text.isBlank() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
