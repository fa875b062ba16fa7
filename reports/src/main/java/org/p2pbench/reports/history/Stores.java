// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.nio.file.Path;
import java.time.Duration;

/** Opens stores by name. */
public final class Stores {
  private Stores() {}

  /**
   * Opens a store. It is made when the first run is added.
   *
   * @param name a directory, or {@code jdbc:postgresql:...}
   * @param wait how long another process may hold it
   */
  public static Store open(String name, Duration wait) throws StoreException {
    if (wait.isNegative()) {
      throw StoreException.badInput(
          "--wait is " + wait.toSeconds() + ", not a number of seconds from 0 up.");
    }
    if (name.startsWith("jdbc:postgresql:")) {
      return PostgresStore.open(name, wait);
    }
    if (name.startsWith("jdbc:")) {
      throw StoreException.badInput(
          PostgresStore.withoutSecrets(name)
              + ": of databases, p2pbench knows PostgreSQL. Give `--store`"
              + " jdbc:postgresql://HOST/DATABASE or a directory.");
    }
    try {
      return new FileStore(Path.of(name), wait);
    } catch (java.nio.file.InvalidPathException e) {
      throw StoreException.badInput("\"" + name + "\" is no path. Give `--store` a directory.");
    }
  }
}
