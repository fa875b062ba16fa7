// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.p2pbench.load.LoadPlanner;
import org.p2pbench.load.LoadSpec;
import org.p2pbench.transaction.Layout;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.TransferSpec;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pinning;

/** Makes the plan of a profile, or of what the user asked for. Stateless. */
final class PlanBuilder {

  private static final long SWEEP_BYTES = 65_536;

  /** A line with its interval, one fork of each. */
  private static final List<Long> GUP_TEST_BYTES = List.of(4096L, 65_536L, 262_144L, 1_048_576L);

  /** Of a cheap transaction what measuring costs is the largest part; one of them is direct. */
  static final List<MemoryChoice> CHEAPEST = List.of(MemoryChoice.PAGE_CACHE, MemoryChoice.RAM);

  /** Size of such a transaction. */
  static final long CHEAPEST_BYTES = 4096;

  private PlanBuilder() {}

  /**
   * The plan of a profile.
   *
   * @param timing the profile's, or what the user made of it
   * @param peer the memory that is compared with system memory: cmb where there is one, else
   *     cmb-emulated
   * @param uring whether io_uring may be used here; registered buffers need it
   * @param layout of all ends; where it is not plain, rows on all of them are added, and as many
   *     threads on the first ones alone
   */
  static Plan ofProfile(
      Profile profile, Profile.Timing timing, MemoryChoice peer, boolean uring, Layout layout) {
    Map<String, RowPlan> rows = new LinkedHashMap<>();
    Profile.Extent extent = profile.extent();
    Engine engine = uring ? Engine.IO_URING : Engine.SYNC;
    for (long size : extent.blockBytes()) {
      boolean aside = extent.asideBytes().contains(size);
      twins(rows, peer, engine, size, 1, 1);
      if (aside) {
        asides(rows, engine, size);
      }
    }
    if (uring) {
      if (!extent.asideBytes().isEmpty()) {
        add(rows, TransferSpec.of(peer, Engine.SYNC, SWEEP_BYTES));
        add(rows, TransferSpec.of(MemoryChoice.RAM, Engine.SYNC, SWEEP_BYTES));
      }
      extent.depths().forEach(d -> twins(rows, peer, engine, SWEEP_BYTES, d, 1));
    }
    extent.threads().forEach(t -> twins(rows, peer, engine, SWEEP_BYTES, 1, t));
    if (!layout.equals(Layout.PLAIN)) {
      twins(rows, peer, engine, SWEEP_BYTES, 1, layout.leastThreads());
      twins(rows, peer, engine, SWEEP_BYTES, 1, layout.leastThreads(), layout);
    }
    for (long size : extent.asideBytes()) {
      add(rows, TransferSpec.of(peer, engine, size).drainOnly());
      add(rows, TransferSpec.of(MemoryChoice.RAM, engine, size).drainOnly());
    }
    if (extent.alone()) {
      alone(rows, extent, peer, uring);
    }
    if (extent.overheads()) {
      CHEAPEST.forEach(
          memory -> overheads(rows, TransferSpec.of(memory, Engine.SYNC, CHEAPEST_BYTES)));
    }
    return new Plan(profile.label(), timing, List.copyOf(rows.values()));
  }

  private static void twins(
      Map<String, RowPlan> rows,
      MemoryChoice peer,
      Engine engine,
      long size,
      int depth,
      int threads) {
    twins(rows, peer, engine, size, depth, threads, Layout.PLAIN);
  }

  private static void twins(
      Map<String, RowPlan> rows,
      MemoryChoice peer,
      Engine engine,
      long size,
      int depth,
      int threads,
      Layout layout) {
    TransferSpec direct =
        TransferSpec.of(peer, engine, size).scaled(depth, threads).laidOut(layout);
    TransferSpec bounce =
        TransferSpec.of(MemoryChoice.RAM, engine, size).scaled(depth, threads).laidOut(layout);
    add(rows, direct);
    add(rows, bounce);
    if (engine == Engine.IO_URING) {
      add(rows, bounce.registered());
      if (peer == MemoryChoice.CMB && size == SWEEP_BYTES && depth == 1 && threads == 1) {
        // The kernel refuses it today, of any size; the row says so, and says so no more on the day
        // it works.
        add(rows, direct.registered());
      }
    }
  }

