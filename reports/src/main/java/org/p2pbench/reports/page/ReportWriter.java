// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a report into a run directory: {@code summary.md}, {@code report/index.html} and {@code
 * report/charts/}.
 */
public final class ReportWriter {
  private final PageWriter pages = new PageWriter();

  /**
   * Renders and writes.
   *
   * @return what the report has to do without, whole sentences
   * @throws IOException where a file cannot be written; its message names the file
   */
  public List<String> write(Report report, Path runDirectory) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    PageWriter.Page page = page(report);
    pages.render(page).forEach((name, content) -> files.put("report/" + name, content));
    files.put("summary.md", MarkdownSummary.of(report).getBytes(StandardCharsets.UTF_8));
    PageWriter.write(files, runDirectory);
    return page.notes(files.keySet());
  }

  private static PageWriter.Page page(Report report) {
    return new PageWriter.Page("page.ftlh", Map.of("report", report), report.sections());
  }
}
