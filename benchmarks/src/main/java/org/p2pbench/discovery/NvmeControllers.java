// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads NVMe controllers and their CMBs from sysfs. Stateless but for where sysfs is. */
final class NvmeControllers {
  private static final Pattern NAME = Pattern.compile("nvme\\d+");
  private static final Pattern NAMESPACE = Pattern.compile("nvme\\d+n\\d+");
  // One controller's hidden path to a multipath namespace: subsystem, controller, namespace.
  private static final Pattern HIDDEN_PATH = Pattern.compile("(nvme\\d+)c\\d+(n\\d+)");
  private static final int BARS = 6;

  private final Path sysRoot;

  NvmeControllers(Path sysRoot) {
    this.sysRoot = sysRoot;
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  List<NvmeController> all() {
    return names().map(this::byName).flatMap(Optional::stream).toList();
  }

  Optional<NvmeController> byName(String name) {
    return isName(name)
        ? KernelFiles.real(sysRoot.resolve("class/nvme").resolve(name)).map(this::read)
        : Optional.empty();
  }

  /** Names of the controllers that have a path to the head of a multipath namespace. */
  List<String> behindHead(BlockDevice head) {
    Path subsystem = head.sysDirectory().getParent();
    List<String> members =
        KernelFiles.names(subsystem).stream().filter(NvmeControllers::isName).toList();
    List<String> withPath =
        members.stream().filter(name -> namespaces(name).contains(head.name())).toList();
    return withPath.isEmpty() ? members : withPath;
  }

  private Stream<String> names() {
    return KernelFiles.names(sysRoot.resolve("class/nvme")).stream()
        .filter(NvmeControllers::isName);
  }

  private List<String> namespaces(String controller) {
    return KernelFiles.real(sysRoot.resolve("class/nvme").resolve(controller))
        .map(NvmeControllers::namespaces)
        .orElse(List.of());
  }

  private static List<String> namespaces(Path directory) {
    return KernelFiles.names(directory).stream()
        .flatMap(NvmeControllers::namespace)
        .distinct()
        .sorted(KernelFiles.BY_NUMBER)
        .toList();
  }

  private static Stream<String> namespace(String entry) {
    Matcher hidden = HIDDEN_PATH.matcher(entry);
    if (hidden.matches()) {
      return Stream.of(hidden.group(1) + hidden.group(2));
    }
    return NAMESPACE.matcher(entry).matches() ? Stream.of(entry) : Stream.empty();
  }

  private NvmeController read(Path directory) {
    Path function = KernelFiles.real(directory.resolve("device")).orElse(directory);
    Optional<CmbRegisters> registers = registers(directory);
    Optional<Cmb> cmb = cmb(function, registers);
    return new NvmeController(
        directory.getFileName().toString(),
        KernelFiles.textOrUnknown(directory.resolve("transport")),
        PciAddress.tryParse(function.getFileName().toString()),
        KernelFiles.textOrUnknown(directory.resolve("model")),
        KernelFiles.textOrUnknown(directory.resolve("serial")),
        KernelFiles.textOrUnknown(directory.resolve("firmware_rev")),
        KernelFiles.count(function.resolve("numa_node")),
        KernelFiles.textOrUnknown(function.resolve("current_link_speed")),
        KernelFiles.count(function.resolve("current_link_width")),
        cmb,
        cmb.isPresent() ? "" : absence(function, registers),
        namespaces(directory));
  }

  private static Optional<CmbRegisters> registers(Path directory) {
    long cmbsz = KernelFiles.number(directory.resolve("cmbsz")).orElse(0);
    var cmbloc = KernelFiles.number(directory.resolve("cmbloc"));
    return cmbsz == 0 || cmbloc.isEmpty()
        ? Optional.empty()
        : Optional.of(new CmbRegisters(cmbsz, cmbloc.getAsLong()));
  }

  private static Optional<Cmb> cmb(Path function, Optional<CmbRegisters> registers) {
    Path pool = function.resolve("p2pmem");
    Path allocate = pool.resolve("allocate");
    if (!Files.exists(allocate)) {
      return Optional.empty();
    }
    long sizeBytes = KernelFiles.number(pool.resolve("size")).orElse(0);
    return Optional.of(
        new Cmb(
            sizeBytes,
            KernelFiles.number(pool.resolve("available")).orElse(0),
            KernelFiles.number(pool.resolve("published")).orElse(0) == 1,
            allocate,
            registers,
            bars(function)));
  }

  private static List<Optional<AddressRange>> bars(Path function) {
    return KernelFiles.lines(function.resolve("resource")).stream()
        .limit(BARS)
        .map(AddressRange::ofResourceLine)
        .toList();
  }

  private static String absence(Path function, Optional<CmbRegisters> registers) {
    if (Files.isDirectory(function.resolve("p2pmem"))) {
      return "the kernel manages its CMB but has no allocate file for it: that takes Linux 6.2 or"
          + " later";
    }
    return registers
        .map(
            found ->
                String.format(
                    "the drive states a CMB of %d bytes, but the kernel does not offer it: that"
                        + " takes a kernel with CONFIG_PCI_P2PDMA, and a CMB whose start and size"
                        + " are multiples of 2 MiB",
                    found.sizeBytes()))
        .orElse("the drive states no CMB");
  }
}
