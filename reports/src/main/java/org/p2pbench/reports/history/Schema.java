// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Brings a database to the version that this program knows, one version after the other in one
 * transaction: either all of it is there afterwards or what was there before. Programs that start
 * at once do it one after the other.
 */
final class Schema {
  /** What this program reads and writes; {@code schema-N.sql} leads to version N. */
  static final int VERSION = 2;

  /** One number for all stores: the lock is that of a database. */
  private static final long LOCK = 0x7032706265636831L;

  private Schema() {}

  /**
   * Migrates. The connection must be in a transaction, which is left open.
   *
   * @param store its name in messages
   * @throws StoreException where the database is newer than this program
   */
  static void migrate(Connection connection, String store) throws SQLException, StoreException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + LOCK + ")");
      statement.execute(
          "CREATE TABLE IF NOT EXISTS p2pbench_schema"
              + " (version integer PRIMARY KEY, migrated_at timestamptz NOT NULL DEFAULT now())");
      int found = version(statement);
      if (found > VERSION) {
        throw newer(store, found);
      }
      for (int version = found + 1; version <= VERSION; version++) {
        statement.execute(script(version));
        statement.execute("INSERT INTO p2pbench_schema (version) VALUES (" + version + ")");
      }
    }
  }

  /**
   * Whether the database has the version that this program knows; false where it has an older one,
   * or none.
   *
   * @throws StoreException where the database is newer than this program
   */
  static boolean isCurrent(Connection connection, String store)
      throws SQLException, StoreException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet there = statement.executeQuery("SELECT to_regclass('p2pbench_schema')")) {
        there.next();
        if (there.getString(1) == null) {
          return false;
        }
      }
      int found = version(statement);
      if (found > VERSION) {
        throw newer(store, found);
      }
      return found == VERSION;
    }
  }

  private static StoreException newer(String store, int found) {
    return StoreException.badInput(
        store
            + ": the database has schema version "
            + found
            + ", and this p2pbench knows up to "
            + VERSION
            + ". Use the p2pbench that migrated it, or a newer one.");
  }

  private static int version(Statement statement) throws SQLException {
    try (ResultSet found =
        statement.executeQuery("SELECT coalesce(max(version), 0) FROM p2pbench_schema")) {
      found.next();
      return found.getInt(1);
    }
  }

  private static String script(int version) {
    try (InputStream in = Schema.class.getResourceAsStream("schema-" + version + ".sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
