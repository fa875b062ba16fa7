// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.p2pbench.discovery.CmbChoice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.Place;
import org.p2pbench.safety.BlockWriter;
import org.p2pbench.safety.ExclusiveOpen;
import org.p2pbench.safety.ScratchException;
import org.p2pbench.safety.ScratchFiles;
import org.p2pbench.safety.TargetGuard;
import org.p2pbench.safety.Verdict;
import org.p2pbench.transfer.Signature;

/**
 * Turns the names in {@link ForkSettings} into places that may be used: finds the CMB, asks the
 * guard, makes fresh files where none were named. Thread-safe.
 */
public final class PlaceResolver {

  private static final byte UNWRITTEN = 0x11;

  private final DeviceDiscovery discovery;
  private final TargetGuard guard;

  private PlaceResolver(DeviceDiscovery discovery, TargetGuard guard) {
    this.discovery = discovery;
    this.guard = guard;
  }

  /** The resolver of this machine. */
  public static PlaceResolver ofThisMachine() {
    DeviceDiscovery discovery = DeviceDiscovery.ofThisMachine();
    TargetGuard guard =
        new TargetGuard(
            discovery,
            Path.of("/sys"),
            Path.of("/proc"),
            PlaceResolver::signature,
            ExclusiveOpen.byKernel());
    return new PlaceResolver(discovery, guard);
  }

  private static String signature(Path device) throws IOException {
    try {
      return Signature.of(device);
    } catch (RuntimeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What the resolver looks with. */
  public DeviceDiscovery discovery() {
    return discovery;
  }

  /** Whether a target may be written. */
  public Verdict judge(ForkSettings settings) {
    String target = settings.target().map(Path::toString).orElse("");
    return guard.judge(
        new TargetGuard.Request(
            target,
            settings.destroy(),
            settings.destroySignature(),
            settings.source().map(Path::toString)));
  }

  /**
   * The allocate file where the memory is a CMB, else nothing.
   *
   * @throws org.p2pbench.discovery.DiscoveryException when there is no CMB, or it is unclear which
   */
  public Optional<Path> allocateFile(MemoryChoice memory, ForkSettings settings) {
    return memory == MemoryChoice.CMB
        ? Optional.of(chooseCmb(settings).cmb().allocateFile())
        : Optional.empty();
  }

  /** The CMB that the settings mean. */
  public CmbChoice chooseCmb(ForkSettings settings) {
    return discovery.chooseCmb(settings.cmb(), place(settings.target()), place(settings.source()));
  }

  private Optional<Place> place(Optional<Path> path) {
    return path.filter(Files::exists).map(discovery::locate);
  }

  /**
   * Resolves the places of one fork.
   *
   * @throws RigException where the target may not be written
   */
  TransferPlaces resolve(TransferSpec spec, ForkSettings settings) {
    if (settings.target().isEmpty()) {
      ScratchFiles fresh = freshFiles(settings, spec.fills() && settings.source().isEmpty(), true);
      Optional<Path> source = settings.source().or(fresh::source);
      return places(spec, settings.between(source, fresh.target().orElseThrow()), fresh);
    }
    checkTarget(settings);
    if (spec.fills() && settings.source().isEmpty()) {
      throw new RigException(
          RigException.Kind.BAD_INPUT,
          "a target without a source: name both, or neither for fresh files below --dir");
    }
    return places(spec, settings, () -> {});
  }

  /**
   * Makes fresh files below the settings' directory; the caller closes them.
   *
   * @param withSource whether a source is made
   * @param withTarget whether a target is made
   * @throws RigException where there is no room or no permission
   */
  public ScratchFiles freshFiles(ForkSettings settings, boolean withSource, boolean withTarget) {
    try {
      ScratchFiles.sweep(settings.dir());
      long bytes = settings.spanBytes();
      BlockWriter content = BlockWriter.constant(UNWRITTEN);
      return ScratchFiles.create(
          settings.dir(), withSource ? bytes : 0, withTarget ? bytes : 0, content, content);
    } catch (ScratchException e) {
      throw new RigException(RigException.Kind.BAD_INPUT, e.getMessage(), e);
    }
  }

  /** A target of our own making may be written; anything else goes before the guard. */
  private void checkTarget(ForkSettings settings) {
    Path target = settings.target().orElseThrow();
    if (ScratchFiles.made(target)) {
      return;
    }
    Verdict verdict = judge(settings);
    if (verdict instanceof Verdict.Refusal refusal) {
      RigException.Kind kind =
          refusal.exitCode() == RigException.Kind.CANNOT.exitCode()
              ? RigException.Kind.CANNOT
              : RigException.Kind.BAD_INPUT;
      throw new RigException(kind, refusal.message());
    }
    if (verdict instanceof Verdict.FreshFile) {
      throw new RigException(
          RigException.Kind.BAD_INPUT,
          "target '%s' does not exist: only a block device can be named here".formatted(target));
    }
  }

  private TransferPlaces places(TransferSpec spec, ForkSettings settings, AutoCloseable owned) {
    Place target = discovery.locate(settings.target().orElseThrow());
    Optional<Place> source = spec.fills() ? place(settings.source()) : Optional.empty();
    Optional<CmbChoice> cmb =
        spec.memory() == MemoryChoice.CMB ? Optional.of(chooseCmb(settings)) : Optional.empty();
    // Elsewhere what copies is found out and refused; tmpfs is where the harness measures itself.
    boolean pins = !target.filesystem().equals("tmpfs");
    return new TransferPlaces(
        settings.source(),
        target.realPath(),
        settings.source().map(ScratchFiles::made).orElse(false),
        pins,
        source.flatMap(PlaceResolver::statFile),
        statFile(target),
        cmb.map(c -> c.cmb().allocateFile()),
        cmb.map(c -> c.cmb().possibleRanges()).orElse(List.of()),
        settings.spanBytes(),
        owned);
  }

  private static Optional<Path> statFile(Place place) {
    return place.blockDevice().map(d -> d.sysDirectory().resolve("stat")).filter(Files::isReadable);
  }
}
