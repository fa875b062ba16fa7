// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.DeviceNumber;
import org.p2pbench.discovery.FileNode;
import org.p2pbench.discovery.NvmeController;
import org.p2pbench.discovery.Place;
import org.p2pbench.safety.SharedBlocks.Relative;

/**
 * Decides whether a target may be written. The answer is no unless every rule says yes: a file that
 * exists never, a block device only when it is named for destruction, nobody uses it or anything
 * that shares its blocks, and what is on it was named too. Writes nothing. Thread-safe; every call
 * looks anew.
 */
public final class TargetGuard {
  private static final int EXIT_BAD_INPUT = 2;
  private static final int EXIT_NOT_HERE = 3;
  // Filesystems of the kernel's own: a file that does not exist there is a mistyped device.
  private static final Set<String> KERNEL_FILESYSTEMS =
      Set.of("devtmpfs", "devpts", "proc", "sysfs", "cgroup", "cgroup2", "debugfs", "tracefs");

  private final DeviceDiscovery discovery;
  private final SharedBlocks sharedBlocks;
  private final OpenElsewhere openElsewhere;
  private final Path sysRoot;
  private final Path procRoot;
  private final SignatureReader signatures;
  private final ExclusiveOpen exclusive;

  /**
   * @param sysRoot where sysfs is mounted
   * @param procRoot where procfs is mounted
   */
  public TargetGuard(
      DeviceDiscovery discovery,
      Path sysRoot,
      Path procRoot,
      SignatureReader signatures,
      ExclusiveOpen exclusive) {
    this.discovery = discovery;
    this.sharedBlocks = new SharedBlocks(discovery);
    this.openElsewhere = new OpenElsewhere(discovery, procRoot);
    this.sysRoot = sysRoot;
    this.procRoot = procRoot;
    this.signatures = signatures;
    this.exclusive = exclusive;
  }

  /**
   * What the user said.
   *
   * @param target path of the target
   * @param consents to overwrite this device and the other targets
   * @param sources paths of the sources, none of which may share blocks with the target
   * @param otherTargets paths of the run's other targets, neither
   */
  public record Request(
      String target, List<Consent> consents, List<String> sources, List<String> otherTargets) {
    /** Copies the lists. */
    public Request {
      consents = List.copyOf(consents);
      sources = List.copyOf(sources);
      otherTargets = List.copyOf(otherTargets);
    }

    /** A request without anything to compare with. */
    public Request(String target, Optional<String> destroy, Optional<String> destroySignature) {
      this(target, Consent.of(destroy, destroySignature), List.of(), List.of());
    }
  }

  /** Judges one request; never throws for what the user gave. */
  public Verdict judge(Request request) {
    if (request.target().isBlank()) {
      return badInput("the target is empty: give a path");
    }
    Optional<Consent> outdated =
        request.consents().stream()
            .filter(c -> c.identity().isPresent() && !c.identity().equals(identity(c)))
            .findFirst();
    if (outdated.isPresent()) {
      return changed(outdated.get());
    }
    Path path = Path.of(request.target());
    Optional<FileNode> node = discovery.stat(path);
    if (node.isEmpty()) {
      return judgeAbsent(path, request);
    }
    Place place = discovery.locate(path);
    return switch (node.get().kind()) {
      case BLOCK_DEVICE -> judgeDevice(place, request);
      case FILE ->
          badInput(
              "target %s is an existing file, and those are never overwritten: give a path that"
                  + " does not exist yet, or leave the target out for a fresh file below --dir",
              quoted(place));
      case DIRECTORY ->
          badInput(
              "target %s is a directory: give it as --dir to have fresh files made in it",
              quoted(place));
      case CHARACTER_DEVICE -> judgeCharacterDevice(place);
      default ->
          badInput(
              "target %s is a %s: give a block device, or a path that does not exist yet",
              quoted(place), place.kind().words());
    };
  }

  /** The consent for the device that has its name now, and for no other that may get it later. */
  public Consent toThisDevice(Consent typed) {
    return new Consent(typed.device(), typed.signature(), identity(typed));
  }

  private Optional<String> identity(Consent consent) {
    return number(consent.device())
        .flatMap(discovery.blockDevices()::byNumber)
        .map(BlockDevice::identity);
  }

