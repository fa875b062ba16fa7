// SPDX-License-Identifier: Apache-2.0
import org.p2pbench.profile.FairnessProfiler;

/**
 * The name by which {@code -prof fairness} finds {@link FairnessProfiler}: JMH takes a class's full
 * name, and this is the shortest that there is.
 */
public final class fairness extends FairnessProfiler {

  /** Made by JMH. */
  public fairness() {
    super();
  }
}
