// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.proof.BlockCounters;
import org.p2pbench.safety.DirectIoSupport;

/**
 * Temporary directories below the build's own, which lie on a disk more often than {@code /tmp}.
 */
public final class BuildDirectory implements TempDirFactory {

  /** For JUnit. */
  public BuildDirectory() {}

  @Override
  public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext context)
      throws IOException {
    Path parent = Files.createDirectories(Path.of("target", "test-files").toAbsolutePath());
    return Files.createTempDirectory(parent, "test");
  }

  /** Skips the test, with the reason, where O_DIRECT in that directory moves no pages. */
  public static void assumeDirect(Path directory) {
    DirectIoSupport support = DirectIoSupport.of(DeviceDiscovery.ofThisMachine().locate(directory));
    assumeTrue(
        support.support() == DirectIoSupport.Support.DIRECT,
        "the build directory cannot show direct I/O: " + support.reason());
  }

  /** The I/O statistics of what is below a file. */
  public static BlockCounters counters(Path file) {
    return new BlockCounters(DeviceDiscovery.ofThisMachine().locate(file).blockDevices());
  }
}