  /** What else an application might do at the same point. */
  private static void asides(Map<String, RowPlan> rows, Engine engine, long size) {
    add(rows, TransferSpec.of(MemoryChoice.RAM, engine, size).onHugePages());
    add(rows, TransferSpec.of(MemoryChoice.RAM, engine, size).staged());
    add(rows, TransferSpec.of(MemoryChoice.PAGE_CACHE, engine, size));
  }

  /** Pinning alone, copying alone and the baselines. */
  private static void alone(
      Map<String, RowPlan> rows, Profile.Extent extent, MemoryChoice peer, boolean uring) {
    boolean smoke = extent.asideBytes().isEmpty();
    List<Long> sizes = smoke ? List.of(4096L, 1_048_576L) : extent.asideBytes();
    if (uring) {
      // What a page costs is a line through sizes: it takes three of them at least.
      SortedSet<Long> pinned = new TreeSet<>(sizes);
      pinned.addAll(smoke ? List.of(SWEEP_BYTES) : List.of(SWEEP_BYTES, 4 * SWEEP_BYTES));
      pinned.forEach(size -> pins(rows, "io_uring-register", size, smoke));
    }
    if (!smoke) {
      sizes.forEach(size -> pins(rows, "mlock", size, false));
    }
    for (long size : smoke ? List.of(SWEEP_BYTES) : sizes) {
      add(rows, RowPlan.ofCopy("ram", "ram", size));
      if (!smoke || peer == MemoryChoice.CMB) {
        add(rows, RowPlan.ofCopy("ram", peer.label(), size));
        add(rows, RowPlan.ofCopy(peer.label(), "ram", size));
      }
    }
    List<String> baselines =
        smoke
            ? List.of("emptyCall", "stampAndRecord")
            : List.of(
                "emptyCall", "emptyTransaction", "timeStamp", "histogramRecord", "stampAndRecord");
    baselines.forEach(what -> add(rows, RowPlan.ofBaseline(what)));
  }

  private static void pins(
      Map<String, RowPlan> rows, String mechanism, long size, boolean basePagesOnly) {
    add(rows, RowPlan.ofPin("ram", mechanism, size, "4KiB"));
    if (!basePagesOnly) {
      add(rows, RowPlan.ofPin("ram", mechanism, size, "2MiB"));
    }
  }

  /**
   * The plan, and the kernel's own benchmark of pinning, on system memory and on what is compared
   * with it, beside a pin curve of the same sizes. For kernels that have it.
   *
   * @param peer as in {@link #ofProfile}
   * @param uring as in {@link #ofProfile}
   */
  static Plan withGupTest(Plan plan, MemoryChoice peer, boolean uring) {
    Map<String, RowPlan> rows = new LinkedHashMap<>();
    plan.rows().forEach(row -> add(rows, row));
    for (long size : GUP_TEST_BYTES) {
      if (uring) {
        pins(rows, "io_uring-register", size, false);
      }
      pins(rows, "gup-test", size, false);
      add(rows, RowPlan.ofPin(peer.label(), "gup-test", size, "4KiB"));
    }
    return new Plan(plan.profile(), plan.timing(), List.copyOf(rows.values()));
  }

  /**
   * The plan of what the user asked for: every combination that makes sense.
   *
   * @param asked values for each of the domain's words, never empty
   * @throws IllegalArgumentException where a value makes sense in no combination: why not
   */
  static Plan ofSelection(String profile, Profile.Timing timing, Selection asked) {
    Map<String, RowPlan> rows = new LinkedHashMap<>();
    specs(asked).forEach(spec -> add(rows, spec));
    return new Plan(profile, timing, List.copyOf(rows.values()));
  }