  private Verdict changed(Consent outdated) {
    return notHere(
        "'%s' is no longer the device that may be overwritten (it was %s, and now is %s): see the"
            + " kernel's log, and start again with the device that is meant",
        outdated.device().orElseThrow(),
        outdated.identity().orElseThrow(),
        identity(outdated).orElse("gone"));
  }

  private Verdict judgeCharacterDevice(Place place) {
    String name = place.realPath().getFileName().toString();
    List<String> namespaces =
        discovery.controllers().stream()
            .filter(controller -> controller.name().equals(name))
            .findFirst()
            .map(NvmeController::namespaces)
            .orElse(List.of());
    return namespaces.isEmpty()
        ? badInput(
            "target %s is a character device: give a block device, or a path that does not exist"
                + " yet",
            quoted(place))
        : badInput(
            "target %s is a controller, not a disk: give one of its namespaces, %s",
            quoted(place), String.join(", ", namespaces));
  }

  private Verdict judgeAbsent(Path path, Request request) {
    Path absolute = path.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (Files.isSymbolicLink(path)) {
      return badInput(
          "target '%s' is a symbolic link to nothing: give the path that is meant", path);
    } else if (parent == null || !Files.isDirectory(parent)) {
      return badInput(
          "target '%s': there is no directory '%s': make it, or give another path", path, parent);
    } else if (KERNEL_FILESYSTEMS.contains(discovery.locate(parent).filesystem())) {
      return badInput("target '%s': no such device: check the name", path);
    } else if (discovery.blockDevices().byName(request.target()).isPresent()) {
      return badInput(
          "target '%s' is the name of a block device and no path: give its path under /dev", path);
    }
    Optional<String> stray = consentForNoTarget(request, Optional.empty());
    if (stray.isPresent()) {
      return badInput(
          "--destroy names '%s', but the target '%s' is no block device: leave --destroy out",
          stray.get(), path);
    } else if (!Files.isWritable(parent)) {
      return badInput(
          "target '%s': this user may not write in '%s': give another path", path, parent);
    }
    return new Verdict.FreshFile(absolute);
  }

  private Verdict judgeDevice(Place place, Request request) {
    if (place.blockDevice().isEmpty()) {
      return notHere(
          "target %s is the node of a block device that the kernel does not have", quoted(place));
    }
    BlockDevice device = place.blockDevice().get();
    if (device.readOnly()) {
      return notHere("target %s is read-only: give a device that can be written", quoted(place));
    }
    List<Relative> relatives = sharedBlocks.of(device);
    Optional<String> obstacle =
        shared(relatives, "source", "give another source", request.sources())
            .or(() -> shared(relatives, "target", "name one of the two", request.otherTargets()))
            .or(() -> useOfBlocks(relatives).map(use -> use + ": end that use first"))
            .or(() -> openElsewhere.use(relatives).map(use -> use + ": end that first"))
            .or(() -> exclusive.obstacle(place.realPath()));
    if (obstacle.isPresent()) {
      return notHere(
          "target %s may not be written: %s, or give another target",
          quoted(place), obstacle.get());
    }
    try {
      return judgeConsent(place, device, found(place, device), request);
    } catch (IOException | RuntimeException unreadable) {
      return notHere(
          "target %s may not be written: looking for a filesystem or partition table on it failed"
              + " (%s): wipe the device with wipefs(8) if nothing on it is needed",
          quoted(place), unreadable.getMessage());
    }
  }

