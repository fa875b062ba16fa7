// SPDX-License-Identifier: Apache-2.0
import org.openjdk.jmh.profile.ProfilerException;
import org.p2pbench.profile.CpuProfiler;

/**
 * The name by which {@code -prof cpu} finds {@link CpuProfiler}: JMH takes a class's full name, and
 * this is the shortest that there is.
 */
public final class cpu extends CpuProfiler {

  /** Made by JMH for its list of profilers. */
  public cpu() {
    super();
  }

  /** Made by JMH where it is used. */
  public cpu(String option) throws ProfilerException {
    super(option);
  }
}