  /**
   * The plan of what the user asked for beside each of the loads, and without them.
   *
   * @throws IllegalArgumentException where a value makes sense in no combination, or the machine
   *     has too few CPUs or too little memory for a load: why not
   */
  static Plan ofBusyMemory(
      String profile,
      Profile.Timing timing,
      Selection asked,
      List<LoadSpec> loads,
      LoadPlanner planner) {
    Map<String, List<TransferSpec>> twins = new LinkedHashMap<>();
    specs(asked)
        .forEach(s -> twins.computeIfAbsent(RowPlan.point(s), p -> new ArrayList<>()).add(s));
    Map<String, RowPlan> rows = new LinkedHashMap<>();
    for (LoadSpec load : loads) {
      for (List<TransferSpec> some : twins.values()) {
        busy(rows, load, some, planner);
      }
    }
    return new Plan(profile, timing, List.copyOf(rows.values()));
  }

  private static void busy(
      Map<String, RowPlan> rows, LoadSpec load, List<TransferSpec> twins, LoadPlanner planner) {
    LoadSpec complete = planner.complete(load, twins.get(0).threads());
    BusyRows.of(complete, planner.place(complete), twins).forEach(row -> add(rows, row));
  }

  /**
   * The plan of an open loop: every combination that makes sense, twins at the same rates. Before
   * rates that are percentages the closed loop that they are taken of is measured: system memory,
   * pinned per transaction, or the first combination where that is not asked for.
   *
   * @throws IllegalArgumentException as {@link #ofSelection}
   */
  static Plan ofSweep(String profile, Profile.Timing timing, Selection asked, Sweep sweep) {
    Map<String, List<TransferSpec>> groups = new LinkedHashMap<>();
    for (TransferSpec spec : specs(asked)) {
      groups.computeIfAbsent(RowPlan.of(spec).group(), g -> new ArrayList<>()).add(spec);
    }
    Map<String, RowPlan> rows = new LinkedHashMap<>();
    for (List<TransferSpec> twins : groups.values()) {
      RowPlan closed =
          RowPlan.of(twins.stream().filter(PlanBuilder::isBounce).findFirst().orElse(twins.get(0)));
      for (OfferedRate rate : sweep.rates()) {
        if (rate.relative()) {
          add(rows, closed);
        }
        for (TransferSpec spec : twins) {
          add(
              rows,
              rate.relative()
                  ? RowPlan.ofOpenLoop(new RowPlan.Share(spec, sweep.arrivals(), rate, closed.id()))
                  : RowPlan.ofOpenLoop(spec, sweep.arrivals(), rate.value()));
        }
      }
    }
    return new Plan(profile, timing, List.copyOf(rows.values()), false, sweep.p99BoundNs());
  }

  /**
   * The plan of every combination that makes sense, each with every profiler off and on.
   *
   * @throws IllegalArgumentException as {@link #ofSelection}
   */
  static Plan ofOverheads(String profile, Profile.Timing timing, Selection asked) {
    Map<String, RowPlan> rows = new LinkedHashMap<>();
    specs(asked).forEach(spec -> overheads(rows, spec));
    return new Plan(profile, timing, List.copyOf(rows.values()));
  }

  private static void overheads(Map<String, RowPlan> rows, TransferSpec spec) {
    Profilers.setsToCompare(RowPlan.of(spec))
        .forEach(profilers -> add(rows, RowPlan.ofOverhead(spec, profilers)));
  }

  private static boolean isBounce(TransferSpec spec) {
    return spec.memory() == MemoryChoice.RAM
        && spec.pinning() == Pinning.PER_TRANSACTION
        && spec.staging() == 0
        && !spec.hugePages();
  }

  /** Every combination that makes sense, each once. */
  private static Set<TransferSpec> specs(Selection asked) {
    Set<TransferSpec> specs = new LinkedHashSet<>();
    List<String> unused = new ArrayList<>(asked.labels());
    IllegalArgumentException first = null;
    for (Selection.Point point : asked.points()) {
      try {
        specs.add(point.spec());
        unused.removeAll(point.labels());
      } catch (IllegalArgumentException nonsense) {
        first = first == null ? nonsense : first;
      }
    }
    if (!unused.isEmpty() && first != null) {
      throw first;
    }
    return specs;
  }

  private static void add(Map<String, RowPlan> rows, TransferSpec spec) {
    add(rows, RowPlan.of(spec));
  }

  private static void add(Map<String, RowPlan> rows, RowPlan row) {
    rows.putIfAbsent(row.id(), row);
  }
}
