// SPDX-License-Identifier: Apache-2.0
import org.openjdk.jmh.profile.ProfilerException;
import org.p2pbench.profile.KernelProfiler;

/**
 * The name by which {@code -prof kernel} finds {@link KernelProfiler}: JMH takes a class's full
 * name, and this is the shortest that there is.
 */
public final class kernel extends KernelProfiler {

  /** Made by JMH for its list of profilers. */
  public kernel() {
    super();
  }

  /** Made by JMH where it is used. */
  public kernel(String option) throws ProfilerException {
    super(option);
  }
}
