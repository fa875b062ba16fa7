// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.p2pbench.discovery.CmbChoice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.DiscoveryException;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.discovery.Place;
import org.p2pbench.doctor.Diagnosis;
import org.p2pbench.load.LoadPlacement;
import org.p2pbench.load.LoadPlanner;
import org.p2pbench.load.LoadSpec;
import org.p2pbench.numa.NumaChoice;
import org.p2pbench.numa.NumaNodes;
import org.p2pbench.safety.Consent;
import org.p2pbench.safety.DirectIoSupport;
import org.p2pbench.safety.Verdict;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.Layout;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.NumaSeat;
import org.p2pbench.transaction.PlaceResolver;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinner;
import org.p2pbench.transfer.Pinning;

/** Turns what a user asks for into what can be measured, before anything is made or written. */
final class RunPreparation {

  private final RunRequest request;
  private final PrintStream err;
  private final List<String> notes = new ArrayList<>();
  private final List<Layout.Node> nodes = new ArrayList<>();
  private final PlaceResolver resolver = PlaceResolver.ofThisMachine();
  private final DeviceDiscovery discovery = resolver.discovery();

  private RunPreparation(RunRequest request, PrintStream err) {
    this.request = request;
    this.err = err;
  }

  /**
   * Checks a request.
   *
   * @return what is to be measured, and where
   * @throws RuntimeException one line for the user: what, why, and what to do
   */
  static PreparedRun check(RunRequest request, PrintStream err) {
    return new RunPreparation(request, err).check();
  }

  private PreparedRun check() {
    final JmhArguments jmh = JmhArguments.parse(request.jmhArguments());
    Stuck stuck = new Stuck(request.ioTimeout(), err);
    ForkSettings settings = stuck.unless("looking at source and target", this::settings);
    Optional<CmbChoice> cmb = cmb(settings);
    nodes(settings, cmb);
    Plan plan = plan(cmb);
    checkPlaces(settings, plan);
    Diagnosis diagnosis = RunDiagnosis.of(discovery, settings, plan);
    Profilers profilers = Profilers.of(request.profilers(), plan.rows(), err);
    notes.forEach(err::println);
    // Source and target hold at least one block for each transaction in flight.
    long span = Math.max(request.profile().spanBytes(), plan.bytesInFlight());
    return new PreparedRun(
        request, plan, settings.spanning(span), cmb, jmh, profilers, diagnosis, resolver, stuck);
  }

