// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.Stage;

class CalibrateCommandTest {
  private static final String AGAIN = "Run calibrate again, or leave --noise-floor out.\n";

  @TempDir private Path dir;
  private final ComparisonCommands commands = new ComparisonCommands();

  @Test
  void recordsTheFloorOfEachMetricThatScattersAndIsMeasurable() throws Exception {
    Path root = calibration(0);

    assertThat(commands.run("calibrate", root)).isZero();

    JsonNode file = new ObjectMapper().readTree(root.resolve("noise-floor.json").toFile());
    assertThat(file.get("format").asText()).isEqualTo("p2pbench-noise-floor");
    assertThat(file.get("version").asInt()).isEqualTo(2);
    assertThat(file.get("forks").asInt()).isEqualTo(10);
    assertThat(file.get("machine").asText()).matches("[0-9a-f]{12}");
    assertThat(file.get("floors").findValuesAsText("metric"))
        .contains("throughput", "drain-p50")
        .doesNotContain("pins-per-transaction", "drain-p99");
    JsonNode first = file.get("floors").get(0);
    assertThat(first.get("row").asText()).startsWith("transfer-");
    assertThat(first.get("benchmark").asText()).isEqualTo("transfer");
    assertThat(first.get("parameters").get("blockBytes").asLong()).isEqualTo(4096);
    assertThat(first.get("parameters").has("mechanism")).as("one that it does not have").isFalse();
    assertThat(first.get("floor").asDouble()).isBetween(0.005, 0.05);
    assertThat(first.get("visible").asDouble()).isBetween(0.005, 0.05);
    assertThat(commands.err()).isEmpty();
    List<String> lines = commands.out().lines().toList();
    assertThat(lines.get(0)).matches("row +metric +noise floor  smallest change that is seen");
    assertThat(lines.get(1)).matches("transfer-\\S+ +\\S+ +[0-9.]+ % +[0-9.]+ %");
    assertThat(commands.out())
        .endsWith(
            "Comparisons of 10 forks with 10 of the same: 95 % stay below the floor; what is seen"
                + " is seen in 80 %.\nnoise floor "
                + root.resolve("noise-floor.json")
                + "\n");
  }

