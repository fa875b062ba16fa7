// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import static org.p2pbench.discovery.DiscoveryException.badInput;
import static org.p2pbench.discovery.DiscoveryException.notHere;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The door to what the kernel knows of storage: where a path lies, which NVMe controller is behind
 * it, and which CMB to use. Reads /sys, /proc and /dev anew at each call and changes nothing.
 * Immutable and thread-safe.
 */
public final class DeviceDiscovery {
  private final Path sysRoot;
  private final Path procRoot;
  private final Path devRoot;
  private final FileNode.Source files;
  private final BlockDevices blockDevices;
  private final NvmeControllers controllers;

  /** Looks at the running machine. */
  public static DeviceDiscovery ofThisMachine() {
    return new DeviceDiscovery(Path.of("/sys"), Path.of("/proc"), Path.of("/dev"));
  }

  /**
   * @param sysRoot where sysfs is mounted
   * @param procRoot where procfs is mounted
   * @param devRoot where device nodes are
   */
  public DeviceDiscovery(Path sysRoot, Path procRoot, Path devRoot) {
    this(sysRoot, procRoot, devRoot, FileNode.Source.ofKernel());
  }

  /** The same, stat(2) being answered by the caller. */
  public DeviceDiscovery(Path sysRoot, Path procRoot, Path devRoot, FileNode.Source files) {
    this.sysRoot = sysRoot;
    this.procRoot = procRoot;
    this.devRoot = devRoot;
    this.files = files;
    this.blockDevices = new BlockDevices(sysRoot);
    this.controllers = new NvmeControllers(sysRoot);
  }

  /** All NVMe controllers, by name. */
  public List<NvmeController> controllers() {
    return controllers.all();
  }

  /** All PCI functions, by address. */
  public List<PciFunction> pciFunctions() {
    return PciFunction.all(sysRoot);
  }

  /** The reader of block devices on the same sysfs. */
  public BlockDevices blockDevices() {
    return blockDevices;
  }

  /** Mounts as this process sees them. */
  public List<Mount> mounts() {
    return Mount.read(procRoot.resolve("self/mountinfo"));
  }

  /** stat(2) through the same source as all of discovery; empty where there is no such path. */
  public Optional<FileNode> stat(Path path) {
    return files.stat(path);
  }

  /**
   * What is behind a loop device, as the device itself has it open; where this user may not ask it,
   * what is now at the path that it was opened by. Empty for any other device.
   */
  public Optional<FileNode> behindLoop(BlockDevice loop) {
    Path node = loop.node(devRoot);
    return loop.backingFile()
        .flatMap(
            file ->
                files
                    .stat(node)
                    .filter(found -> found.special().equals(loop.number()))
                    .flatMap(same -> files.behindLoop(node))
                    .or(() -> files.stat(Path.of(KernelFiles.withoutMark(file)))));
  }

  /**
   * Where an existing path lies.
   *
   * @throws DiscoveryException when there is no such path
   */
  public Place locate(Path path) {
    FileNode node =
        files
            .stat(path)
            .orElseThrow(
                () ->
                    badInput(
                        "'%s': no such file or device, or no permission to look at it: check the"
                            + " path",
                        path));
    Path real = KernelFiles.real(path).orElse(path.toAbsolutePath().normalize());
    boolean special =
        node.kind() == FileNode.Kind.BLOCK_DEVICE || node.kind() == FileNode.Kind.CHARACTER_DEVICE;
    Optional<Mount> mount =
        special ? Optional.empty() : Mount.serving(mounts(), real, node.device());
    List<BlockDevice> devices = devicesUnder(node, mount);
    ControllerWalk walk = walk();
    devices.forEach(walk::from);
    return new Place(
        path,
        real,
        node.kind(),
        bytes(node, devices),
        mount,
        devices,
        walk.controllers(),
        walk.trail());
  }

  /**
   * The one NVMe controller behind a name: a controller (nvme0, /dev/nvme0), a namespace, partition
   * or any block device (nvme0n1, /dev/dm-0), a PCI address (0000:03:00.0, 03:00.0), a serial
   * number, or a file or directory. Names go before files: a file called nvme0 is ./nvme0.
   *
   * @throws DiscoveryException when there is none or more than one
   */
  public NvmeController controller(String what) {
    String name = withoutDevRoot(what);
    Optional<PciAddress> address = pciAddress(what);
    if (NvmeControllers.isName(name)) {
      return controllers.byName(name).orElseThrow(() -> unknown(what));
    } else if (address.isPresent()) {
      return atAddress(address.get());
    }
    Optional<BlockDevice> device = blockDevices.byName(name);
    if (device.isPresent()) {
      return behindDevice(what, device.get());
    }
    List<NvmeController> bySerial =
        controllers().stream().filter(found -> found.serial().equals(what)).toList();
    if (!bySerial.isEmpty()) {
      return only(bySerial, "'" + what + "' is the serial number of");
    }
    return behindPath(what);
  }

