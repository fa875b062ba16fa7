// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the SVG that VectorGraphics2D writes fit to be embedded many times in one page. Text comes
 * as outlines: each letter's is kept once and used by reference. Curves come as single lines, each
 * of which would start its dashes anew: they are joined. Element names change from run to run: they
 * become constant, so that a report renders the same twice.
 */
final class SvgDocument {
  private static final Pattern PATH = Pattern.compile("<path d=\"([^\"]*)\" style=\"([^\"]*)\"/>");
  private static final Pattern LINES =
      Pattern.compile("<line style=\"([^\"]*)\" x1=\"[^>]*/>(?:<line style=\"\\1\" x1=\"[^>]*/>)+");
  private static final Pattern LINE =
      Pattern.compile("x1=\"([^\"]*)\" x2=\"([^\"]*)\" y1=\"([^\"]*)\" y2=\"([^\"]*)\"");
  private static final Pattern CLIP = Pattern.compile("clip-?[0-9]+");
  private static final Pattern DOCTYPE = Pattern.compile("<!DOCTYPE[^>]*>\\s*");
  private static final Pattern START = Pattern.compile("<svg [^>]*>");
  private static final Pattern LONG_NUMBER = Pattern.compile("-?[0-9]+\\.[0-9]{3,}");
  private static final Pattern INDENT = Pattern.compile(">\\s+<");
  private static final int WORTH_SHARING = 40;

  private final Map<String, Integer> uses = new HashMap<>();
  private final Map<String, String> shared = new LinkedHashMap<>();

  private SvgDocument() {}

  /** The same picture in fewer bytes, with a title for readers that cannot see it. */
  static String compact(String svg, String title) {
    return new SvgDocument().rewrite(svg, title);
  }

  private String rewrite(String svg, String title) {
    String text = INDENT.matcher(DOCTYPE.matcher(svg).replaceFirst("")).replaceAll("><");
    for (Matcher path = PATH.matcher(text); path.find(); ) {
      SvgOutline.of(path.group(1)).forEach(o -> uses.merge(o.relative(), 1, Integer::sum));
    }
    text = PATH.matcher(text).replaceAll(path -> Matcher.quoteReplacement(path(path)));
    text = LINES.matcher(text).replaceAll(lines -> Matcher.quoteReplacement(polylines(lines)));
    text = LONG_NUMBER.matcher(text).replaceAll(n -> SvgOutline.round(n.group()));
    text = constantClips(text);
    String head = titleElement(title) + definitions();
    return START.matcher(text).replaceFirst(s -> Matcher.quoteReplacement(s.group() + head));
  }

  private String path(MatchResult path) {
    StringBuilder own = new StringBuilder();
    StringBuilder references = new StringBuilder();
    for (SvgOutline outline : SvgOutline.of(path.group(1))) {
      String relative = outline.relative();
      if (uses.get(relative) > 1 && relative.length() > WORTH_SHARING) {
        String id = shared.computeIfAbsent(relative, r -> "g" + shared.size());
        references.append(outline.use(id));
      } else {
        own.append(outline.absoluteStart()).append(relative);
      }
    }
    String style = path.group(2);
    return (own.length() == 0 ? "" : "<path d=\"" + own + "\" style=\"" + style + "\"/>")
        + (references.length() == 0 ? "" : "<g style=\"" + style + "\">" + references + "</g>");
  }

  private String definitions() {
    StringBuilder out = new StringBuilder("<defs>");
    shared.forEach(
        (outline, id) ->
            out.append("<path id=\"")
                .append(id)
                .append("\" d=\"m0 0")
                .append(outline)
                .append("\"/>"));
    return out.append("</defs>").toString();
  }

  /** Lines of one style that each begin where the one before ended become one. */
  private static String polylines(MatchResult lines) {
    List<StringBuilder> joined = new ArrayList<>();
    String end = "";
    for (Matcher line = LINE.matcher(lines.group()); line.find(); ) {
      String from = line.group(1) + "," + line.group(3);
      if (!from.equals(end)) {
        joined.add(new StringBuilder(from));
      }
      end = line.group(2) + "," + line.group(4);
      joined.get(joined.size() - 1).append(' ').append(end);
    }
    StringBuilder out = new StringBuilder();
    for (StringBuilder points : joined) {
      out.append("<polyline style=\"").append(lines.group(1)).append("\" points=\"");
      out.append(points).append("\"/>");
    }
    return out.toString();
  }

  private static String titleElement(String title) {
    return "<title>" + title.replace("&", "&amp;").replace("<", "&lt;") + "</title>";
  }

  private static String constantClips(String text) {
    Map<String, String> names = new HashMap<>();
    return CLIP.matcher(text)
        .replaceAll(clip -> names.computeIfAbsent(clip.group(), c -> "clip" + names.size()));
  }
}
