// SPDX-License-Identifier: Apache-2.0
import org.p2pbench.profile.NeighbourProfiler;

/**
 * The name by which {@code -prof neighbour} finds {@link NeighbourProfiler}: JMH takes a class's
 * full name, and this is the shortest that there is.
 */
public final class neighbour extends NeighbourProfiler {

  /** Made by JMH. */
  public neighbour() {
    super();
  }
}
