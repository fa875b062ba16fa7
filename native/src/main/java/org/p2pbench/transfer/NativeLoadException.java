// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.util.List;

/** libp2pbench could not be loaded. The message is one line for people. */
public final class NativeLoadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private NativeLoadException(String message) {
    super(message);
  }

  /** Each element of {@code tried} is a path with the reason in brackets. */
  NativeLoadException(List<String> tried, boolean named) {
    this(
        "libp2pbench could not be loaded. Tried: "
            + String.join("; ", tried)
            + ". What to do: "
            + (named
                ? "correct or unset " + NativeLoader.PATH_PROPERTY + "."
                : "./run.sh build builds it for this machine."));
  }

  static NativeLoadException otherAbi(String path, int abi) {
    return new NativeLoadException(
        "libp2pbench at "
            + path
            + " has ABI "
            + abi
            + ", this jar needs ABI "
            + LibP2pbench.ABI_VERSION
            + ": rebuild with ./run.sh or unset "
            + NativeLoader.PATH_PROPERTY);
  }
}
