// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.time.Duration;
import org.p2pbench.reports.history.Store;
import org.p2pbench.reports.history.StoreException;
import org.p2pbench.reports.history.Stores;
import picocli.CommandLine.Option;

/** Which store, and how long to wait for it. */
final class StoreOptions {
  @Option(
      names = "--store",
      paramLabel = "STORE",
      defaultValue = "p2pbench-history",
      description = "A directory, or jdbc:postgresql://HOST/DATABASE (default: ${DEFAULT-VALUE}).")
  private String name;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long another process may hold the store (default: ${DEFAULT-VALUE}).")
  private int waitSeconds;

  Store open() throws StoreException {
    return Stores.open(name, Duration.ofSeconds(waitSeconds));
  }
}
