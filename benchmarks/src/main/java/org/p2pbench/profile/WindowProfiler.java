// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.p2pbench.transaction.Measurements;

/**
 * Common to the profilers of this package: they read what the measuring threads of the fork
 * recorded in one window, which spans the iteration and is a little wider than JMH's own timing.
 */
public abstract class WindowProfiler implements InternalProfiler {

  /** For subclasses. */
  protected WindowProfiler() {}

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    Measurements.ofThisFork().openWindow();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    Measurements measurements = Measurements.ofThisFork();
    if (result.getRawPrimaryResults().isEmpty() || measurements.window().transactions() == 0) {
      // The iteration failed, which JMH is about to say, or its benchmark runs no transactions.
      return List.of();
    }
    List<Result<?>> results = new ArrayList<>();
    read(measurements, iteration, result, new Sink(results));
    return results;
  }

  /** Reads the window and passes on what it holds. */
  abstract void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink);

  /** Where figures go: JMH's secondary results. */
  static final class Sink {

    private final List<Result<?>> results;

    Sink(List<Result<?>> results) {
      this.results = results;
    }

    /** A figure that is averaged over iterations and forks. */
    void average(String label, double value, String unit) {
      results.add(new ScalarResult(label, value, unit, AggregationPolicy.AVG));
    }

    /** A count that is added up over iterations. */
    void sum(String label, double value, String unit) {
      results.add(new ScalarResult(label, value, unit, AggregationPolicy.SUM));
    }

    /** An extreme, of which the largest over iterations and forks is told. */
    void max(String label, double value, String unit) {
      results.add(new ScalarResult(label, value, unit, AggregationPolicy.MAX));
    }
  }
}
