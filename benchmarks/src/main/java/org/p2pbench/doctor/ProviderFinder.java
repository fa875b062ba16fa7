// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.p2pbench.discovery.AddressRange;
import org.p2pbench.discovery.CmbRegisters;
import org.p2pbench.discovery.KernelFiles;

/**
 * Finds the devices with memory for their peers: those in the kernel's pool, and NVMe drives that
 * state a CMB which the kernel does not offer, with the reason. Immutable.
 */
final class ProviderFinder {
  // memremap_compat_align on x86-64 and arm64: what the kernel maps of device memory comes in it.
  private static final long MAPPING_UNIT_BYTES = 2L << 20;

  private static final String FIRMWARE =
      "nothing on this machine changes it: the drive's firmware sets start and size";

  private final PciTopology topology;
  private final Check kernelOption;
  private final String kernelRemedy;

  /**
   * @param kernelOption the check of CONFIG_PCI_P2PDMA
   * @param kernelRemedy how to come by a kernel with it
   */
  ProviderFinder(PciTopology topology, Check kernelOption, String kernelRemedy) {
    this.topology = topology;
    this.kernelOption = kernelOption;
    this.kernelRemedy = kernelRemedy;
  }

  List<Provider> find() {
    List<Provider> found = new ArrayList<>();
    for (PciNode node : topology.nodes()) {
      Path pool = node.directory().resolve("p2pmem");
      Optional<CmbRegisters> registers = registers(node);
      if (Files.isDirectory(pool)) {
        found.add(offered(node, pool, registers));
      } else if (registers.isPresent()) {
        found.add(stated(node, registers.get()));
      }
    }
    return List.copyOf(found);
  }

  /** Name of the NVMe controller that a function is, such as nvme0. */
  static Optional<String> controllerName(PciNode node) {
    return KernelFiles.names(node.directory().resolve("nvme")).stream()
        .filter(name -> name.matches("nvme\\d+"))
        .findFirst();
  }

  private static Optional<CmbRegisters> registers(PciNode node) {
    return controllerName(node)
        .map(name -> node.directory().resolve("nvme").resolve(name))
        .flatMap(
            directory -> {
              OptionalLong size = KernelFiles.number(directory.resolve("cmbsz"));
              OptionalLong location = KernelFiles.number(directory.resolve("cmbloc"));
              return size.orElse(0) == 0 || location.isEmpty()
                  ? Optional.empty()
                  : Optional.of(new CmbRegisters(size.getAsLong(), location.getAsLong()));
            });
  }

  private Provider offered(PciNode node, Path pool, Optional<CmbRegisters> registers) {
    long bytes = KernelFiles.number(pool.resolve("size")).orElse(0);
    long available = KernelFiles.number(pool.resolve("available")).orElse(0);
    return new Provider(
        node,
        controllerName(node).orElse(node.address().toString()),
        true,
        bytes,
        available,
        KernelFiles.number(pool.resolve("published")).orElse(0) == 1,
        registers,
        obstacle(pool.resolve("allocate"), available));
  }

  private Optional<Provider.Obstacle> obstacle(Path allocate, long available) {
    if (!Files.exists(allocate)) {
      return obstacle(
          "the kernel manages it but has no allocate file: that takes Linux 6.2 or later",
          kernelRemedy);
    } else if (!Files.isReadable(allocate) || !Files.isWritable(allocate)) {
      return obstacle(
          allocate + " may not be opened for reading and writing by this user",
          "sudo chgrp \"$(id -gn)\" %1$s && sudo chmod 660 %1$s".formatted(allocate));
    }
    return available > 0
        ? Optional.empty()
        : obstacle(
            "all of it is allocated",
            "end the processes that hold it, or keep submission queues out of it: kernel parameter"
                + " nvme.use_cmb_sqes=0");
  }

  private static Optional<Provider.Obstacle> obstacle(String reason, String remedy) {
    return Optional.of(new Provider.Obstacle(reason, remedy));
  }

  private Provider stated(PciNode node, CmbRegisters registers) {
    return new Provider(
        node,
        controllerName(node).orElse(node.address().toString()),
        false,
        registers.sizeBytes(),
        0,
        false,
        Optional.of(registers),
        whyNotOffered(node, registers));
  }

  private Optional<Provider.Obstacle> whyNotOffered(PciNode node, CmbRegisters registers) {
    if (kernelOption.status() == Check.Status.PROBLEM) {
      return obstacle("the kernel does not offer it: " + kernelOption.finding(), kernelRemedy);
    }
    Optional<AddressRange> bar = bar(node, registers.bar());
    long inBar = bar.map(b -> b.bytes() - registers.offsetBytes()).orElse(registers.sizeBytes());
    long usable = Math.min(registers.sizeBytes(), inBar);
    if (usable <= 0) {
      return obstacle("it lies outside BAR %d of the drive".formatted(registers.bar()), FIRMWARE);
    }
    long start = bar.map(AddressRange::start).orElse(0L) + registers.offsetBytes();
    if (usable % MAPPING_UNIT_BYTES != 0 || start % MAPPING_UNIT_BYTES != 0) {
      String reason =
          "the kernel leaves it out without a word: start (0x%x) and size (%d bytes) must be"
              + " multiples of 2 MiB";
      return obstacle(String.format(Locale.ROOT, reason, start, usable), FIRMWARE);
    }
    return kernelOption.status() == Check.Status.OK
        ? obstacle("the kernel does not offer it", "sudo dmesg | grep CMB")
        : obstacle(
            "the kernel does not offer it: that takes one built with CONFIG_PCI_P2PDMA",
            kernelRemedy);
  }

  private static Optional<AddressRange> bar(PciNode node, int number) {
    List<String> lines = KernelFiles.lines(node.directory().resolve("resource"));
    return number < lines.size()
        ? AddressRange.ofResourceLine(lines.get(number))
        : Optional.empty();
  }
}