  /** The settings as typed; a target that does not exist yet is the directory it goes to. */
  private ForkSettings settings() {
    RunRequest.Places places = request.places();
    refuseTwice("source", places.sources());
    refuseTwice("target", places.targets());
    refuseLoneSignature(places.consents());
    Optional<String> destroy =
        places.consents().stream().flatMap(c -> c.device().stream()).findFirst();
    if (places.targets().isEmpty() && destroy.isPresent()) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "--destroy names '%s' but there is no --target: name the device there too"
              .formatted(destroy.get()));
    }
    List<Consent> consents = places.consents().stream().map(resolver::toThisDevice).toList();
    ForkSettings typed =
        typed(places.targets(), places.dir().orElseGet(this::defaultDir), consents);
    List<Path> targets = typed.targets().stream().map(t -> allowed(typed, t)).toList();
    Optional<Path> besideTarget = targets.stream().filter(Files::isDirectory).findFirst();
    return typed(targets, places.dir().or(() -> besideTarget).orElse(typed.dir()), consents);
  }

  private static void refuseLoneSignature(List<Consent> consents) {
    for (Consent consent : consents) {
      if (consent.device().isEmpty() && consent.signature().isPresent()) {
        throw new CommandFailure(
            CommandFailure.BAD_INPUT,
            "--destroy-signature '%s' belongs to no device: give --destroy DEVICE before it, or leave it out"
                .formatted(consent.signature().get()));
      }
    }
  }

  private ForkSettings typed(List<Path> targets, Path dir, List<Consent> consents) {
    return new ForkSettings(
        request.places().sources(),
        targets,
        dir,
        request.places().cmb(),
        consents,
        request.profile().spanBytes(),
        Optional.empty(),
        Optional.empty(),
        request.ioTimeout());
  }

  /** The target, or the directory that a fresh one goes to. */
  private Path allowed(ForkSettings settings, Path target) {
    Verdict verdict = resolver.judge(settings, target);
    if (verdict instanceof Verdict.Refusal refusal) {
      throw new CommandFailure(refusal.exitCode(), refusal.message());
    }
    return verdict instanceof Verdict.FreshFile fresh ? fresh.path().getParent() : target;
  }

  private static void refuseTwice(String what, List<Path> paths) {
    Map<Path, Path> seen = new HashMap<>();
    for (Path path : paths) {
      Path before =
          seen.put(KernelFiles.real(path).orElse(path.toAbsolutePath().normalize()), path);
      if (before != null) {
        String twice = before.equals(path) ? "twice" : "already, as '%s'".formatted(before);
        throw new CommandFailure(
            CommandFailure.BAD_INPUT,
            "%s '%s' is named %s: name each %s once, threads take turns on them"
                .formatted(what, path, twice, what));
      }
    }
  }

  /** Where --out lies, or will lie: nothing is made before everything was checked. */
  private Path defaultDir() {
    Path place = request.out().toAbsolutePath().normalize().getParent();
    while (place != null && !Files.exists(place)) {
      place = place.getParent();
    }
    return place == null ? Path.of(".") : place;
  }

  /** The CMB to use; empty where none is needed and none is here. */
  private Optional<CmbChoice> cmb(ForkSettings settings) {
    boolean needed =
        request.asked().memories().contains(MemoryChoice.CMB.label())
            || request.places().cmb().isPresent();
    boolean wanted = needed || request.asked().memories().isEmpty();
    if (!wanted) {
      return Optional.empty();
    }
    try {
      return Optional.of(resolver.chooseCmb(settings.orWhereFreshFilesGo()));
    } catch (DiscoveryException e) {
      if (needed) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** The NUMA nodes that are meant, for people too. */
  private void nodes(ForkSettings settings, Optional<CmbChoice> cmb) {
    for (String word : new LinkedHashSet<>(request.asked().numa())) {
      Place target = discovery.locate(settings.orWhereFreshFilesGo().targets().get(0));
      String device =
          cmb.map(c -> c.controller().describe()).orElse("'%s'".formatted(target.path()));
      OptionalInt deviceNode =
          cmb.map(c -> c.controller().numaNode()).orElseGet(() -> NumaNodes.of(target));
      NumaNodes.Chosen chosen = choose(NumaChoice.parse(word), device, deviceNode);
      notes.add(
          "NUMA %s: node %d, %s; threads on its CPUs %s, system memory there"
              .formatted(
                  word,
                  chosen.node().number(),
                  chosen.reason(),
                  LoadPlacement.list(NumaSeat.cpus(chosen.node()))));
      nodes.add(new Layout.Node(word, chosen.node().number()));
    }
  }

  private static NumaNodes.Chosen choose(NumaChoice choice, String device, OptionalInt node) {
    try {
      return NumaNodes.ofThisMachine().choose(choice, device, node);
    } catch (NumaNodes.NoNodeException e) {
      throw new CommandFailure(CommandFailure.CANNOT, e.getMessage());
    }
  }

  private Plan plan(Optional<CmbChoice> cmb) {
    MemoryChoice peer = cmb.isPresent() ? MemoryChoice.CMB : MemoryChoice.CMB_EMULATED;
    Optional<String> obstacle = EngineSupport.ioUringObstacle();
    RunRequest.Asked asked = request.asked();
    if (asked.engines().contains(Engine.IO_URING.label()) && obstacle.isPresent()) {
      throw new CommandFailure(CommandFailure.CANNOT, obstacle.get());
    }
    Profile.Timing timing =
        request
            .rounds()
            .map(request.profile().timing()::withRounds)
            .orElse(request.profile().timing());
    if (asked.nothing()) {
      obstacle.ifPresent(o -> err.println("io_uring is not used: " + o));
      Plan plan =
          PlanBuilder.ofProfile(
              request.profile(), timing, peer, obstacle.isEmpty(), request.places().layout());
      return Pinner.gupTestAvailable()
          ? PlanBuilder.withGupTest(plan, peer, obstacle.isEmpty())
          : plan;
    }
    Optional<Sweep> sweep = Sweep.of(asked.openLoop());
    if (asked.overhead()) {
      return overheads(asked, timing);
    }
    Selection selection = selection(peer, obstacle.isEmpty());
    if (sweep.isPresent()) {
      return openLoop(asked, timing, selection, sweep.get());
    }
    return asked.busyMemory().isEmpty()
        ? PlanBuilder.ofSelection(request.profile().label(), timing, selection)
        : busyMemory(asked, timing, selection);
  }

  private Plan openLoop(
      RunRequest.Asked asked, Profile.Timing timing, Selection selection, Sweep sweep) {
    if (asked.drainOnly()) {
      throw new IllegalArgumentException(
          "--rate is for whole transfers, not for --drain-only: leave one of them out");
    }
    if (!asked.busyMemory().isEmpty()) {
      throw new IllegalArgumentException(
          "--rate and --busy-memory are two questions: ask them in two runs");
    }
    return PlanBuilder.ofSweep(request.profile().label(), timing, selection, sweep);
  }

  private Plan busyMemory(RunRequest.Asked asked, Profile.Timing timing, Selection selection) {
    if (asked.drainOnly()) {
      throw new IllegalArgumentException(
          "--busy-memory loads the memory beside whole transfers: leave out --drain-only");
    }
    if (!asked.numa().isEmpty()) {
      throw new IllegalArgumentException(
          "--numa and --busy-memory both say on which CPUs transfers run: leave one of them out");
    }
    return PlanBuilder.ofBusyMemory(
        request.profile().label(),
        timing,
        selection,
        asked.busyMemory().stream().map(LoadSpec::parse).toList(),
        LoadPlanner.ofThisMachine());
  }

  private Plan overheads(RunRequest.Asked asked, Profile.Timing timing) {
    if (!asked.openLoop().rates().isEmpty() || !asked.busyMemory().isEmpty()) {
      throw new IllegalArgumentException(
          "--overhead is a question of its own: ask --rate or --busy-memory in another run");
    }
    if (!request.profilers().isEmpty()) {
      throw new IllegalArgumentException(
          "--overhead measures every profiler by itself: leave --profiler out");
    }
    return PlanBuilder.ofOverheads(
        request.profile().label(),
        timing,
        selection(PlanBuilder.CHEAPEST, Engine.SYNC, PlanBuilder.CHEAPEST_BYTES));
  }

  private Selection selection(MemoryChoice peer, boolean uring) {
    return selection(
        List.of(peer, MemoryChoice.RAM), uring ? Engine.IO_URING : Engine.SYNC, 65_536L);
  }

  /** What was asked for, with these values where nothing was said. */
  private Selection selection(List<MemoryChoice> memories, Engine engine, long blockBytes) {
    RunRequest.Asked asked = request.asked();
    Layout all = request.places().layout();
    return new Selection(
        asked.memories().isEmpty()
            ? memories
            : asked.memories().stream().map(MemoryChoice::parse).toList(),
        asked.pinnings().stream().map(Pinning::parse).toList(),
        orDefault(asked.engines().stream().map(Engine::parse).toList(), engine),
        orDefault(asked.sizes().stream().map(ByteSize::parse).toList(), blockBytes),
        orDefault(asked.depths(), 1),
        orDefault(asked.threads(), all.leastThreads()),
        orDefault(asked.stagings(), 0),
        Pattern.parse(asked.pattern().orElse(Pattern.SEQUENTIAL.label())),
        hugePages(asked.pages().orElse("4KiB")),
        !asked.drainOnly(),
        layouts(asked, all));
  }

  /** What several ends bring is seen beside as many threads on the first ones alone. */
  private List<Layout> layouts(RunRequest.Asked asked, Layout all) {
    boolean otherQuestion =
        !asked.openLoop().rates().isEmpty() || !asked.busyMemory().isEmpty() || asked.overhead();
    List<Layout> ends =
        all.equals(Layout.PLAIN) || otherQuestion ? List.of(all) : List.of(Layout.PLAIN, all);
    return nodes.isEmpty()
        ? ends
        : nodes.stream().flatMap(node -> ends.stream().map(layout -> layout.on(node))).toList();
  }

  private static <T> List<T> orDefault(List<T> given, T otherwise) {
    return given.isEmpty() ? List.of(otherwise) : given;
  }

  private static boolean hugePages(String pages) {
    if (!Set.of("4KiB", "2MiB").contains(pages)) {
      throw new IllegalArgumentException("unknown pages '%s': one of 4KiB, 2MiB".formatted(pages));
    }
    return pages.equals("2MiB");
  }

  /** Refuses places where O_DIRECT is not what it claims to be, before anything is written. */
  private void checkPlaces(ForkSettings settings, Plan plan) {
    settings.sources().forEach(RunPreparation::checkSource);
    boolean direct =
        plan.rows().stream()
            .map(r -> r.parameters().get("memory"))
            .anyMatch(m -> m != null && !m.equals(MemoryChoice.PAGE_CACHE.label()));
    if (!direct) {
      return;
    }
    ForkSettings ends = settings.orWhereFreshFilesGo();
    Set<Path> all = new LinkedHashSet<>(ends.sources());
    all.addAll(ends.targets());
    for (Path end : all) {
      Place place = discovery.locate(end);
      DirectIoSupport support = DirectIoSupport.of(place);
      if (support.support() == DirectIoSupport.Support.COPIED
          || support.support() == DirectIoSupport.Support.NONE) {
        throw new CommandFailure(
            CommandFailure.BAD_INPUT,
            "'%s' cannot be measured with O_DIRECT: %s: use a directory on ext4 or xfs (--dir), or --memory page-cache"
                .formatted(end, support.reason()));
      }
    }
  }

  /** Of a source that is not there {@link DeviceDiscovery#locate} says so. */
  private static void checkSource(Path source) {
    if (Files.isDirectory(source)) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "source '%s' is a directory: name a file or a block device, or leave --source out for a fresh file below --dir"
              .formatted(source));
    }
    if (Files.exists(source) && !Files.isReadable(source)) {
      throw new CommandFailure(
          CommandFailure.CANNOT,
          "source '%s' cannot be read by this user (permission denied): run as a user who may, or give another --source"
              .formatted(source));
    }
  }
}
