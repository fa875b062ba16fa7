// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Picks the run that a candidate is to be held against. Stateless. */
public final class Baseline {
  private Baseline() {}

  /**
   * What is looked for.
   *
   * @param fingerprint of the machine; null where there is no candidate
   * @param candidate id of a run that is not its own baseline, or null
   */
  public record Wanted(String branch, String fingerprint, String candidate) {}

  /**
   * The newest accepted run of a branch on the same machine.
   *
   * @param runs oldest first
   * @throws StoreException where there is none, saying what there is instead, or where it is not
   *     clear which machine is meant
   */
  public static StoredRun of(String store, List<HistoryRun> runs, Wanted wanted)
      throws StoreException {
    return accepted(store, runs, wanted).newest();
  }

  /**
   * All accepted runs of a branch on the same machine: one or more.
   *
   * @param runs oldest first
   * @throws StoreException likewise
   */
  public static AcceptedRuns accepted(String store, List<HistoryRun> runs, Wanted wanted)
      throws StoreException {
    List<StoredRun> branch =
        runs.stream()
            .filter(r -> r.run().branch().equals(wanted.branch()))
            .filter(r -> !r.run().id().equals(wanted.candidate()))
            .filter(r -> r.state() == HistoryRun.State.ACCEPTED)
            .map(HistoryRun::run)
            .toList();
    Set<String> machines =
        branch.stream().map(StoredRun::fingerprint).collect(Collectors.toCollection(TreeSet::new));
    if (wanted.fingerprint() == null && machines.size() > 1) {
      throw StoreException.badInput(
          store
              + ": accepted runs of several machines on the branch "
              + wanted.branch()
              + ". Name the run that is to be judged with --candidate.");
    }
    List<StoredRun> found =
        branch.stream()
            .filter(
                run ->
                    wanted.fingerprint() == null || run.fingerprint().equals(wanted.fingerprint()))
            .toList();
    if (found.isEmpty()) {
      throw none(store, runs, wanted, machines);
    }
    return new AcceptedRuns(store, found);
  }

  /**
   * The run directory of a stored run.
   *
   * @throws StoreException where it is not on this machine, or not any more
   */
  public static Path directory(String store, StoredRun run) throws StoreException {
    if (!isHere(run)) {
      throw StoreException.cannot(
          store
              + ": the baseline is "
              + run.id()
              + ", and its run directory is not here: "
              + run.directory()
              + ". Fetch it, or measure the baseline again.");
    }
    return Path.of(run.directory());
  }

  /** Whether the run directory is where it was when the run was added. */
  public static boolean isHere(StoredRun run) {
    return run.directory() != null
        && Files.exists(Path.of(run.directory()).resolve("environment.json"));
  }

  private static StoreException none(
      String store, List<HistoryRun> runs, Wanted wanted, Set<String> machines) {
    String machine = wanted.fingerprint() == null ? "" : " on machine " + wanted.fingerprint();
    String there;
    if (!machines.isEmpty()) {
      there = "accepted runs of that branch are of machine " + String.join(", ", machines);
    } else {
      long others = runs.stream().filter(r -> r.run().branch().equals(wanted.branch())).count();
      Set<String> branches =
          runs.stream().map(r -> r.run().branch()).collect(Collectors.toCollection(TreeSet::new));
      there =
          others > 0
              ? "that branch has no other run that is accepted (`history list`)"
              : branches.isEmpty()
                  ? "the store is empty"
                  : "there are runs of the branch " + String.join(", ", branches);
    }
    return StoreException.cannot(
        store
            + ": no baseline: it would be the newest accepted run of the branch "
            + wanted.branch()
            + machine
            + ", and "
            + there
            + ". `history add RUN --branch "
            + wanted.branch()
            + "` adds one.");
  }
}
