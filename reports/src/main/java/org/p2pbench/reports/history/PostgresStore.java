// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.JsonFile;

/**
 * A PostgreSQL database. A run is one transaction: whole or not at all, whatever becomes of the
 * connection. Its primary key decides between writers, so that the same run is there once.
 */
final class PostgresStore implements Store {
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final String DISK_FULL = "53100";
  private static final String REMEDY = "Restore the database from a copy.";

  private final String name;
  private final Connection connection;
  private final Duration wait;

  private PostgresStore(String name, Connection connection, Duration wait) {
    this.name = name;
    this.connection = connection;
    this.wait = wait;
  }

  /**
   * Connects. User and password come from the URL, or as libpq takes them: PGUSER, .pgpass.
   *
   * @param wait how long another writer may hold what is to be written
   */
  static PostgresStore open(String url, Duration wait) throws StoreException {
    String name = withoutSecrets(url);
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "p2pbench");
    properties.setProperty("connectTimeout", String.valueOf(Math.max(1, wait.toSeconds())));
    properties.setProperty("tcpKeepAlive", "true");
    try {
      Connection connection = DriverManager.getConnection(url, properties);
      connection.setAutoCommit(false);
      return new PostgresStore(name, connection, wait);
    } catch (SQLException e) {
      throw StoreException.cannot(
          name
              + ": cannot connect ("
              + reason(e)
              + "). Check that the server runs and that the URL names host, database and user.");
    }
  }

  @Override
  public String name() {
    return name;
  }

  // ---- writing -------------------------------------------------------------------

  @Override
  public Added add(StoredRun run) throws StoreException {
    bringUpToDate();
    return written(
        () -> {
          if (insert(run)) {
            insertValues(run);
            return Added.STORED;
          }
          checkSame(run);
          return Added.ALREADY_THERE;
        });
  }

  @Override
  public void decide(Decision decision) throws StoreException {
    bringUpToDate();
    written(
        () -> {
          if (digest(decision.run()) == null) {
            throw FileStore.noSuchRun(decision.run(), name);
          }
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO p2pbench_decision (run, at, verdict, reason, entry)"
                      + " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, decision.run());
            insert.setObject(2, Instant.parse(decision.at()).atOffset(ZoneOffset.UTC));
            insert.setString(3, decision.verdict().name().toLowerCase(java.util.Locale.ROOT));
            insert.setString(4, decision.reason());
            insert.setString(5, text(StoreJson.DECISION, decision));
            insert.executeUpdate();
          }
          return null;
        });
  }

  /** Waits for another writer of the same run: what that one leaves decides. */
  private boolean insert(StoredRun run) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO p2pbench_run (id, digest, started_at, revision, branch, label,"
                + " machine_class, fingerprint, entry) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT DO NOTHING")) {
      insert.setString(1, run.id());
      insert.setString(2, run.digest());
      insert.setObject(3, run.time().atOffset(ZoneOffset.UTC));
      insert.setString(4, run.revision());
      insert.setString(5, run.branch());
      insert.setString(6, run.label());
      insert.setString(7, run.machineClass().label());
      insert.setString(8, run.fingerprint());
      insert.setString(9, text(StoreJson.RUN, run));
      return insert.executeUpdate() == 1;
    }
  }

  private void insertValues(StoredRun run) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO p2pbench_value (run, benchmark, parameters, machine_class, metric, value,"
                + " forks) VALUES (?, ?, ?::jsonb, ?, ?, ?, ?)")) {
      for (StoredRow row : run.rows()) {
        for (Map.Entry<String, StoredValue> metric : row.metrics().entrySet()) {
          insert.setString(1, run.id());
          insert.setString(2, row.benchmark());
          insert.setString(3, StoreJson.text(row.parameters()));
          insert.setString(4, row.machineClass().label());
          insert.setString(5, metric.getKey());
          insert.setDouble(6, metric.getValue().value());
          insert.setArray(7, array(metric.getValue().forks()));
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private Array array(double[] values) throws SQLException {
    return connection.createArrayOf("float8", Arrays.stream(values).boxed().toArray());
  }

  private void checkSame(StoredRun run) throws SQLException, StoreException {
    if (!run.digest().equals(digest(run.id()))) {
      throw FileStore.otherRun(run.id(), name, null);
    }
  }

  private String digest(String id) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement("SELECT digest FROM p2pbench_run WHERE id = ?")) {
      select.setString(1, id);
      try (ResultSet found = select.executeQuery()) {
        return found.next() ? found.getString(1) : null;
      }
    }
  }

  // ---- reading -------------------------------------------------------------------

  @Override
  public List<HistoryRun> runs() throws StoreException {
    bringUpToDate();
    try {
      Map<String, Decision> latest = new HashMap<>();
      for (String entry : entries("SELECT entry FROM p2pbench_decision ORDER BY at, entry")) {
        Decision decision = parse(entry, Decision.class, StoreJson.DECISION, "a decision");
        latest.put(decision.run(), decision);
      }
      List<String> entries = entries("SELECT entry FROM p2pbench_run ORDER BY started_at, id");
      connection.rollback();
      List<HistoryRun> runs = new ArrayList<>();
      for (String entry : entries) {
        StoredRun run = parse(entry, StoredRun.class, StoreJson.RUN, "a run");
        runs.add(new HistoryRun(run, HistoryRun.state(run, latest.get(run.id()))));
      }
      return runs.stream().sorted(HistoryRun.OLDEST_FIRST).toList();
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private List<String> entries(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(query)) {
      List<String> entries = new ArrayList<>();
      while (found.next()) {
        entries.add(found.getString(1));
      }
      return entries;
    }
  }

  private <T> T parse(String entry, Class<T> type, String format, String what)
      throws StoreException {
    try {
      return JsonFile.parse(name + ", " + what, entry, REMEDY)
          .read(type, format, StoreJson.VERSION);
    } catch (BadRunDirectoryException e) {
      throw StoreException.badInput(e.getMessage());
    }
  }

  // ---- transactions --------------------------------------------------------------

  /** What is done in one transaction. */
  private interface Work<T> {
    T run() throws SQLException, StoreException;
  }

  /**
   * In a transaction of its own: writers do not wait for each other where nothing is to migrate.
   */
  private void bringUpToDate() throws StoreException {
    written(
        () -> {
          if (!Schema.isCurrent(connection, name)) {
            Schema.migrate(connection, name);
          }
          return null;
        });
  }

  private <T> T written(Work<T> work) throws StoreException {
    try {
      try (Statement statement = connection.createStatement()) {
        statement.execute("SET LOCAL lock_timeout = " + Math.max(1, wait.toMillis()));
      }
      T result = work.run();
      connection.commit();
      return result;
    } catch (SQLException e) {
      rollback();
      throw failure(e);
    } catch (StoreException e) {
      rollback();
      throw e;
    }
  }

  private void rollback() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // The server rolls back what a lost connection left open.
    }
  }

  private StoreException failure(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals(LOCK_NOT_AVAILABLE)) {
      return StoreException.failed(
          name
              + ": locked by another process for "
              + wait.toSeconds()
              + " s. Nothing was added; try again when it is done, or wait longer with --wait.");
    }
    if (state.equals(DISK_FULL)) {
      return StoreException.failed(
          name
              + ": the server's disk is full. Nothing was added and nothing is lost; make room, then"
              + " try again.");
    }
    if (state.startsWith("08") || state.startsWith("57P")) {
      return StoreException.failed(
          name
              + ": the connection was lost ("
              + reason(e)
              + "). A run is stored whole or not at all: try again, the same run is stored once.");
    }
    return StoreException.failed(
        name + ": the server refused (" + reason(e) + "). Nothing was added.");
  }

  /** A batch repeats its whole statement; what follows it says why. */
  private static String reason(SQLException e) {
    SQLException cause = e.getNextException() == null ? e : e.getNextException();
    String line = String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason given");
    return line.replaceFirst("^(FATAL|ERROR): ", "").replaceFirst("[.]$", "");
  }

  private static String text(String format, Object entry) {
    return new String(StoreJson.bytes(format, entry), StandardCharsets.UTF_8);
  }

  /** A URL may hold a password, which no message repeats. */
  static String withoutSecrets(String url) {
    return url.replaceAll("(?i)([?&](?:password|sslpassword)=)[^&]*", "$1...")
        .replaceFirst("://[^/@]*@", "://...@");
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // Nothing is in it any more.
    }
  }
}
