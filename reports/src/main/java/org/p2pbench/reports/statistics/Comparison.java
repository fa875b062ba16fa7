// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.Objects;
import java.util.function.Predicate;
import org.p2pbench.reports.rundir.Parameters;

/** A question that twins answer: what the one choice costs or gains against the other. */
public enum Comparison {
  /** The block goes through the CMB (or its stand-in) and not through system memory. */
  DIRECT("Moving data through the CMB instead of bouncing it through RAM", Comparison::direct),
  /** Buffers are pinned once and not at each transaction. */
  REGISTERED(
      "Registered buffers instead of pinning at each transaction",
      p -> "registered".equals(p.pinning()) && unstaged(p)),
  /** Pages are 2 MiB and not 4 KiB. */
  HUGE_PAGES(
      "2 MiB pages instead of base pages",
      p -> "ram".equals(p.memory()) && huge(p) && perTransaction(p) && unstaged(p)),
  /** One CPU copy more. */
  STAGED(
      "One extra CPU copy of each block",
      p -> p.staging() != null && p.staging() == 1 && perTransaction(p) && !huge(p)),
  /** The kernel copies through its page cache. */
  PAGE_CACHE(
      "Buffered I/O through the page cache instead of O_DIRECT",
      p -> "page-cache".equals(p.memory()));

  private final String label;
  private final Predicate<Parameters> applies;

  Comparison(String label, Predicate<Parameters> applies) {
    this.label = label;
    this.applies = applies;
  }

  /** What is compared, as the start of a sentence. */
  public String label() {
    return label;
  }

  /** Whether row b is what row a is to be divided by. The group is the caller's business. */
  boolean compares(Parameters a, Parameters b) {
    if (!applies.test(a) || applies.test(b)) {
      return false;
    }
    return switch (this) {
      case DIRECT, PAGE_CACHE -> isBaseline(b);
      case REGISTERED -> perTransaction(b) && sameBut(a, b, false, true, true);
      case HUGE_PAGES -> isBaseline(b);
      case STAGED -> unstaged(b) && sameBut(a, b, true, false, true);
    };
  }

  /** The bounce itself: system memory, base pages, pinned at each transaction, no extra copy. */
  public static boolean isBaseline(Parameters p) {
    return "ram".equals(p.memory()) && perTransaction(p) && unstaged(p) && !huge(p);
  }

  /** Whether a memory is a CMB or stands in for one. */
  public static boolean isCmb(String memory) {
    return "cmb".equals(memory) || "cmb-emulated".equals(memory);
  }

  private static boolean direct(Parameters p) {
    return isCmb(p.memory()) && perTransaction(p) && unstaged(p) && !huge(p);
  }

  private static boolean sameBut(
      Parameters a, Parameters b, boolean pinning, boolean staging, boolean pages) {
    return Objects.equals(a.memory(), b.memory())
        && (!pinning || Objects.equals(a.pinning(), b.pinning()))
        && (!staging || unstaged(a) == unstaged(b))
        && (!pages || huge(a) == huge(b));
  }

  private static boolean perTransaction(Parameters p) {
    return p.pinning() == null || "per-transaction".equals(p.pinning());
  }

  private static boolean unstaged(Parameters p) {
    return p.staging() == null || p.staging() == 0;
  }

  private static boolean huge(Parameters p) {
    return "2MiB".equals(p.pages());
  }
}
