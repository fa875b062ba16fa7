// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.CmbChoice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.DeviceNumber;
import org.p2pbench.discovery.Place;
import org.p2pbench.proof.BlockCounters;
import org.p2pbench.safety.Consent;
import org.p2pbench.safety.ExclusiveOpen;
import org.p2pbench.safety.ScratchFiles;
import org.p2pbench.safety.TargetGuard;
import org.p2pbench.safety.Verdict;
import org.p2pbench.transfer.Endpoint;
import org.p2pbench.transfer.Signature;

/**
 * Turns the names in {@link ForkSettings} into places that may be used: finds the CMB, asks the
 * guard, makes fresh files where none were named. Thread-safe.
 */
public final class PlaceResolver {

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

  /** The consent for the device that has its name now, and for no other that may get it later. */
  public Consent toThisDevice(Consent typed) {
    return guard.toThisDevice(typed);
  }

  /**
   * Whether a target may be written.
   *
   * @param target one of the settings' targets
   */
  public Verdict judge(ForkSettings settings, Path target) {
    return guard.judge(
        new TargetGuard.Request(
            target.toString(),
            settings.consents(),
            settings.sources().stream().map(Path::toString).toList(),
            settings.targets().stream()
                .filter(other -> other != target)
                .map(Path::toString)
                .toList()));
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
    return discovery.chooseCmb(
        settings.cmb(), located(settings.targets()), located(settings.sources()));
  }

  private List<Place> located(List<Path> ends) {
    return ends.stream().filter(Files::exists).map(discovery::locate).toList();
  }

  /**
   * Resolves the places of one fork.
   *
   * @throws RigException where a target may not be written, or too few ends are named
   */
  TransferPlaces resolve(TransferSpec spec, ForkSettings settings) {
    Map<Path, String> judged = new HashMap<>();
    for (Path target : settings.targets()) {
      checkTarget(settings, target).ifPresent(d -> judged.put(target, d.identity()));
    }
    checkEnough("source", spec.layout().sources(), settings.sources());
    checkEnough("target", spec.layout().targets(), settings.targets());
    if (spec.fills() && settings.sources().isEmpty() && !settings.targets().isEmpty()) {
      throw new RigException(
          RigException.Kind.BAD_INPUT,
          "a target without a source: name both, or neither for fresh files below --dir");
    }
    FreshEnds fresh = FreshEnds.make(settings, spec.fills());
    return places(spec, fresh.ends(), judged, fresh);
  }

  private static void checkEnough(String what, int needed, List<Path> named) {
    if (needed > Math.max(1, named.size())) {
      throw new RigException(
          RigException.Kind.BAD_INPUT,
          "%d %ss are asked for, but %d %s named: name more (p2pbench.%s.2 and so on), or use fewer"
              .formatted(needed, what, named.size(), named.size() == 1 ? "is" : "are", what));
    }
  }

  /**
   * A target of our own making may be written; anything else goes before the guard.
   *
   * @return the device that may be overwritten; empty for a file
   */
  private Optional<BlockDevice> checkTarget(ForkSettings settings, Path target) {
    if (ScratchFiles.made(target)) {
      return Optional.empty();
    }
    Verdict verdict = judge(settings, target);
    if (verdict instanceof Verdict.Refusal refusal) {
      RigException.Kind kind =
          refusal.exitCode() == RigException.Kind.CANNOT.exitCode()
              ? RigException.Kind.CANNOT
              : RigException.Kind.BAD_INPUT;
      throw new RigException(kind, refusal.message());
    }
    if (verdict instanceof Verdict.Expendable expendable) {
      return Optional.of(expendable.device());
    }
    throw new RigException(
        RigException.Kind.BAD_INPUT,
        "target '%s' does not exist: only a block device can be named here".formatted(target));
  }

  /**
   * Makes sure that what was opened is what was judged, before anything is written to it.
   *
   * @throws RigException where the path led elsewhere in between
   */
  void checkOpened(TransferPlaces.End target, Endpoint opened) {
    Optional<String> now =
        discovery
            .blockDevices()
            .byNumber(DeviceNumber.ofStat(opened.deviceNumber()))
            .map(BlockDevice::identity);
    if (!now.equals(target.identity())) {
      throw new RigException(
          RigException.Kind.CANNOT,
          "target '%s' changed while it was opened (now %s, before %s) and was not written: see the kernel's log, and start the run again"
              .formatted(
                  target.path(), now.orElse("no device"), target.identity().orElse("no device")));
    }
  }

  private TransferPlaces places(
      TransferSpec spec, ForkSettings settings, Map<Path, String> judged, AutoCloseable owned) {
    List<Place> targets =
        settings.targets().stream().limit(spec.layout().targets()).map(discovery::locate).toList();
    List<Path> sources =
        spec.fills() ? settings.sources().subList(0, spec.layout().sources()) : List.of();
    Optional<CmbChoice> cmb =
        spec.memory() == MemoryChoice.CMB ? Optional.of(chooseCmb(settings)) : Optional.empty();
    // Elsewhere what copies is found out and refused; tmpfs is where the harness measures itself.
    boolean pins = targets.stream().noneMatch(target -> target.filesystem().equals("tmpfs"));
    return new TransferPlaces(
        sources.stream().map(s -> end(s, Optional.empty(), located(List.of(s)))).toList(),
        targets.stream()
            .map(t -> end(t.realPath(), Optional.ofNullable(judged.get(t.path())), List.of(t)))
            .toList(),
        pins,
        cmb.map(c -> c.cmb().allocateFile()),
        cmb.map(c -> c.cmb().possibleRanges()).orElse(List.of()),
        settings.spanBytes(),
        owned);
  }

  /** A source that is not there is found out when it is opened. */
  private static TransferPlaces.End end(Path path, Optional<String> identity, List<Place> located) {
    return new TransferPlaces.End(
        path,
        identity,
        ScratchFiles.made(path),
        new BlockCounters(
            located.stream().flatMap(place -> place.blockDevices().stream()).toList()));
  }
}
