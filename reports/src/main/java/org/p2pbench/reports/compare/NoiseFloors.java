// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.PermutationSampler;
import org.p2pbench.reports.metrics.ForkValue;
import org.p2pbench.reports.metrics.MeasuredRun;
import org.p2pbench.reports.metrics.RowKey;
import org.p2pbench.reports.metrics.RowValues;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Judgement.Criteria;
import org.p2pbench.reports.regression.NoiseFloor;
import org.p2pbench.reports.regression.Seeds;
import org.p2pbench.reports.regression.Tails;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.JsonFile;
import org.p2pbench.reports.rundir.Members;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Row;

/**
 * What a machine shows where nothing has changed, for each row and metric; format {@code
 * p2pbench-noise-floor}, which run-directory.md describes. A row is known by its benchmark and
 * parameters, as in a history.
 *
 * @param machine hash of the machine's fingerprint
 * @param forks on each side of the comparisons that the floors are of
 * @param floors the greatest first
 */
public record NoiseFloors(String machine, int forks, List<Floor> floors) {
  private static final String FORMAT = "p2pbench-noise-floor";
  private static final int VERSION = 2;
  private static final int SPLITS = 1_000;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.USE_DEFAULTS))
          .build();

  /**
   * One metric of one row.
   *
   * @param row its id, for people
   * @param metric its name
   * @param floor relative change that 95 % of comparisons with itself stay below
   * @param visible smallest relative change that is found in 80 % of comparisons
   */
  public record Floor(
      String row,
      String benchmark,
      Parameters parameters,
      String metric,
      Double floor,
      Double visible) {

    /** Checks the members. */
    public Floor {
      Members.text(row, "row");
      Members.text(benchmark, "benchmark");
      Members.present(parameters, "parameters");
      Members.text(metric, "metric");
      Members.notNegative(Members.present(floor, "floor"), "floor");
      Members.notNegative(Members.present(visible, "visible"), "visible");
    }
  }

  /** Checks the members, and makes the list immutable. */
  public NoiseFloors {
    Members.text(machine, "machine");
    floors = List.copyOf(Members.present(floors, "floors"));
  }

  /**
   * Of a machine that measured a side against itself. All forks of a row are of one kind, so any
   * half of them may stand for the baseline: the floor is the 95 % quantile over many such splits.
   *
   * @param root what {@code calibrate --out} left
   */
  public static NoiseFloors of(Path root) throws BadRunDirectoryException {
    Path directory = root.resolve("null");
    MeasuredRun a = MeasuredRun.read(directory.resolve("a"));
    MeasuredRun b = MeasuredRun.read(directory.resolve("b"));
    List<Floor> floors = new ArrayList<>();
    int forks = 0;
    for (Map.Entry<RowKey, RowValues> row : a.rows().entrySet()) {
      RowValues other = b.rows().get(row.getKey());
      for (TrackedMetric metric : TrackedMetric.all()) {
        double[] values = logs(row.getValue(), other, metric);
        forks = Math.max(forks, values.length / 2);
        floor(row.getValue().row(), metric, values).ifPresent(floors::add);
      }
    }
    floors.sort(Comparator.comparingDouble(Floor::floor).reversed());
    return new NoiseFloors(a.fingerprint().hash(), forks, floors);
  }

  /** Logarithms of all forks; empty where the metric does not scatter or is not measurable. */
  private static double[] logs(RowValues a, RowValues b, TrackedMetric metric) {
    if (metric.kind() == TrackedMetric.Kind.EXACT || b == null) {
      return new double[0];
    }
    List<ForkValue> values = new ArrayList<>(a.values().getOrDefault(metric, List.of()));
    values.addAll(b.values().getOrDefault(metric, List.of()));
    long needed =
        metric.kind() == TrackedMetric.Kind.PERCENTILE
            ? Tails.samplesNeeded(metric.percentile())
            : 0;
    boolean measurable = values.stream().allMatch(v -> v.value() > 0 && v.samples() >= needed);
    return measurable
        ? values.stream().mapToDouble(v -> Math.log(v.value())).toArray()
        : new double[0];
  }

  private static Optional<Floor> floor(Row row, TrackedMetric metric, double[] logs) {
    if (logs.length < 2 * NoiseFloor.FEWEST) {
      return Optional.empty();
    }
    UniformRandomProvider random = Seeds.generator(Seeds.of(row.id(), metric.name()));
    int half = logs.length / 2;
    int[] order = PermutationSampler.natural(logs.length);
    double[] ratios = new double[SPLITS];
    for (int split = 0; split < SPLITS; split++) {
      PermutationSampler.shuffle(random, order);
      ratios[split] = Math.exp(mean(logs, order, half, logs.length) - mean(logs, order, 0, half));
    }
    OptionalDouble floor = NoiseFloor.of(ratios);
    return floor.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Floor(
                row.id(),
                row.benchmark(),
                row.parameters(),
                metric.name(),
                floor.getAsDouble(),
                NoiseFloor.smallestVisible(deviation(logs), half)));
  }

  private static double mean(double[] values, int[] order, int from, int to) {
    return IntStream.range(from, to).mapToDouble(i -> values[order[i]]).average().orElseThrow();
  }

  private static double deviation(double[] values) {
    double mean = DoubleStream.of(values).average().orElseThrow();
    double squares = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }

  /** Reads a file that {@link #json} made. */
  public static NoiseFloors read(Path file) throws BadRunDirectoryException {
    return new JsonFile(file, "Run calibrate again, or leave --noise-floor out.")
        .read(NoiseFloors.class, FORMAT, VERSION);
  }

  /** The file's text. */
  public String json() {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("format", FORMAT).put("version", VERSION);
    root.put("machine", machine).put("forks", forks);
    ArrayNode list = root.putArray("floors");
    for (Floor floor : floors) {
      ObjectNode node =
          list.addObject().put("row", floor.row()).put("benchmark", floor.benchmark());
      node.set("parameters", MAPPER.valueToTree(floor.parameters()));
      node.put("metric", floor.metric()).put("floor", floor.floor());
      node.put("visible", floor.visible());
    }
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same rules, which take no change for real that is below the floor. */
  public Rules over(Rules rules) {
    ToDoubleBiFunction<RowKey, TrackedMetric> byRow = byRow();
    return (row, metric) ->
        rules
            .criteria(row, metric)
            .map(
                criteria ->
                    new Criteria(
                        criteria.better(),
                        Math.max(
                            criteria.smallestChange(), byRow.applyAsDouble(RowKey.of(row), metric)),
                        criteria.alpha(),
                        criteria.strict()));
  }

  /** The floor of a row's metric; 0 for what was not calibrated. */
  public ToDoubleBiFunction<RowKey, TrackedMetric> byRow() {
    record Key(RowKey row, String metric) {}
    Map<Key, Double> found = new HashMap<>();
    floors.forEach(
        f ->
            found.merge(
                new Key(new RowKey(f.benchmark(), f.parameters()), f.metric()),
                f.floor(),
                Math::max));
    return (row, metric) -> found.getOrDefault(new Key(row, metric.name()), 0.0);
  }
}