  /**
   * The controller behind a name, which must have a CMB that user space can use.
   *
   * @throws DiscoveryException when there is none, more than one, or it has no CMB
   */
  public NvmeController controllerWithCmb(String what) {
    NvmeController controller = controller(what);
    if (controller.cmb().isEmpty()) {
      throw notHere(
          "%s has no CMB to use: %s; %s",
          controller.describe(), controller.cmbAbsence(), cmbsHere());
    }
    return controller;
  }

  /**
   * The CMB for a run: the one named or, nothing being named, that of the first target that has
   * one, else of the first such source, else the only published one of the machine.
   *
   * @throws DiscoveryException when there is none, or when it is not clear which
   */
  public CmbChoice chooseCmb(Optional<String> named, List<Place> targets, List<Place> sources) {
    if (named.isPresent()) {
      return new CmbChoice(controllerWithCmb(named.get()), "it was named");
    }
    return ownCmb(targets, "it is the target's own")
        .or(() -> ownCmb(sources, "it is the source's own"))
        .orElseGet(this::onlyCmb);
  }

  private static Optional<CmbChoice> ownCmb(List<Place> places, String reason) {
    for (Place place : places) {
      List<NvmeController> published = place.controllers().stream().filter(PUBLISHED).toList();
      if (published.size() > 1) {
        throw badInput(
            "'%s' lies on %d controllers with a CMB, %s: name one of them with --cmb",
            place.path(), published.size(), list(published));
      } else if (!published.isEmpty()) {
        return Optional.of(new CmbChoice(published.get(0), reason));
      }
    }
    return Optional.empty();
  }

  private CmbChoice onlyCmb() {
    List<NvmeController> published = controllers().stream().filter(PUBLISHED).toList();
    if (published.isEmpty()) {
      throw notHere("no CMB to use on this machine: %s", whyNoCmb());
    } else if (published.size() > 1) {
      throw badInput(
          "%d controllers have a CMB and neither source nor target lies on one of them, %s: name"
              + " one with --cmb",
          published.size(), list(published));
    }
    return new CmbChoice(published.get(0), "it is the only one of this machine");
  }

  private static final Predicate<NvmeController> PUBLISHED =
      controller -> controller.cmb().filter(Cmb::published).isPresent();

  private String whyNoCmb() {
    List<NvmeController> all = controllers();
    if (all.isEmpty()) {
      return "it has no NVMe controller; --memory cmb-emulated stands in for a CMB";
    }
    return all.stream().map(DeviceDiscovery::whyNotPublished).collect(Collectors.joining("; "));
  }

  private static String whyNotPublished(NvmeController controller) {
    return controller.cmb().isEmpty()
        ? controller.describe() + ": " + controller.cmbAbsence()
        : controller.describe()
            + ": its CMB is not published (the drive does not take data there in both directions),"
            + " --cmb "
            + controller.name()
            + " tries it all the same";
  }

  private NvmeController atAddress(PciAddress address) {
    Optional<NvmeController> found =
        controllers().stream()
            .filter(controller -> controller.pciAddress().filter(address::equals).isPresent())
            .findFirst();
    return found.orElseThrow(
        () ->
            pciFunctions().stream()
                .filter(function -> function.address().equals(address))
                .findFirst()
                .map(function -> notAController(function))
                .orElseGet(() -> unknown(address.toString())));
  }

  private DiscoveryException notAController(PciFunction function) {
    return badInput(
        "%s is a PCI function of class %s with driver %s, not a controller of the nvme driver; %s",
        function.address(), function.classCode(), function.driver().orElse("none"), inventory());
  }

  private NvmeController behindDevice(String what, BlockDevice device) {
    ControllerWalk walk = walk();
    walk.from(device);
    String subject = String.format("'%s' is %s", what, device.kind().words());
    return oneBehind(subject, walk.controllers(), walk.trail());
  }

  private NvmeController behindPath(String what) {
    if (what.isBlank() || files.stat(Path.of(what)).isEmpty()) {
      throw unknown(what);
    }
    Place place = locate(Path.of(what));
    String where =
        place
            .blockDevice()
            .map(device -> place.filesystem() + " on " + device.name())
            .orElse(place.filesystem() + ", which has no block device");
    return oneBehind("'" + what + "' lies on " + where, place.controllers(), place.trail());
  }

