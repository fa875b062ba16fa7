// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.Optional;
import org.p2pbench.discovery.CmbRegisters;

/**
 * A device with memory for its peers: a CMB that the kernel offers, or one that the drive states
 * and the kernel does not offer. Immutable.
 *
 * @param name the controller's, such as nvme0; the address for another device
 * @param offered the kernel has it in its pool of peer-to-peer memory
 * @param bytes size that the kernel manages, or that the drive states where it is not offered
 * @param availableBytes what nobody had allocated; 0 where it is not offered
 * @param published the drive takes data there in both directions
 * @param registers the drive's own statement, where it could be read
 * @param obstacle why user space cannot allocate from it; empty where it can
 */
public record Provider(
    PciNode node,
    String name,
    boolean offered,
    long bytes,
    long availableBytes,
    boolean published,
    Optional<CmbRegisters> registers,
    Optional<Obstacle> obstacle) {
  /**
   * Why it cannot be used.
   *
   * @param reason the end of a sentence, without a full stop
   * @param remedy what to do about it
   */
  public record Obstacle(String reason, String remedy) {}

  /** Whether user space can allocate from it. */
  public Answer answer() {
    return obstacle.isEmpty() ? Answer.YES : Answer.NO;
  }
}
