// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.DiscoveryException;
import org.p2pbench.discovery.NvmeController;
import org.p2pbench.discovery.PciAddress;
import org.p2pbench.discovery.Place;
import org.p2pbench.doctor.Check.Status;

/**
 * Says why peer-to-peer works on a machine, or what to change, before any I/O: reads /sys, /proc
 * and configuration space, and writes nothing. Immutable and thread-safe; every diagnosis reads
 * anew.
 */
public final class Doctor {
  private static final int NETWORK = 0x02;
  private static final int DISPLAY = 0x03;
  private static final int ACCELERATOR = 0x12;

  private final DeviceDiscovery discovery;
  private final Roots roots;
  private final Process process;

  /** Where the kernel's and the system's files are. */
  public record Roots(Path sys, Path proc, Path dev, Path boot, Path modules, Path etc) {
    /** The running machine's. */
    public static final Roots OF_THIS_MACHINE =
        new Roots(
            Path.of("/sys"),
            Path.of("/proc"),
            Path.of("/dev"),
            Path.of("/boot"),
            Path.of("/lib/modules"),
            Path.of("/etc"));
  }

  /**
   * What only a running process can find out.
   *
   * @param ioUringObstacle why io_uring cannot be used; empty where it can
   * @param directAlignment bytes that offsets and lengths of O_DIRECT I/O on a file or device must
   *     be multiples of
   */
  public record Process(
      Supplier<Optional<String>> ioUringObstacle, Function<Path, OptionalInt> directAlignment) {}

  /**
   * @param discovery reads the same machine as roots
   */
  public Doctor(DeviceDiscovery discovery, Roots roots, Process process) {
    this.discovery = discovery;
    this.roots = roots;
    this.process = process;
  }

  /**
   * Looks at the machine and at one path on it.
   *
   * @throws DiscoveryException where a place or controller that was named does not exist
   */
  public Diagnosis diagnose(Question question) {
    return new Examination(question).diagnose();
  }

  /** One look at the machine. Used once, by one thread. */
  private final class Examination {
    private final Question question;
    private final String release = KernelChecks.release(roots.proc());
    private final Optional<KernelVersion> kernel = KernelVersion.parse(release);
    private final String kernelRemedy = KernelRemedy.of(roots.etc());
    private final BootCpu cpu = BootCpu.read(roots.proc());
    private final HostBridgeList hostBridges = HostBridgeList.builtIn();
    private final PciTopology topology = PciTopology.read(roots.sys());
    private final PeerRules rules = new PeerRules(topology, hostBridges, cpu, kernel);
    private final PathChecks pathChecks = new PathChecks(kernel);
    private final ProcessChecks processChecks = new ProcessChecks(roots, process);
    private final MachineChecks machineChecks = new MachineChecks(roots);
    private final StorageChecks storageChecks =
        new StorageChecks(discovery.blockDevices(), kernel, process);
    private final List<Check> checks = new ArrayList<>();

    Examination(Question question) {
      this.question = question;
    }

    Diagnosis diagnose() {
      KernelChecks kernelChecks = new KernelChecks(roots, release, kernelRemedy);
      Check version = kernelChecks.version();
      Check option = kernelChecks.option(topology);
      List<Provider> providers = new ProviderFinder(topology, option, kernelRemedy).find();
      List<PeerPath> paths = paths(providers);
      checks.add(version);
      checks.add(option);
      checks.addAll(new CmbChecks(roots.sys()).of(topology, providers, option));
      checks.addAll(pathChecks.of(paths));
      List<Place> sources = question.sources().stream().map(discovery::locate).toList();
      List<Place> targets = question.targets().stream().map(discovery::locate).toList();
      Set<Check> ofEnds = new LinkedHashSet<>();
      sources.forEach(place -> ofEnds.addAll(storageChecks.of(place, false)));
      targets.forEach(place -> ofEnds.addAll(storageChecks.of(place, true)));
      checks.addAll(ofEnds);
      checks.addAll(processChecks.all());
      checks.addAll(machineChecks.all(topology));
      return judge(providers, paths, sources, targets);
    }

