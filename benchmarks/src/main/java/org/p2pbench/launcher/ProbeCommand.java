// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.p2pbench.discovery.Cmb;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.DiscoveryException;
import org.p2pbench.discovery.NvmeController;
import org.p2pbench.discovery.Place;
import org.p2pbench.environment.EnvironmentProbe;
import org.p2pbench.environment.MachineClass;
import org.p2pbench.proof.PinCounters;
import org.p2pbench.safety.DirectIoSupport;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.NativeClock;
import org.p2pbench.transfer.PageKind;
import org.p2pbench.transfer.TransferException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code probe}: what is here and what each path can do. Writes nothing. */
@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    description = "Says what is here and what each path can do. Writes nothing.",
    footer = {
      "",
      "Example:",
      "  @|bold ${ROOT-COMMAND-NAME} probe /mnt/nvme|@",
      "",
      "Exit codes: 0 CMB-direct can be tried here; 3 it cannot, and the screen says why."
    })
final class ProbeCommand implements Callable<Integer> {

  private static final long HUGE_BYTES = 2L << 20;

  @Parameters(
      paramLabel = "WHERE",
      arity = "0..1",
      description =
          "A directory, file, block device, controller, PCI address or serial: where a run would"
              + " work, and whose CMB is meant. Default: the working directory.")
  private String where;

  ProbeCommand() {}

  @Override
  public Integer call() {
    Path dir = where != null && Files.exists(Path.of(where)) ? Path.of(where) : Path.of(".");
    Optional<String> cmb = Optional.ofNullable(where).filter(w -> !Files.isDirectory(Path.of(w)));
    System.out.print(screen(dir, cmb));
    return cmbObstacle(dir, cmb).isEmpty() ? 0 : CommandFailure.CANNOT;
  }

  static String screen(Path dir) {
    return screen(dir, Optional.empty());
  }

  private static String screen(Path dir, Optional<String> cmb) {
    DeviceDiscovery discovery = DeviceDiscovery.ofThisMachine();
    Place place = discovery.locate(dir);
    StringBuilder text = new StringBuilder();
    Optional<String> obstacle = cmbObstacle(dir, cmb);
    MachineClass.Decision machine =
        EnvironmentProbe.ofThisMachine(discovery)
            .machineClass(
                java.util.Set.of(
                    obstacle.isEmpty()
                        ? MemoryChoice.CMB.label()
                        : MemoryChoice.CMB_EMULATED.label()),
                Optional.empty(),
                Optional.of(place),
                obstacle.isEmpty()
                    ? Optional.of(discovery.chooseCmb(cmb, Optional.of(place), Optional.empty()))
                    : Optional.empty());
    line(text, "machine", machine.machineClass().word() + ": " + machine.reason());
    controllers(text, discovery.controllers());
    memories(text, obstacle);
    engines(text);
    line(
        text,
        "files",
        dir.toAbsolutePath().normalize() + ": " + DirectIoSupport.of(place).reason());
    witnesses(text);
    return text.toString();
  }

  private static Optional<String> cmbObstacle(Path dir, Optional<String> cmb) {
    DeviceDiscovery discovery = DeviceDiscovery.ofThisMachine();
    try {
      discovery.chooseCmb(cmb, Optional.of(discovery.locate(dir)), Optional.empty());
      return Optional.empty();
    } catch (DiscoveryException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static void controllers(StringBuilder text, List<NvmeController> controllers) {
    if (controllers.isEmpty()) {
      line(text, "NVMe", "no controller on this machine");
    }
    for (NvmeController controller : controllers) {
      line(text, "NVMe", controller.describe() + ", namespaces " + controller.namespaces());
      line(text, "", controller.cmb().map(ProbeCommand::cmb).orElse(controller.cmbAbsence()));
    }
  }

  private static String cmb(Cmb cmb) {
    return String.format(
        Locale.ROOT,
        "CMB of %s, %s free, %s",
        ByteSize.format(cmb.sizeBytes()),
        ByteSize.format(cmb.availableBytes()),
        cmb.published() ? "for data in both directions" : "not published: no data in and out");
  }

  private static void memories(StringBuilder text, Optional<String> cmbObstacle) {
    line(
        text,
        "memory",
        "cmb: " + cmbObstacle.map(o -> "no, " + o).orElse("yes, pinned at each transaction"));
    line(text, "", "cmb-emulated: yes, a memory region that stands in; it is not peer-to-peer");
    line(text, "", "ram: yes, 4 KiB pages; " + hugePages());
    line(text, "", "page-cache: yes, buffered I/O");
  }

  private static String hugePages() {
    try (IoMemory memory = IoMemory.openRam(HUGE_BYTES, true)) {
      return memory.pages() == PageKind.BASE
          ? "no 2 MiB pages to be had (vm.nr_hugepages, transparent_hugepage)"
          : "2 MiB pages as " + memory.pages().label();
    } catch (TransferException e) {
      return "no 2 MiB pages to be had: " + e.getMessage();
    }
  }

  private static void engines(StringBuilder text) {
    line(text, "engine", "sync: yes");
    line(
        text,
        "",
        "io_uring: "
            + EngineSupport.ioUringObstacle()
                .map(o -> "no, " + o)
                .orElse("yes, registered buffers too where the memory allows"));
  }

  private static void witnesses(StringBuilder text) {
    String pins = "no, this kernel does not count them";
    if (PinCounters.read().isPresent()) {
      pins = PinCounters.exact() ? "yes, exactly" : "yes, but exactly only as root";
    }
    line(text, "witness", "pins: " + pins);
    try (IoMemory memory = IoMemory.openRam(4096, false)) {
      OptionalLong physical = memory.physicalAddress(0);
      line(
          text,
          "",
          "physical addresses: " + (physical.isPresent() ? "yes" : "only as root (CAP_SYS_ADMIN)"));
    }
    line(text, "clock", NativeClock.source());
  }

  private static void line(StringBuilder text, String topic, String what) {
    text.append(String.format("%-9s %s%n", topic, what));
  }
}