  private NvmeController oneBehind(String subject, List<NvmeController> found, List<String> trail) {
    String steps = trail.isEmpty() ? "" : " (" + String.join("; ", trail) + ")";
    if (found.isEmpty()) {
      throw notHere("%s%s, and no NVMe controller is behind it; %s", subject, steps, inventory());
    }
    return only(found, subject + steps + ", and behind it are");
  }

  private static NvmeController only(List<NvmeController> found, String subject) {
    if (found.size() > 1) {
      throw badInput("%s %d controllers, %s: name one of them", subject, found.size(), list(found));
    }
    return found.get(0);
  }

  private DiscoveryException unknown(String what) {
    return badInput(
        "'%s' is no NVMe controller, block device, PCI address, serial number or file here; %s",
        what, inventory());
  }

  private String inventory() {
    List<NvmeController> all = controllers();
    return all.isEmpty()
        ? "this machine has no NVMe controller"
        : "NVMe controllers here: " + list(all);
  }

  private String cmbsHere() {
    List<NvmeController> with =
        controllers().stream().filter(controller -> controller.cmb().isPresent()).toList();
    return with.isEmpty()
        ? "no controller of this machine has one"
        : "controllers with a CMB here: " + list(with);
  }

  private static String list(List<NvmeController> controllers) {
    return controllers.stream().map(NvmeController::describe).collect(Collectors.joining(", "));
  }

  private String withoutDevRoot(String what) {
    Path path = what.isBlank() ? devRoot : Path.of(what);
    boolean node = path.startsWith(devRoot) && path.getNameCount() == devRoot.getNameCount() + 1;
    return node ? path.getFileName().toString() : what;
  }

  private Optional<PciAddress> pciAddress(String what) {
    Path path = what.isBlank() ? devRoot : Path.of(what);
    boolean inSysfs = path.startsWith(sysRoot);
    return PciAddress.tryParse(inSysfs ? path.getFileName().toString() : what);
  }

  private ControllerWalk walk() {
    return new ControllerWalk(blockDevices, controllers, this::devicesUnderFile);
  }

  private List<BlockDevice> devicesUnderFile(String text) {
    Path path = Path.of(KernelFiles.withoutMark(text));
    return files
        .stat(path)
        .map(node -> devicesUnder(node, Mount.serving(mounts(), path, node.device())))
        .orElse(List.of());
  }

  /** Devices that a node stands for or lies on; several only where a filesystem spans several. */
  private List<BlockDevice> devicesUnder(FileNode node, Optional<Mount> mount) {
    if (node.kind() == FileNode.Kind.BLOCK_DEVICE) {
      return blockDevices.byNumber(node.special()).stream().toList();
    } else if (node.kind() == FileNode.Kind.CHARACTER_DEVICE) {
      return List.of();
    } else if (!node.device().anonymous()) {
      return blockDevices.byNumber(node.device()).stream().toList();
    }
    return mount.flatMap(this::mountSource).map(this::spannedWith).orElse(List.of());
  }

  private Optional<BlockDevice> mountSource(Mount mount) {
    if (!mount.source().startsWith("/")) {
      return Optional.empty();
    }
    Path source = Path.of(mount.source());
    return files
        .stat(source)
        .filter(node -> node.kind() == FileNode.Kind.BLOCK_DEVICE)
        .flatMap(node -> blockDevices.byNumber(node.special()))
        .or(() -> blockDevices.byName(withoutDevRoot(mount.source())));
  }

  /** The members of the btrfs that a device belongs to; the device alone for anything else. */
  private List<BlockDevice> spannedWith(BlockDevice device) {
    Path btrfs = sysRoot.resolve("fs/btrfs");
    for (String filesystem : KernelFiles.names(btrfs)) {
      List<String> members = KernelFiles.names(btrfs.resolve(filesystem).resolve("devices"));
      if (members.contains(device.name())) {
        List<BlockDevice> found = new ArrayList<>();
        members.forEach(name -> blockDevices.byName(name).ifPresent(found::add));
        return found;
      }
    }
    return List.of(device);
  }

  private static OptionalLong bytes(FileNode node, List<BlockDevice> devices) {
    return switch (node.kind()) {
      case FILE -> OptionalLong.of(node.bytes());
      case BLOCK_DEVICE -> devices.stream().mapToLong(BlockDevice::sizeBytes).findFirst();
      default -> OptionalLong.empty();
    };
  }
}