  @Test
  void aChangeWithinTheNoiseFloorIsNoRegressionToTheGate() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 10);
    Path after = ComparisonCommands.slowerDrain(dir.resolve("after"), 2, 10);

    assertThat(commands.run("gate", "--noise-floor", floor(0), before, after)).isEqualTo(1);
    assertThat(commands.run("gate", "--noise-floor", floor(0.1), before, after)).isZero();
  }

  @Test
  void aChangeWithinTheNoiseFloorDoesNotAlertInATrend() throws Exception {
    Path store = dir.resolve("store");
    for (int run = 0; run < 24; run++) {
      assertThat(commands.run("history", "add", stored(run), "--store", store)).isZero();
    }
    Object[] trend = {"trend", "--store", store, "--metric", "throughput", "--fail-on-alert"};

    assertThat(commands.run(with(trend, floor(0)))).isEqualTo(1);
    assertThat(commands.out()).contains("\nalert  transfer 4 KiB, ");
    assertThat(commands.run(with(trend, floor(0.1)))).as(commands.out()).isZero();
    assertThat(commands.out()).contains("\nworse, small  transfer 4 KiB, ");
  }

  @Test
  void aNoiseFloorOfAnotherMachineIsRefused() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 10);
    Path after = ComparisonCommands.plain(dir.resolve("after"), 2, 10);
    Path store = dir.resolve("store");
    for (int run = 0; run < 8; run++) {
      commands.run("history", "add", stored(run), "--store", store);
    }
    Path other = edited("\"machine\" : \"[0-9a-f]{12}", "\"machine\" : \"00000000ffff");

    assertThat(commands.run("gate", "--noise-floor", other, before, after)).isEqualTo(3);
    assertThat(commands.err())
        .matches(
            "(?s)p2pbench: cannot judge: the runs were made on different machines.*\n"
                + "  machine of \\Q"
                + other
                + "\\E: 00000000ffff, then [0-9a-f]{12}\n");
    assertThat(commands.run("trend", "--noise-floor", other, "--store", store)).isEqualTo(3);
    assertThat(commands.err())
        .matches(
            "p2pbench: \\Q"
                + other
                + "\\E: recorded on machine 00000000ffff, and the runs of main are of [0-9a-f]{12}\\."
                + " Run calibrate on the machine of the runs, or leave this --noise-floor out\\.\n");
  }

  @Test
  void aFileOfAnEarlierVersionIsRefusedWithWhatToDo() throws Exception {
    Path old = edited("\"version\" : 2", "\"version\" : 1");

    assertThat(refused(old))
        .isEqualTo("\"version\" is 1, and this p2pbench reads version 2. " + AGAIN);
  }

  @Test
  void aDamagedFileIsOneLine() throws Exception {
    assertThat(refused(edited("\"floor\" : [0-9.E-]+", "\"floor\" : \"NaN\"")))
        .isEqualTo("floors[0]: floor is NaN, which is not a number from 0 up. " + AGAIN);
    assertThat(refused(edited("\"benchmark\" : \"transfer\",", "")))
        .isEqualTo("floors[0]: benchmark is missing. " + AGAIN);
    assertThat(refused(edited("(?s)\"floors\".*", "\"rows\" : [ ] }")))
        .isEqualTo("floors is missing. " + AGAIN);
    assertThat(refused(edited("(?s)\"parameters\".*", "")))
        .isEqualTo("the file is cut off here. " + AGAIN);
  }

  @Test
  void whatWasNotMeasuredIsOneLine() throws Exception {
    Path nowhere = dir.resolve("nowhere");

    assertThat(commands.run("calibrate", nowhere)).isEqualTo(2);

    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: "
                + nowhere.resolve("null/a")
                + ": there is no such directory. Give the directory that `run --out` wrote.\n");
  }

  /** What gate and trend say of a file, without its name and place. */
  private String refused(Path file) {
    assertThat(commands.run("gate", "--noise-floor", file, dir, dir)).isEqualTo(2);
    String gate = commands.err();
    assertThat(commands.run("trend", "--noise-floor", file, "--store", dir)).isEqualTo(2);
    assertThat(commands.err()).isEqualTo(gate).hasLineCount(1).startsWith("p2pbench: " + file);
    return gate.substring(("p2pbench: " + file).length())
        .replaceFirst("^(, line \\d+, column \\d+)?: ", "");
  }

  private Path edited(String pattern, String by) throws IOException {
    Path file = floor(0);
    return Files.writeString(file, Files.readString(file).replaceFirst(pattern, by));
  }

  private Path floor(double drift) throws IOException {
    Path root = calibration(drift);
    assertThat(commands.run("calibrate", root)).isZero();
    return root.resolve("noise-floor.json");
  }

  /** A against A, where a round is so much slower than the one before. */
  private Path calibration(double drift) throws IOException {
    Path root = dir.resolve("calibration-" + drift);
    for (String side : new String[] {"a", "b"}) {
      SampleRun run = ComparisonCommands.sample(side.charAt(0), 10).drift(drift).twins(4096);
      run.rowsFile().putObject("ab").put("id", "9f3c").put("side", side).put("stage", "null");
      run.write(root.resolve("null").resolve(side));
    }
    return root;
  }

  /** One of 24 runs, the last eight of which drain more slowly. */
  private Path stored(int number) throws IOException {
    SampleRun run = ComparisonCommands.sample(number, 3);
    ObjectNode environment = run.environment();
    environment.put("startedAt", "2026-01-31T%02d:00:00Z".formatted(number));
    return run.slower(Stage.DRAIN, number < 16 ? 0 : 0.2)
        .twins(4096)
        .write(dir.resolve("run-" + number));
  }

  private static Object[] with(Object[] command, Path floor) {
    Object[] longer = java.util.Arrays.copyOf(command, command.length + 2);
    longer[command.length] = "--noise-floor";
    longer[command.length + 1] = floor;
    return longer;
  }
}
