// SPDX-License-Identifier: Apache-2.0
import org.p2pbench.profile.StagesProfiler;

/**
 * The name by which {@code -prof stages} finds {@link StagesProfiler}: JMH takes a class's full
 * name, and this is the shortest that there is.
 */
public final class stages extends StagesProfiler {

  /** Made by JMH. */
  public stages() {
    super();
  }
}
