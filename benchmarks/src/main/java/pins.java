// SPDX-License-Identifier: Apache-2.0
import org.p2pbench.profile.PinsProfiler;

/**
 * The name by which {@code -prof pins} finds {@link PinsProfiler}: JMH takes a class's full name,
 * and this is the shortest that there is.
 */
public final class pins extends PinsProfiler {

  /** Made by JMH. */
  public pins() throws org.openjdk.jmh.profile.ProfilerException {
    super();
  }
}
