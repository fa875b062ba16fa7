// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.file.Path;

/** What libblkid finds on a device or in a file. */
public final class Signature {
  private static final int TEXT_BYTES = 256;

  private Signature() {}

  /**
   * A short text such as "ext4 filesystem 'data'" or "gpt partition table"; "" for none; "several
   * signatures" where they contradict each other.
   *
   * @throws TransferException it cannot be opened or read
   */
  public static String of(Path path) {
    NativeLoader.load();
    byte[] text = new byte[TEXT_BYTES];
    int error = LibP2pbench.p2p_signature(NativeText.of(path), text, text.length);
    if (error != 0 && error != -Errno.EOPNOTSUPP.number()) {
      throw TransferException.failed(Attempt.of(Operation.SIGNATURE, path), error);
    }
    return NativeText.from(text);
  }
}
