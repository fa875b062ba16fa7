// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of an SVG path that has a horizontal range of its own: a letter with its holes and dots.
 * Coordinates are hundredths of a pixel.
 *
 * @param relative everything after the start, in relative commands: the same for the same letter
 */
record SvgOutline(long startX, long startY, String relative) {
  private static final Pattern TOKEN = Pattern.compile("[MLQCZ]|-?[0-9.]+(?:E-?[0-9]+)?");

  /** The outlines of a path of absolute M, L, Q, C and Z. */
  static List<SvgOutline> of(String path) {
    List<Contour> contours = contours(path);
    List<SvgOutline> outlines = new ArrayList<>();
    int first = 0;
    double right = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < contours.size(); i++) {
      if (i > first && contours.get(i).left() > right) {
        outlines.add(joined(contours.subList(first, i)));
        first = i;
        right = Double.NEGATIVE_INFINITY;
      }
      right = Math.max(right, contours.get(i).right());
    }
    if (first < contours.size()) {
      outlines.add(joined(contours.subList(first, contours.size())));
    }
    return outlines;
  }

  /** The command that moves to the start. */
  String absoluteStart() {
    return "M" + hundredths(startX) + " " + hundredths(startY);
  }

  /** An element that draws the outline from its definition. */
  String use(String id) {
    return "<use xlink:href=\"#"
        + id
        + "\" x=\""
        + hundredths(startX)
        + "\" y=\""
        + hundredths(startY)
        + "\"/>";
  }

  /** A number with two decimals at most. */
  static String round(String number) {
    return hundredths(Math.round(Double.parseDouble(number) * 100));
  }

  private static SvgOutline joined(List<Contour> contours) {
    double x = contours.get(0).points().get(0)[0];
    double y = contours.get(0).points().get(0)[1];
    StringBuilder out = new StringBuilder();
    long[] at = {0, 0};
    for (Contour contour : contours) {
      at = contour.append(out, x, y, at, contour == contours.get(0));
    }
    return new SvgOutline(Math.round(x * 100), Math.round(y * 100), out.toString());
  }

  private static List<Contour> contours(String path) {
    List<Contour> contours = new ArrayList<>();
    StringBuilder commands = new StringBuilder();
    List<double[]> points = new ArrayList<>();
    List<Double> numbers = new ArrayList<>();
    for (Matcher token = TOKEN.matcher(path); token.find(); ) {
      String text = token.group();
      if (!Character.isLetter(text.charAt(0))) {
        numbers.add(Double.parseDouble(text));
        if (numbers.size() == 2) {
          points.add(new double[] {numbers.get(0), numbers.get(1)});
          numbers.clear();
        }
        continue;
      }
      if (text.equals("M") && commands.length() > 0) {
        contours.add(new Contour(commands.toString(), List.copyOf(points)));
        commands.setLength(0);
        points.clear();
      }
      commands.append(text);
    }
    if (!points.isEmpty()) {
      contours.add(new Contour(commands.toString(), List.copyOf(points)));
    }
    return contours;
  }

  private static String hundredths(long value) {
    String sign = value < 0 ? "-" : "";
    long whole = Math.abs(value) / 100;
    long rest = Math.abs(value) % 100;
    if (rest == 0) {
      return sign + whole;
    }
    String decimals = rest % 10 == 0 ? "" + rest / 10 : (rest < 10 ? "0" : "") + rest;
    return sign + (whole == 0 ? "" : whole) + "." + decimals;
  }

  /** One closed line: a letter per command and the points of all commands. */
  private record Contour(String commands, List<double[]> points) {
    double left() {
      return points.stream().mapToDouble(p -> p[0]).min().getAsDouble();
    }

    double right() {
      return points.stream().mapToDouble(p -> p[0]).max().getAsDouble();
    }

    /**
     * Appends relative commands. Points are rounded against the outline's start (x, y), so that a
     * letter comes out the same wherever it stands, and errors do not add up.
     *
     * @param at where the pen is, in hundredths from the start
     * @return where it is afterwards: after a Z, where the contour began
     */
    long[] append(StringBuilder out, double x, double y, long[] at, boolean omitMove) {
      int next = 0;
      long[] pen = at.clone();
      long[] begin = pen;
      for (char command : commands.toCharArray()) {
        int count = command == 'Q' ? 2 : command == 'C' ? 3 : command == 'Z' ? 0 : 1;
        boolean skip = command == 'M' && omitMove;
        if (!skip) {
          out.append(String.valueOf(command).toLowerCase(Locale.ROOT));
        }
        long[] last = pen;
        for (int i = 0; i < count; i++) {
          double[] point = points.get(next++);
          last = new long[] {Math.round((point[0] - x) * 100), Math.round((point[1] - y) * 100)};
          if (!skip) {
            number(out, last[0] - pen[0]);
            number(out, last[1] - pen[1]);
          }
        }
        begin = command == 'M' ? last : begin;
        pen = command == 'Z' ? begin : last;
      }
      return pen;
    }

    private static void number(StringBuilder out, long value) {
      String number = hundredths(value);
      boolean glued = number.startsWith("-") || Character.isLetter(out.charAt(out.length() - 1));
      out.append(glued ? "" : " ").append(number);
    }
  }
}
