// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.p2pbench.safety.BlockWriter;
import org.p2pbench.safety.ScratchException;
import org.p2pbench.safety.ScratchFiles;

/**
 * The ends of a run, with fresh files in place of those that nobody named: made by {@link #make},
 * removed by {@link #close}. Used by one thread.
 */
public final class FreshEnds implements AutoCloseable {

  private static final BlockWriter CONTENT = BlockWriter.constant((byte) 0x11);

  private final List<ScratchFiles> made = new ArrayList<>();
  private final ForkSettings wanted;
  private final boolean needsSource;
  private ForkSettings ends;

  private FreshEnds(ForkSettings wanted, boolean needsSource) {
    this.wanted = wanted;
    this.needsSource = needsSource && wanted.sources().isEmpty();
  }

  /**
   * Makes what is missing.
   *
   * @param wanted a target that is a directory gets a fresh file there; no target at all, and no
   *     source, one below the settings' directory
   * @param withSource whether there has to be a source
   * @throws RigException where there is no room or no permission; nothing is left then
   */
  public static FreshEnds make(ForkSettings wanted, boolean withSource) {
    FreshEnds fresh = new FreshEnds(wanted, withSource);
    try {
      fresh.make();
      return fresh;
    } catch (ScratchException e) {
      fresh.close();
      throw new RigException(RigException.Kind.BAD_INPUT, e.getMessage(), e);
    } catch (RuntimeException e) {
      fresh.close();
      throw e;
    }
  }

  /** Bytes that {@link #make} would write. */
  public static long bytes(ForkSettings wanted, boolean withSource) {
    long files = targets(wanted).stream().filter(Files::isDirectory).count();
    return wanted.spanBytes() * (files + (withSource && wanted.sources().isEmpty() ? 1 : 0));
  }

  /** The settings with every end that there has to be. */
  public ForkSettings ends() {
    return ends;
  }

  private static List<Path> targets(ForkSettings wanted) {
    return wanted.targets().isEmpty() ? List.of(wanted.dir()) : wanted.targets();
  }

  private void make() {
    List<Path> sources = new ArrayList<>(wanted.sources());
    List<Path> targets = new ArrayList<>();
    for (Path target : targets(wanted)) {
      if (!Files.isDirectory(target)) {
        targets.add(target);
        continue;
      }
      boolean source = needsSource && sources.isEmpty() && target.equals(wanted.dir());
      ScratchFiles files = create(target, source, true);
      files.source().ifPresent(sources::add);
      targets.add(files.target().orElseThrow());
    }
    if (needsSource && sources.isEmpty()) {
      sources.add(create(wanted.dir(), true, false).source().orElseThrow());
    }
    ends = wanted.between(sources, targets);
  }

  private ScratchFiles create(Path dir, boolean source, boolean target) {
    ScratchFiles.sweep(dir);
    long bytes = wanted.spanBytes();
    ScratchFiles files =
        ScratchFiles.create(dir, source ? bytes : 0, target ? bytes : 0, CONTENT, CONTENT);
    made.add(files);
    return files;
  }

  @Override
  public void close() {
    made.forEach(ScratchFiles::close);
  }
}