  private Verdict judgeConsent(Place place, BlockDevice device, String found, Request request) {
    String options = consent(request.target(), found);
    String holds = found.isEmpty() ? "" : ", and holds " + found;
    Optional<Consent> consent =
        request.consents().stream().filter(c -> isFor(c, device)).findFirst();
    Optional<String> stray = consentForNoTarget(request, Optional.of(device));
    if (stray.isPresent()) {
      return consent.isPresent()
          ? badInput(
              "--destroy names '%s', which is no target: name it with --target, too, or leave it"
                  + " out",
              stray.get())
          : badInput(
              "--destroy names '%s', which is not the target %s: to allow the target's loss, give"
                  + " %s",
              stray.get(), quoted(place), options);
    } else if (consent.isEmpty()) {
      return badInput(
          "target %s is a block device%s: everything on it would be lost; to allow that, give %s",
          quoted(place), holds, options);
    }
    String said = consent.get().signature().map(String::strip).orElse("");
    // Less than was named is allowed: a run overwrites what was there, and its next fork asks
    // again.
    if (!pieces(said).containsAll(pieces(found))) {
      return said.isEmpty()
          ? badInput(
              "target %s holds %s, which would be lost: to allow that, give %s",
              quoted(place), found, options)
          : badInput(
              "--destroy-signature says '%s', but target %s holds %s: to allow its loss, give %s",
              said, quoted(place), found, options);
    }
    return new Verdict.Expendable(place.realPath(), device, found);
  }

  /** A path that led to this device a moment ago may lead to another by now. */
  private boolean isFor(Consent consent, BlockDevice device) {
    return number(consent.device()).filter(device.number()::equals).isPresent()
        && consent.identity().orElse(device.identity()).equals(device.identity());
  }

  /** What --destroy names that is neither this target nor another one. */
  private Optional<String> consentForNoTarget(Request request, Optional<BlockDevice> target) {
    List<DeviceNumber> targets = new ArrayList<>();
    target.map(BlockDevice::number).ifPresent(targets::add);
    request.otherTargets().forEach(t -> number(Optional.of(t)).ifPresent(targets::add));
    return request.consents().stream()
        .map(Consent::device)
        .filter(named -> number(named).filter(targets::contains).isEmpty())
        .flatMap(Optional::stream)
        .findFirst();
  }

  private Optional<DeviceNumber> number(Optional<String> device) {
    return device
        .flatMap(path -> discovery.stat(Path.of(path)))
        .filter(node -> node.kind() == FileNode.Kind.BLOCK_DEVICE)
        .map(FileNode::special);
  }

  private static List<String> pieces(String signatures) {
    return signatures.isEmpty() ? List.of() : List.of(signatures.split("; "));
  }

  private static String consent(String target, String found) {
    String destroy = "--destroy " + Shell.quote(target);
    return found.isEmpty() ? destroy : destroy + " --destroy-signature " + Shell.quote(found);
  }

  /** What is on the device and on its partitions, in one text; blank when there is nothing. */
  private String found(Place place, BlockDevice device) throws IOException {
    List<String> found = new ArrayList<>();
    String own = signatures.of(place.realPath()).strip();
    if (!own.isEmpty()) {
      found.add(own);
    }
    for (String partition : device.partitions()) {
      Path node = place.realPath().resolveSibling(partition);
      String text = signatures.of(node).strip();
      if (!text.isEmpty()) {
        found.add(partition + ": " + text);
      }
    }
    return String.join("; ", found);
  }

  /** Whether one of the paths leads to blocks of the device. */
  private Optional<String> shared(
      List<Relative> relatives, String role, String advice, List<String> paths) {
    return paths.stream()
        .filter(path -> leadsTo(relatives, path))
        .map(path -> "it shares blocks with the %s '%s': %s".formatted(role, path, advice))
        .findFirst();
  }

  private boolean leadsTo(List<Relative> relatives, String path) {
    Optional<FileNode> node = discovery.stat(Path.of(path));
    return relatives.stream().anyMatch(relative -> node.filter(relative::is).isPresent());
  }

  /** How anybody uses the device, or anything that shares blocks with it. */
  private Optional<String> useOfBlocks(List<Relative> relatives) {
    DevicesInUse inUse = DevicesInUse.read(discovery, sysRoot, procRoot);
    return relatives.stream().map(inUse::use).flatMap(Optional::stream).findFirst();
  }

  private static String quoted(Place place) {
    return place.path().toAbsolutePath().normalize().equals(place.realPath())
        ? "'" + place.path() + "'"
        : "'" + place.path() + "' (which is " + place.realPath() + ")";
  }

  private static Verdict badInput(String format, Object... values) {
    return new Verdict.Refusal(String.format(format, values), EXIT_BAD_INPUT);
  }

  private static Verdict notHere(String format, Object... values) {
    return new Verdict.Refusal(String.format(format, values), EXIT_NOT_HERE);
  }
}
