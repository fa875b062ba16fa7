// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.p2pbench.discovery.CmbChoice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.Place;
import org.p2pbench.doctor.Diagnosis;
import org.p2pbench.environment.BuildRevision;
import org.p2pbench.environment.EnvironmentProbe;
import org.p2pbench.environment.MachineClass;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.FreshEnds;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.PlaceResolver;
import org.p2pbench.transfer.NativeClock;

/**
 * A run that was checked: what is measured, where and how.
 *
 * @param request what the user asked for
 * @param plan the rows
 * @param settings of every fork; without all of their ends until there are fresh files
 * @param cmb the CMB to use, empty where none is needed and none is here
 * @param jmh the user's own JMH options
 * @param profilers that the user asked for
 * @param diagnosis what the doctor says of the path
 * @param resolver of places
 * @param stuck notices a device that does not answer
 */
record PreparedRun(
    RunRequest request,
    Plan plan,
    ForkSettings settings,
    Optional<CmbChoice> cmb,
    JmhArguments jmh,
    Profilers profilers,
    Diagnosis diagnosis,
    PlaceResolver resolver,
    Stuck stuck) {

  /** Kept before forks of another jar change the property. */
  static final String OWN_CLASS_PATH = System.getProperty("java.class.path");

  private static final int ABI = 1;

  /** A JVM that starts, proves the path and ends; half of it where nothing else runs. */
  private static final Duration AROUND_A_FORK = Duration.ofMillis(1200);

  /** Fresh files, an archive of classes, the report. */
  private static final Duration AROUND_THE_FORKS = Duration.ofSeconds(8);

  /** The same with other rows, or as many rounds of them as that plan says. */
  PreparedRun planning(Plan other) {
    return new PreparedRun(
        request, other, settings, cmb, jmh, profilers, diagnosis, resolver, stuck);
  }

  /** The same between the fresh files, for each end that the user did not name. */
  PreparedRun between(FreshEnds fresh) {
    return new PreparedRun(
        request, plan, fresh.ends(), cmb, jmh, profilers, diagnosis, resolver, stuck);
  }

  /** Makes the ends that the user did not name. */
  FreshEnds freshEnds() {
    return stuck.unlessWriting(
        FreshEnds.bytes(settings, true),
        "writing fresh files below '%s'".formatted(settings.dir()),
        () -> FreshEnds.make(settings, true));
  }

  /** What the results are called: emulated, lab or hardware, and why. */
  MachineClass.Decision machine() {
    List<Place> ends = new ArrayList<>(places(settings.sources()));
    ends.addAll(places(settings.targets()));
    return probe().machineClass(memories(), ends, cmb);
  }

  /**
   * Begins the run directory with all that is known before measuring.
   *
   * @param machine of {@link #machine}
   * @param ab which side of a comparison it holds, if it is one
   */
  RunDirectory begin(
      RunDirectory.Reservation reserved, MachineClass.Decision machine, Optional<AbSide> ab) {
    RunDirectory directory = RunDirectory.begin(reserved, plan, machine.machineClass().word(), ab);
    try {
      directory.diagnosis(diagnosis);
      directory.environment(environment());
      return directory;
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  private ObjectNode environment() {
    Set<String> memories = memories();
    return probe()
        .probe(
            new EnvironmentProbe.Run(
                request.commandLine(),
                memories,
                places(settings.sources()),
                places(settings.targets()),
                memories.contains(MemoryChoice.CMB.label()) ? cmb : Optional.empty(),
                ABI,
                NativeClock.source(),
                EnvironmentProbe.flagsOfThisJvm(),
                build()));
  }

  /** About how long all of it takes, from the first fork to the report. */
  Duration wallTime() {
    return plan.forks().stream()
        .map(fork -> jmh.ofFork(fork.row().timed(plan.timing())).plus(AROUND_A_FORK))
        .reduce(AROUND_THE_FORKS, Duration::plus);
  }

  /** What there is to do and about how long it takes, for people. */
  String estimate() {
    return String.format(
        Locale.ROOT,
        "%d rows, %d forks, about %s in all",
        plan.rows().size(),
        plan.forks().size(),
        WallTime.words(wallTime()));
  }

  private BuildRevision build() {
    if (request.jar().isEmpty()) {
      return BuildRevision.find();
    }
    Path jar = request.jar().get();
    try {
      return BuildRevision.inJar(jar);
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "'%s' is no jar that can be read (%s): name a benchmarks.jar"
              .formatted(jar, IoReason.of(e)));
    }
  }

  /** Where the JVMs that measure find their classes. */
  String classPath() {
    return request.jar().map(Path::toString).orElse(OWN_CLASS_PATH);
  }

  private Set<String> memories() {
    List<String> names = List.of("memory", "from", "to");
    return plan.rows().stream()
        .flatMap(r -> r.parameters().entrySet().stream())
        .filter(e -> names.contains(e.getKey()))
        .map(e -> e.getValue().toString())
        .collect(Collectors.toSet());
  }

  private EnvironmentProbe probe() {
    return EnvironmentProbe.ofThisMachine(discovery());
  }

  private DeviceDiscovery discovery() {
    return resolver.discovery();
  }

  private List<Place> places(List<Path> ends) {
    return ends.stream().map(discovery()::locate).toList();
  }
}
