// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.p2pbench.reports.metrics.MeasuredRun;
import org.p2pbench.reports.metrics.RowValues;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.rundir.Environment;

/**
 * Runs as Apache Otava's CSV importer reads them: a line for each run with its time, its revision,
 * its machine, and the median over the forks of each row and metric. A value that there is not is
 * an empty field, which Otava leaves out.
 */
public final class OtavaCsv {
  private OtavaCsv() {}

  /** The file's text, one line for each run, in the order given. */
  public static String of(List<MeasuredRun> runs) {
    List<Map<String, Double>> values = runs.stream().map(OtavaCsv::values).toList();
    List<String> columns =
        values.stream().flatMap(v -> v.keySet().stream()).distinct().collect(Collectors.toList());
    StringBuilder out = new StringBuilder("time,commit,fingerprint");
    columns.forEach(column -> out.append(',').append(quoted(column)));
    out.append('\n');
    for (int i = 0; i < runs.size(); i++) {
      Environment environment = runs.get(i).run().environment();
      out.append(quoted(environment.startedAt())).append(',');
      out.append(
          quoted(environment.p2pbench() == null ? "unknown" : environment.p2pbench().revision()));
      out.append(',').append(runs.get(i).fingerprint().hash());
      for (String column : columns) {
        Double value = values.get(i).get(column);
        out.append(',').append(value == null ? "" : String.valueOf(value));
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static Map<String, Double> values(MeasuredRun run) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (RowValues row : run.rows().values()) {
      for (TrackedMetric metric : row.values().keySet()) {
        MetricChange.median(row.of(metric))
            .ifPresent(value -> values.put(row.row().id() + "." + metric.name(), value));
      }
    }
    return values;
  }

  private static String quoted(String text) {
    List<String> special = new ArrayList<>(List.of(",", "\"", "\n", "\r"));
    return special.stream().anyMatch(text::contains)
        ? "\"" + text.replace("\"", "\"\"") + "\""
        : text;
  }
}
