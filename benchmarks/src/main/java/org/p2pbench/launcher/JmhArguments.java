// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.util.Optional;

/**
 * What a user hands to JMH after {@code --}: how long and in which JVM a fork measures. What is
 * measured and how often is the plan's business, so JMH's options for that are refused with the
 * name of ours. Immutable.
 */
final class JmhArguments {

  private final CommandLineOptions options;

  private final List<String> jvmArguments;

  private JmhArguments(CommandLineOptions options, List<String> jvmArguments) {
    this.options = options;
    this.jvmArguments = jvmArguments;
  }

  /** None at all. */
  static JmhArguments none() {
    return parse(List.of());
  }

  /**
   * Reads what stands after {@code --}.
   *
   * @throws CommandFailure 2: JMH does not know it, or it would change what the plan says
   */
  static JmhArguments parse(List<String> arguments) {
    CommandLineOptions options;
    try {
      options = new CommandLineOptions(arguments.toArray(String[]::new));
    } catch (CommandLineOptionException e) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "JMH does not take what stands after --: %s; java -jar benchmarks.jar -h lists its options"
              .formatted(e.getMessage()));
    }
    refuseWhatThePlanSays(options, arguments);
    return new JmhArguments(options, List.of());
  }

  private static void refuseWhatThePlanSays(CommandLineOptions given, List<String> arguments) {
    ofThePlan(given, arguments)
        .forEach(
            (option, instead) -> {
              throw new CommandFailure(
                  CommandFailure.BAD_INPUT,
                  "after -- JMH's %s has no place in a run, whose plan decides that: %s"
                      .formatted(option, instead));
            });
  }

  /** The options given that would change what is measured, each with what to use instead. */
  private static Map<String, String> ofThePlan(CommandLineOptions given, List<String> arguments) {
    String plain = "use java -jar benchmarks/target/benchmarks.jar, the plain JMH jar";
    Map<String, String> refused = new LinkedHashMap<>();
    note(refused, given.getForkCount().hasValue(), "-f", "use --rounds before --");
    note(refused, given.getWarmupForkCount().hasValue(), "-wf", "leave it out");
    note(refused, given.getThreads().hasValue(), "-t", "use --threads before --");
    note(refused, given.getThreadGroups().hasValue(), "-tg", "use --threads before --");
    note(refused, !given.getBenchModes().isEmpty(), "-bm", plain);
    note(refused, given.getTimeUnit().hasValue(), "-tu", plain);
    note(refused, given.getOperationsPerInvocation().hasValue(), "-opi", "leave it out");
    note(refused, given.getMeasurementBatchSize().hasValue(), "-bs", "leave it out");
    note(refused, given.getWarmupBatchSize().hasValue(), "-wbs", "leave it out");
    note(refused, given.getWarmupMode().hasValue(), "-wm", "leave it out");
    note(refused, !given.getWarmupIncludes().isEmpty(), "-wmb", "leave it out");
    String words = "use --memory, --pinning, --engine, --size and the like before --";
    note(refused, arguments.contains("-p"), "-p", words);
    note(refused, !given.getExcludes().isEmpty(), "-e", words);
    given.getIncludes().forEach(name -> refused.put("benchmark name '" + name + "'", words));
    note(refused, given.getOutput().hasValue(), "-o", "jmh.log of the run directory has it");
    note(refused, given.getResult().hasValue(), "-rff", "jmh.json of the run directory has it");
    note(refused, given.getResultFormat().hasValue(), "-rf", "jmh.json is JMH's own JSON");
    note(refused, given.verbosity().hasValue(), "-v", "leave it out");
    note(refused, given.shouldHelp(), "-h", plain);
    boolean lists =
        given.shouldList()
            || given.shouldListWithParams()
            || given.shouldListProfilers()
            || given.shouldListResultFormats();
    note(refused, lists, "list (-l, -lp, -lprof, -lrf)", plain);
    return refused;
  }

  private static void note(
      Map<String, String> refused, boolean given, String option, String instead) {
    if (given) {
      refused.put(option, instead);
    }
  }

  /** The same for forks whose JVM, if it is ours, is told this too. */
  JmhArguments with(List<String> ownJvmArguments) {
    return options.getJvm().hasValue() ? this : new JmhArguments(options, ownJvmArguments);
  }

  /**
   * Options of one fork: the user's, and for what they leave open the profile's times.
   *
   * @param moreWarmUps warm-up iterations beside those
   * @param needed JVM arguments that the fork cannot do without; the user's own stand before them
   */
  ChainedOptionsBuilder of(Profile.Timing timing, int moreWarmUps, List<String> needed) {
    List<String> appended = new ArrayList<>(options.getJvmArgsAppend().orElse(List.of()));
    appended.addAll(jvmArguments);
    appended.addAll(needed);
    return new OptionsBuilder()
        .parent(options)
        .warmupIterations(options.getWarmupIterations().orElse(timing.warmups()) + moreWarmUps)
        .warmupTime(options.getWarmupTime().orElse(time(timing.warmup())))
        .measurementIterations(options.getMeasurementIterations().orElse(timing.iterations()))
        .measurementTime(options.getMeasurementTime().orElse(time(timing.iteration())))
        .jvmArgsAppend(appended.toArray(String[]::new));
  }

  /** Time that a fork spends in its iterations. */
  Duration ofFork(Profile.Timing timing) {
    return inAll(
            options.getWarmupIterations().orElse(timing.warmups()),
            options.getWarmupTime(),
            timing.warmup())
        .plus(
            inAll(
                options.getMeasurementIterations().orElse(timing.iterations()),
                options.getMeasurementTime(),
                timing.iteration()));
  }

  private static Duration inAll(int iterations, Optional<TimeValue> given, Duration otherwise) {
    long eachNs = given.orElse(time(otherwise)).convertTo(TimeUnit.NANOSECONDS);
    return Duration.ofNanos(eachNs).multipliedBy(iterations);
  }

  private static TimeValue time(Duration duration) {
    return TimeValue.milliseconds(duration.toMillis());
  }
}
