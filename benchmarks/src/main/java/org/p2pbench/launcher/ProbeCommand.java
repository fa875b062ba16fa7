// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.p2pbench.discovery.Cmb;
import org.p2pbench.discovery.CmbChoice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.FileNode;
import org.p2pbench.discovery.NvmeController;
import org.p2pbench.doctor.Answer;
import org.p2pbench.doctor.Diagnosis;
import org.p2pbench.doctor.DoctorJson;
import org.p2pbench.doctor.DoctorScreen;
import org.p2pbench.doctor.Question;
import org.p2pbench.doctor.TopologyDrawing;
import org.p2pbench.environment.EnvironmentProbe;
import org.p2pbench.environment.MachineClass;
import org.p2pbench.proof.PinCounters;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.NativeClock;
import org.p2pbench.transfer.PageKind;
import org.p2pbench.transfer.TransferException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code probe}: why the direct path works here, or what to change. Writes nothing on devices. */
@Command(
    name = "probe",
    mixinStandardHelpOptions = true,
    description =
        "Says why peer-to-peer works here, or what to change, before any I/O: the kernel's own"
            + " verdict for each CMB and each device, the topology with both data paths, and checks"
            + " with evidence and remedy. Writes nothing.",
    footer = {
      "",
      "Examples:",
      "  @|bold ${ROOT-COMMAND-NAME} probe /mnt/nvme|@",
      "  @|bold ${ROOT-COMMAND-NAME} probe --source /dev/nvme0n1 --target /mnt/nvme|@",
      "  @|bold ${ROOT-COMMAND-NAME} probe --json /dev/nvme1n1 > doctor.json|@",
      "",
      "Exit codes: 0 the asked path works; 2 bad input; 3 it does not, or that cannot be told, and"
          + " the screen says why."
    })
final class ProbeCommand implements Callable<Integer> {

  private static final long HUGE_BYTES = 2L << 20;

  @Parameters(
      paramLabel = "WHERE",
      arity = "0..1",
      description =
          "A directory, file or block device that a run would drain to; or a controller, PCI address"
              + " or serial whose CMB is meant. Default: whatever CMB is here.")
  private String where;

  @Option(
      names = "--source",
      paramLabel = "PATH",
      description = "Device, file or directory that a run would read from (repeatable).")
  private List<Path> sources = new ArrayList<>();

  @Option(
      names = "--target",
      paramLabel = "PATH",
      description = "Device, file or directory that a run would drain to (repeatable).")
  private List<Path> targets = new ArrayList<>();

  @Option(
      names = "--cmb",
      paramLabel = "WHICH",
      description = "Whose CMB: PCI address, controller, serial, block device or a file on it.")
  private String cmb;

  @Option(names = "--json", description = "Print doctor.json (see run-directory.md) instead.")
  private boolean json;

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Write the drawing of the topology there, too; must not exist yet.")
  private Path svg;

  ProbeCommand() {}

  @Override
  public Integer call() {
    DeviceDiscovery discovery = DeviceDiscovery.ofThisMachine();
    Diagnosis diagnosis = DoctorOfThisMachine.with(discovery).diagnose(question(discovery));
    if (svg != null) {
      writeDrawing(diagnosis);
    }
    System.out.print(json ? DoctorJson.of(diagnosis).toPrettyString() + "\n" : screen(diagnosis));
    return diagnosis.answer() == Answer.YES ? 0 : CommandFailure.CANNOT;
  }

  private Question question(DeviceDiscovery discovery) {
    List<Path> drains = targets;
    Optional<String> which = Optional.ofNullable(cmb);
    if (where != null) {
      boolean place =
          discovery
              .stat(Path.of(where))
              .filter(node -> node.kind() != FileNode.Kind.CHARACTER_DEVICE)
              .isPresent();
      if (place && !drains.isEmpty() || !place && which.isPresent()) {
        throw new CommandFailure(
            CommandFailure.BAD_INPUT,
            "'%s' says the same as %s: leave one of them away"
                .formatted(where, place ? "--target" : "--cmb"));
      }
      drains = place ? List.of(Path.of(where)) : drains;
      which = place ? which : Optional.of(where);
    }
    return new Question(which, sources, drains);
  }

  private void writeDrawing(Diagnosis diagnosis) {
    String drawing =
        TopologyDrawing.of(diagnosis)
            .orElseThrow(
                () ->
                    new CommandFailure(
                        CommandFailure.CANNOT,
                        "--svg '%s': no PCI device here could exchange data with another, so there"
                                .formatted(svg)
                            + " is nothing to draw"));
    try {
      Files.writeString(svg, drawing, StandardOpenOption.CREATE_NEW);
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "--svg '%s' cannot be written (%s): name a new file in a directory that this user may"
                  .formatted(svg, IoReason.of(e))
              + " write to");
    }
  }

  /** The doctor's screen, and what a run could measure here. */
  static String screen(Diagnosis diagnosis) {
    DeviceDiscovery discovery = DeviceDiscovery.ofThisMachine();
    StringBuilder text = new StringBuilder();
    text.append(new DoctorScreen(CommandLine.Help.Ansi.AUTO.enabled()).of(diagnosis));
    text.append(String.format("%nWhat a run can measure here%n"));
    Optional<CmbChoice> choice = choice(discovery, diagnosis);
    MachineClass.Decision machine =
        EnvironmentProbe.ofThisMachine(discovery)
            .machineClass(
                Set.of(
                    choice.isPresent()
                        ? MemoryChoice.CMB.label()
                        : MemoryChoice.CMB_EMULATED.label()),
                List.of(),
                choice);
    line(text, "machine", machine.machineClass().word() + ": " + machine.reason());
    controllers(text, discovery.controllers());
    memories(text, choice.isPresent() ? Optional.empty() : Optional.of(diagnosis.reason()));
    witnesses(text);
    return text.toString();
  }

  /** The doctor's screen for nothing in particular. */
  static String screen() {
    return screen(
        DoctorOfThisMachine.with(DeviceDiscovery.ofThisMachine()).diagnose(Question.OPEN));
  }

  private static Optional<CmbChoice> choice(DeviceDiscovery discovery, Diagnosis diagnosis) {
    return diagnosis
        .asked()
        .filter(provider -> provider.answer() == Answer.YES)
        .map(provider -> discovery.controllerWithCmb(provider.node().address().toString()))
        .map(controller -> new CmbChoice(controller, "it was asked for"));
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
