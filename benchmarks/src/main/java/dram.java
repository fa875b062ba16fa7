// SPDX-License-Identifier: Apache-2.0
import org.openjdk.jmh.profile.ProfilerException;
import org.p2pbench.profile.DramProfiler;

/**
 * The name by which {@code -prof dram} finds {@link DramProfiler}: JMH takes a class's full name,
 * and this is the shortest that there is.
 */
public final class dram extends DramProfiler {

  /** Made by JMH for its list of profilers. */
  public dram() {
    super();
  }

  /** Made by JMH where it is used. */
  public dram(String option) throws ProfilerException {
    super(option);
  }
}