    private List<PeerPath> paths(List<Provider> providers) {
      List<PeerPath> paths = new ArrayList<>();
      for (Provider provider : providers) {
        topology.nodes().stream()
            .filter(Doctor::peer)
            .forEach(client -> paths.add(rules.judge(provider.node(), client)));
      }
      return paths;
    }

    private Diagnosis judge(
        List<Provider> providers, List<PeerPath> paths, List<Place> sources, List<Place> targets) {
      Choice choice = choose(providers, targets, sources);
      List<Leg> legs = new ArrayList<>();
      choice
          .provider()
          .ifPresent(
              provider -> {
                sources.forEach(place -> legs.add(leg("fill", place, provider)));
                targets.forEach(place -> legs.add(leg("drain", place, provider)));
              });
      Leg worst = choice.verdict();
      for (Leg leg : legs) {
        boolean worse =
            leg.answer() == Answer.NO && worst.answer() != Answer.NO
                || leg.answer() == Answer.UNKNOWN && worst.answer() == Answer.YES;
        worst = worse ? leg : worst;
      }
      String reason = worst.answer() == Answer.YES ? success(choice, legs, paths) : worst.reason();
      return new Diagnosis(
          worst.answer(),
          reason,
          worst.remedy(),
          new Diagnosis.Host(
              release,
              cpu,
              machineChecks.iommuMode(),
              processChecks.administrator(),
              hostBridges.checked()),
          topology,
          providers,
          paths,
          choice.provider(),
          legs,
          checks);
    }

    private String success(Choice choice, List<Leg> legs, List<PeerPath> paths) {
      String cmb = "the CMB of " + choice.provider().map(Provider::name).orElse("");
      if (!legs.isEmpty()) {
        return legs.stream()
            .map(leg -> "%s: %s".formatted(leg.stage(), leg.reason()))
            .collect(java.util.stream.Collectors.joining("; "));
      }
      long reaching =
          paths.stream()
              .filter(
                  path ->
                      choice
                          .provider()
                          .map(Provider::node)
                          .filter(path.provider()::equals)
                          .isPresent())
              .filter(path -> !path.client().equals(path.provider()))
              .filter(path -> path.allowed() == Answer.YES)
              .count();
      return "%s can be used by its own drive and by %d other device%s"
          .formatted(cmb, reaching, reaching == 1 ? "" : "s");
    }

    /** The CMB of the asked path, and whether it can be used. */
    private record Choice(Optional<Provider> provider, Leg verdict) {}

    private Choice choose(List<Provider> providers, List<Place> targets, List<Place> sources) {
      try {
        PciAddress address =
            discovery
                .chooseCmb(question.cmb(), targets, sources)
                .controller()
                .pciAddress()
                .orElseThrow();
        Provider provider = byAddress(providers, address).orElseThrow();
        return chosen(provider);
      } catch (DiscoveryException noneOrSeveral) {
        return withoutChoice(providers, noneOrSeveral);
      }
    }

    /** Why there is no CMB to use: the drive asked for, the kernel, or no drive at all. */
    private Choice withoutChoice(List<Provider> providers, DiscoveryException said) {
      Optional<Provider> meant =
          question
              .cmb()
              .flatMap(this::named)
              .flatMap(address -> byAddress(providers, address))
              .or(() -> providers.size() == 1 ? Optional.of(providers.get(0)) : Optional.empty());
      if (question.cmb().isPresent() && meant.isEmpty() && named(question.cmb().get()).isEmpty()) {
        throw said;
      }
      if (meant.isPresent() && meant.get().obstacle().isPresent()) {
        return chosen(meant.get());
      }
      // The drives first: no kernel helps where none has a CMB.
      Optional<Check> problem =
          checks.stream()
              .filter(c -> c.status() == Status.PROBLEM)
              .filter(c -> c.topic().equals("cmb") || c.topic().startsWith("kernel"))
              .max(Comparator.comparing(c -> c.topic().equals("cmb")));
      String reason =
          providers.isEmpty()
              ? problem.map(Check::finding).orElse(said.getMessage())
              : said.getMessage();
      return new Choice(
          Optional.empty(),
          new Leg("cmb", "", Answer.NO, reason, problem.flatMap(Check::remedy), List.of()));
    }

