// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** Whether endpoints fit a configuration: what the library would refuse, in words. */
final class EndpointCheck {
  private EndpointCheck() {}

  static void check(TransactorConfig config, Endpoint source, Endpoint target) {
    if (source != null) {
      require(source.access().reads(), source, "was not opened for reading");
      check(config, source, config.sourceBlock());
    }
    if (target != null) {
      require(target.access().writes(), target, "was not opened for writing");
      check(config, target, config.targetBlock());
    }
  }

  private static void check(TransactorConfig config, Endpoint endpoint, long firstBlock) {
    if (config.pinning() == Pinning.PER_TRANSACTION) {
      require(endpoint.direct(), endpoint, "needs O_DIRECT for pinning=per-transaction");
    }
    if (config.pinning() == Pinning.NONE) {
      require(!endpoint.direct(), endpoint, "must be without O_DIRECT for pinning=none");
    }
    require(
        config.blockBytes() % endpoint.alignmentBytes() == 0,
        endpoint,
        "takes multiples of "
            + endpoint.alignmentBytes()
            + " bytes, which blockBytes="
            + config.blockBytes()
            + " is not");
    require(
        endOfSpan(config, firstBlock) <= endpoint.lengthBytes(),
        endpoint,
        "has "
            + endpoint.lengthBytes()
            + " bytes, too few for "
            + config.blocks()
            + " blocks of "
            + config.blockBytes()
            + " bytes from block "
            + firstBlock
            + " on");
  }

  private static long endOfSpan(TransactorConfig config, long firstBlock) {
    try {
      return Math.multiplyExact(Math.addExact(firstBlock, config.blocks()), config.blockBytes());
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE; // beyond every endpoint
    }
  }

  private static void require(boolean met, Endpoint endpoint, String otherwise) {
    if (!met) {
      throw new IllegalArgumentException(endpoint.path() + " " + otherwise);
    }
  }
}
