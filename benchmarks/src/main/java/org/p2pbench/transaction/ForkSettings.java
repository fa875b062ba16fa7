// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.p2pbench.safety.Consent;

/**
 * Where a fork measures, as opposed to what: handed from the launcher to the forked JVM as system
 * properties, so that JMH's parameters, which name a row, hold no paths. On the plain JMH jar the
 * same properties are given by {@code -jvmArgsAppend}.
 *
 * @param sources {@code p2pbench.source}, {@code p2pbench.source.2}...: files or block devices to
 *     fill from, on which threads take turns; empty: a fresh file
 * @param targets {@code p2pbench.target}, {@code p2pbench.target.2}...: existing scratch files or
 *     block devices to drain to, likewise; empty: a fresh file. In the launcher, until they are
 *     made, a directory stands for a fresh file in it
 * @param dir {@code p2pbench.dir}: where fresh files go
 * @param cmb {@code p2pbench.cmb}: names the CMB's controller; empty: the one behind the target
 * @param consents {@code p2pbench.destroy}, {@code p2pbench.destroy.2}...: the block devices that
 *     may be overwritten, {@code p2pbench.destroy.signature...}: what libblkid finds there, and
 *     {@code p2pbench.destroy.identity...}: what the device was when the run began
 * @param spanBytes {@code p2pbench.span}: bytes of source and target that are used
 * @param record {@code p2pbench.fork.record}: where the fork reports proofs and failures
 * @param hlog {@code p2pbench.fork.hlog}: where the fork writes its histograms
 * @param ioTimeout {@code p2pbench.io.timeout.ms}: an I/O that takes longer never completes
 */
public record ForkSettings(
    List<Path> sources,
    List<Path> targets,
    Path dir,
    Optional<String> cmb,
    List<Consent> consents,
    long spanBytes,
    Optional<Path> record,
    Optional<Path> hlog,
    Duration ioTimeout) {

  /** Copies the lists. */
  public ForkSettings {
    sources = List.copyOf(sources);
    targets = List.copyOf(targets);
    consents = List.copyOf(consents);
  }

  /** Size of source and target where nothing else is said, in bytes. */
  public static final long DEFAULT_SPAN_BYTES = 128L << 20;

  /** How long an I/O may take where nothing else is said. */
  public static final Duration DEFAULT_IO_TIMEOUT = Duration.ofSeconds(30);

  private static final String PREFIX = "p2pbench.";

  /** Settings for fresh files of so many bytes below a directory. */
  public static ForkSettings freshBelow(Path dir, long spanBytes) {
    return new ForkSettings(
        List.of(),
        List.of(),
        dir,
        Optional.empty(),
        List.of(),
        spanBytes,
        Optional.empty(),
        Optional.empty(),
        DEFAULT_IO_TIMEOUT);
  }

  /** The settings of this JVM. */
  public static ForkSettings ofThisFork() {
    return new ForkSettings(
        numbered("source").stream().map(Path::of).toList(),
        numbered("target").stream().map(Path::of).toList(),
        Path.of(text("dir").orElse(".")),
        text("cmb"),
        consentsOfThisFork(),
        Long.getLong(PREFIX + "span", DEFAULT_SPAN_BYTES),
        text("fork.record").map(Path::of),
        text("fork.hlog").map(Path::of),
        Duration.ofMillis(Long.getLong(PREFIX + "io.timeout.ms", DEFAULT_IO_TIMEOUT.toMillis())));
  }

  /** NAME, NAME.2, NAME.3 and so on, as far as they go: a path may hold any separator. */
  private static List<String> numbered(String name) {
    List<String> values = new ArrayList<>();
    for (Optional<String> value = text(name);
        value.isPresent();
        value = text(name + suffix(values.size()))) {
      values.add(value.get());
    }
    return values;
  }

  private static List<Consent> consentsOfThisFork() {
    List<Consent> consents = new ArrayList<>();
    while (true) {
      String suffix = suffix(consents.size());
      List<Consent> next = Consent.of(text("destroy" + suffix), text("destroy.signature" + suffix));
      if (next.isEmpty()) {
        return consents;
      }
      Optional<String> identity = text("destroy.identity" + suffix);
      next.forEach(c -> consents.add(new Consent(c.device(), c.signature(), identity)));
    }
  }

  private static String suffix(int index) {
    return index == 0 ? "" : "." + (index + 1);
  }

  private static Optional<String> text(String name) {
    return Optional.ofNullable(System.getProperty(PREFIX + name)).filter(s -> !s.isBlank());
  }

  /** The same settings as arguments of a forked JVM. */
  public List<String> jvmArguments() {
    List<String> arguments = new ArrayList<>();
    add(arguments, "source", sources);
    add(arguments, "target", targets);
    arguments.add(argument("dir", dir));
    cmb.ifPresent(c -> arguments.add(argument("cmb", c)));
    for (int i = 0; i < consents.size(); i++) {
      String suffix = suffix(i);
      Consent consent = consents.get(i);
      consent.device().ifPresent(d -> arguments.add(argument("destroy" + suffix, d)));
      consent.signature().ifPresent(s -> arguments.add(argument("destroy.signature" + suffix, s)));
      consent.identity().ifPresent(d -> arguments.add(argument("destroy.identity" + suffix, d)));
    }
    arguments.add(argument("span", spanBytes));
    record.ifPresent(p -> arguments.add(argument("fork.record", p)));
    hlog.ifPresent(p -> arguments.add(argument("fork.hlog", p)));
    arguments.add(argument("io.timeout.ms", ioTimeout.toMillis()));
    return arguments;
  }

  private static void add(List<String> arguments, String name, List<Path> paths) {
    for (int i = 0; i < paths.size(); i++) {
      arguments.add(argument(name + suffix(i), paths.get(i)));
    }
  }

  private static String argument(String name, Object value) {
    return "-D" + PREFIX + name + "=" + value;
  }

  /** The same places with other files to report to. */
  public ForkSettings reportingTo(Path recordFile, Path hlogFile) {
    return new ForkSettings(
        sources,
        targets,
        dir,
        cmb,
        consents,
        spanBytes,
        Optional.of(recordFile),
        Optional.ofNullable(hlogFile),
        ioTimeout);
  }

  /** The same settings with other ends. */
  public ForkSettings between(List<Path> from, List<Path> to) {
    return new ForkSettings(from, to, dir, cmb, consents, spanBytes, record, hlog, ioTimeout);
  }

  /** The same settings with so many bytes of source and target in use. */
  public ForkSettings spanning(long bytes) {
    return new ForkSettings(sources, targets, dir, cmb, consents, bytes, record, hlog, ioTimeout);
  }

  /** The same settings where ends not yet made are taken for the directory that they go to. */
  public ForkSettings orWhereFreshFilesGo() {
    return between(
        sources.isEmpty() ? List.of(dir) : sources, targets.isEmpty() ? List.of(dir) : targets);
  }
}
