// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a fork measures, as opposed to what: handed from the launcher to the forked JVM as system
 * properties, so that JMH's parameters, which name a row, hold no paths. On the plain JMH jar the
 * same properties are given by {@code -jvmArgsAppend}.
 *
 * @param source {@code p2pbench.source}: file or block device to fill from; empty: a fresh file
 * @param target {@code p2pbench.target}: existing scratch file or block device to drain to; empty:
 *     a fresh file
 * @param dir {@code p2pbench.dir}: where fresh files go
 * @param cmb {@code p2pbench.cmb}: names the CMB's controller; empty: the one behind the target
 * @param destroy {@code p2pbench.destroy}: the block device that may be overwritten
 * @param destroySignature {@code p2pbench.destroy.signature}: what libblkid finds there
 * @param spanBytes {@code p2pbench.span}: bytes of source and target that are used
 * @param record {@code p2pbench.fork.record}: where the fork reports proofs and failures
 * @param hlog {@code p2pbench.fork.hlog}: where the fork writes its histograms
 * @param ioTimeout {@code p2pbench.io.timeout.ms}: an I/O that takes longer never completes
 */
public record ForkSettings(
    Optional<Path> source,
    Optional<Path> target,
    Path dir,
    Optional<String> cmb,
    Optional<String> destroy,
    Optional<String> destroySignature,
    long spanBytes,
    Optional<Path> record,
    Optional<Path> hlog,
    Duration ioTimeout) {

  /** Size of source and target where nothing else is said, in bytes. */
  public static final long DEFAULT_SPAN_BYTES = 128L << 20;

  /** How long an I/O may take where nothing else is said. */
  public static final Duration DEFAULT_IO_TIMEOUT = Duration.ofSeconds(30);

  private static final String PREFIX = "p2pbench.";

  /** Settings for fresh files of so many bytes below a directory. */
  public static ForkSettings freshBelow(Path dir, long spanBytes) {
    return new ForkSettings(
        Optional.empty(),
        Optional.empty(),
        dir,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        spanBytes,
        Optional.empty(),
        Optional.empty(),
        DEFAULT_IO_TIMEOUT);
  }

  /** The settings of this JVM. */
  public static ForkSettings ofThisFork() {
    return new ForkSettings(
        text("source").map(Path::of),
        text("target").map(Path::of),
        Path.of(text("dir").orElse(".")),
        text("cmb"),
        text("destroy"),
        text("destroy.signature"),
        Long.getLong(PREFIX + "span", DEFAULT_SPAN_BYTES),
        text("fork.record").map(Path::of),
        text("fork.hlog").map(Path::of),
        Duration.ofMillis(Long.getLong(PREFIX + "io.timeout.ms", DEFAULT_IO_TIMEOUT.toMillis())));
  }

  private static Optional<String> text(String name) {
    return Optional.ofNullable(System.getProperty(PREFIX + name)).filter(s -> !s.isBlank());
  }

  /** The same settings as arguments of a forked JVM. */
  public List<String> jvmArguments() {
    List<String> arguments = new ArrayList<>();
    source.ifPresent(p -> arguments.add(argument("source", p)));
    target.ifPresent(p -> arguments.add(argument("target", p)));
    arguments.add(argument("dir", dir));
    cmb.ifPresent(c -> arguments.add(argument("cmb", c)));
    destroy.ifPresent(d -> arguments.add(argument("destroy", d)));
    destroySignature.ifPresent(s -> arguments.add(argument("destroy.signature", s)));
    arguments.add(argument("span", spanBytes));
    record.ifPresent(p -> arguments.add(argument("fork.record", p)));
    hlog.ifPresent(p -> arguments.add(argument("fork.hlog", p)));
    arguments.add(argument("io.timeout.ms", ioTimeout.toMillis()));
    return arguments;
  }

  private static String argument(String name, Object value) {
    return "-D" + PREFIX + name + "=" + value;
  }

  /** The same places with other files to report to. */
  public ForkSettings reportingTo(Path recordFile, Path hlogFile) {
    return new ForkSettings(
        source,
        target,
        dir,
        cmb,
        destroy,
        destroySignature,
        spanBytes,
        Optional.of(recordFile),
        Optional.ofNullable(hlogFile),
        ioTimeout);
  }

  /** The same settings with other ends. */
  public ForkSettings between(Optional<Path> from, Path to) {
    return new ForkSettings(
        from,
        Optional.of(to),
        dir,
        cmb,
        destroy,
        destroySignature,
        spanBytes,
        record,
        hlog,
        ioTimeout);
  }

  /** The same settings with so many bytes of source and target in use. */
  public ForkSettings spanning(long bytes) {
    return new ForkSettings(
        source, target, dir, cmb, destroy, destroySignature, bytes, record, hlog, ioTimeout);
  }

  /** The same settings with fresh files in another directory. */
  public ForkSettings freshIn(Path other) {
    return new ForkSettings(
        source,
        Optional.empty(),
        other,
        cmb,
        Optional.empty(),
        Optional.empty(),
        spanBytes,
        record,
        hlog,
        ioTimeout);
  }

  /** The same settings where a target not yet made is taken for the directory that it goes to. */
  public ForkSettings orWhereFreshFilesGo() {
    return target.isPresent() ? this : between(source, dir);
  }
}