    private static Choice chosen(Provider provider) {
      String reason =
          provider
              .obstacle()
              .map(
                  obstacle ->
                      "the CMB of %s (%s) cannot be used: %s"
                          .formatted(provider.name(), provider.node().address(), obstacle.reason()))
              .orElse("");
      return new Choice(
          Optional.of(provider),
          new Leg(
              "cmb",
              provider.name(),
              provider.answer(),
              reason,
              provider.obstacle().map(Provider.Obstacle::remedy),
              List.of()));
    }

    private Optional<PciAddress> named(String what) {
      try {
        return discovery.controller(what).pciAddress();
      } catch (DiscoveryException none) {
        return Optional.empty();
      }
    }

    private Leg leg(String stage, Place place, Provider provider) {
      Check queue = storageChecks.queue(place);
      List<PeerPath> paths =
          place.controllers().stream()
              .map(NvmeController::pciAddress)
              .flatMap(Optional::stream)
              .map(topology::at)
              .flatMap(Optional::stream)
              .map(client -> rules.judge(provider.node(), client))
              .toList();
      Optional<PeerPath> worst = worst(paths);
      Answer answer = answer(queue, paths);
      String path = place.path().toString();
      if (queue.status() != Status.OK
          && (queue.status() == Status.PROBLEM || answer != Answer.NO)) {
        return new Leg(stage, path, answer, queue.finding(), queue.remedy(), paths);
      } else if (worst.isEmpty()) {
        return new Leg(
            stage,
            path,
            Answer.NO,
            "'%s' is on no NVMe drive".formatted(path),
            Optional.empty(),
            paths);
      }
      return new Leg(
          stage,
          path,
          answer,
          "%s to the CMB of %s (%s): %s: %s"
              .formatted(
                  worst.get().client().address(),
                  provider.name(),
                  provider.node().address(),
                  worst.get().words(),
                  worst.get().reason()),
          pathChecks.remedy(worst.get()),
          paths);
    }

    private static Answer answer(Check queue, List<PeerPath> paths) {
      Answer answer =
          switch (queue.status()) {
            case OK, WARNING -> Answer.YES;
            case PROBLEM -> Answer.NO;
            case UNKNOWN -> Answer.UNKNOWN;
          };
      for (PeerPath path : paths) {
        answer = answer.and(path.allowed());
      }
      return paths.isEmpty() ? Answer.NO : answer;
    }

    private static Optional<PeerPath> worst(List<PeerPath> paths) {
      return paths.stream()
          .filter(path -> path.allowed() == Answer.NO)
          .findFirst()
          .or(() -> paths.stream().filter(path -> path.allowed() == Answer.UNKNOWN).findFirst())
          .or(() -> paths.stream().findFirst());
    }
  }

  private static Optional<Provider> byAddress(List<Provider> providers, PciAddress address) {
    return providers.stream().filter(p -> p.node().address().equals(address)).findFirst();
  }

  /** Devices that could use another one's memory: NVMe drives, RDMA NICs, GPUs, accelerators. */
  static boolean peer(PciNode node) {
    int base = node.classCode() >>> 16;
    boolean rdma = base == NETWORK && Files.isDirectory(node.directory().resolve("infiniband"));
    return node.nvme() || rdma || base == DISPLAY || base == ACCELERATOR;
  }
}
