// SPDX-License-Identifier: Apache-2.0
import org.openjdk.jmh.profile.ProfilerException;
import org.p2pbench.profile.PinsProfiler;

/**
 * The name by which {@code -prof pins} finds {@link PinsProfiler}: JMH takes a class's full name,
 * and this is the shortest that there is.
 */
public final class pins extends PinsProfiler {

  /** Made by JMH for its list of profilers. */
  public pins() {
    super();
  }

  /** Made by JMH where it is used. */
  public pins(String option) throws ProfilerException {
    super(option);
  }
}
