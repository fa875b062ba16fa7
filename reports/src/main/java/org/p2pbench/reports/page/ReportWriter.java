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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartRenderer;
import org.p2pbench.reports.charts.Theme;

/**
 * Writes a report into a run directory: {@code summary.md}, {@code report/index.html} and {@code
 * report/charts/}. Everything is rendered before the first file is touched, and each file replaces
 * its predecessor in one step, so that a failure leaves the older report whole.
 */
public final class ReportWriter {
  private static final String CHARTS = "report/charts/";
  private static final String NO_CHARTS =
      "Charts could not be drawn: the JVM finds no fonts. Install them (Debian: apt-get install"
          + " fontconfig fonts-dejavu-core), then render again.";

  private final ChartRenderer renderer = new ChartRenderer();
  private final Configuration templates = templates();

  private static Configuration templates() {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setClassForTemplateLoading(ReportWriter.class, "");
    configuration.setDefaultEncoding("UTF-8");
    configuration.setLocale(Locale.ROOT);
    configuration.setOutputFormat(HTMLOutputFormat.INSTANCE);
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    return configuration;
  }

  /**
   * Renders and writes.
   *
   * @return what the report has to do without, whole sentences
   * @throws IOException where a file cannot be written; its message names the file
   */
  public List<String> write(Report report, Path runDirectory) throws IOException {
    Map<String, byte[]> files = render(report);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      replace(runDirectory.resolve(file.getKey()), file.getValue());
    }
    boolean charts = files.keySet().stream().anyMatch(name -> name.startsWith(CHARTS));
    return charts || charts(report).isEmpty() ? List.of() : List.of(NO_CHARTS);
  }

  /** Every file of the report by its path in the run directory. */
  Map<String, byte[]> render(Report report) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Map<String, Map<String, String>> pictures = new LinkedHashMap<>();
    try {
      for (Chart chart : charts(report)) {
        String light = renderer.svg(chart, Theme.LIGHT);
        pictures.put(
            chart.id(),
            Map.of("light", base64(light), "dark", base64(renderer.svg(chart, Theme.DARK))));
        files.put(CHARTS + chart.id() + ".svg", bytes(light));
        files.put(CHARTS + chart.id() + ".png", renderer.png(chart, Theme.LIGHT));
      }
    } catch (InternalError | LinkageError e) {
      // What the JDK throws where the machine has no fonts: the figures are worth more than that.
      pictures.clear();
      files.clear();
    }
    files.put("report/index.html", bytes(page(report, pictures)));
    files.put("summary.md", bytes(MarkdownSummary.of(report)));
    return files;
  }

  private static List<Chart> charts(Report report) {
    return report.sections().stream()
        .flatMap(section -> section.blocks().stream())
        .filter(Block.Figure.class::isInstance)
        .map(block -> ((Block.Figure) block).chart())
        .toList();
  }

  private String page(Report report, Map<String, Map<String, String>> pictures) {
    StringWriter out = new StringWriter();
    try {
      templates
          .getTemplate("page.ftlh")
          .process(Map.of("report", report, "pictures", pictures, "noCharts", NO_CHARTS), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TemplateException e) {
      throw new IllegalStateException(e);
    }
    return out.toString();
  }

  private static void replace(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.write(fresh, content);
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
