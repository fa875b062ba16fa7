// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import freemarker.core.HTMLOutputFormat;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartRenderer;
import org.p2pbench.reports.charts.Theme;
import org.p2pbench.reports.rundir.IoReason;

/**
 * Renders and writes pages that need no other file, and their charts one by one. Everything is
 * rendered before the first file is touched, and each file replaces its predecessor in one step, so
 * that a failure leaves the older page whole.
 */
public final class PageWriter {
  private static final String NO_CHARTS =
      "Charts could not be drawn: the JVM finds no fonts. Install them (Debian: apt-get install"
          + " fontconfig fonts-dejavu-core), then render again.";

  private final ChartRenderer renderer = new ChartRenderer();
  private final Configuration templates = templates();

  /**
   * A page.
   *
   * @param template in this package
   * @param model what the template asks for, beside charts
   * @param sections whose charts are drawn
   */
  public record Page(String template, Map<String, Object> model, List<Section> sections) {

    /** Its charts. */
    List<Chart> charts() {
      return sections.stream()
          .flatMap(section -> section.blocks().stream())
          .filter(Block.Figure.class::isInstance)
          .map(block -> ((Block.Figure) block).chart())
          .toList();
    }

    /**
     * What the page has to do without, whole sentences.
     *
     * @param files that were rendered
     */
    public List<String> notes(Set<String> files) {
      boolean drawn = files.stream().anyMatch(name -> name.endsWith(".png"));
      return drawn || charts().isEmpty() ? List.of() : List.of(NO_CHARTS);
    }
  }

  private static Configuration templates() {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setClassForTemplateLoading(PageWriter.class, "");
    configuration.setDefaultEncoding("UTF-8");
    configuration.setLocale(Locale.ROOT);
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    return configuration;
  }

  /** Every file of the page by its path: {@code index.html}, and {@code charts/}. */
  public Map<String, byte[]> render(Page page) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Map<String, Map<String, String>> pictures = new LinkedHashMap<>();
    try {
      for (Chart chart : page.charts()) {
        String light = renderer.svg(chart, Theme.LIGHT);
        pictures.put(
            chart.id(),
            Map.of(
                "light",
                base64(light),
                "dark",
                base64(renderer.svg(chart, Theme.DARK)),
                "width",
                String.valueOf(ChartRenderer.width(chart))));
        files.put("charts/" + chart.id() + ".svg", bytes(light));
        files.put("charts/" + chart.id() + ".png", renderer.png(chart, Theme.LIGHT));
      }
    } catch (InternalError | LinkageError e) {
      // What the JDK throws where the machine has no fonts: the figures are worth more than that.
      pictures.clear();
      files.clear();
    }
    files.put("index.html", bytes(html(page, pictures)));
    return files;
  }

  private String html(Page page, Map<String, Map<String, String>> pictures) {
    Map<String, Object> model = new HashMap<>(page.model());
    model.put("pictures", pictures);
    model.put("noCharts", NO_CHARTS);
    StringWriter out = new StringWriter();
    try {
      templates.getTemplate(page.template()).process(model, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TemplateException e) {
      throw new IllegalStateException(e);
    }
    return out.toString();
  }

  /**
   * Writes files by their paths in a directory.
   *
   * @throws IOException where a file cannot be written; it names the file
   */
  public static void write(Map<String, byte[]> files, Path directory) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      replace(directory.resolve(file.getKey()), file.getValue());
    }
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(fresh, content);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw IoReason.at(file, e);
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
