// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.p2pbench.reports.cli.Commands.call;
import static org.p2pbench.reports.cli.Commands.id;
import static org.p2pbench.reports.cli.Commands.run;
import static org.p2pbench.reports.cli.Commands.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.cli.Commands.Result;
import org.p2pbench.reports.history.PostgresServer;
import org.p2pbench.reports.history.SampleHistory;

class PostgresHistoryTest {
  private static PostgresServer server;

  @TempDir private Path dir;
  private String url;

  @BeforeAll
  static void start() throws Exception {
    var programs = PostgresServer.programs();
    assumeTrue(programs.isPresent(), "no PostgreSQL server below /usr/lib/postgresql");
    server = PostgresServer.start(programs.get());
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.stop();
    }
  }

  @BeforeEach
  void makeADatabase() throws SQLException {
    url = server.database();
  }

  @Test
  void holdsWhatAPlainStoreHolds() throws Exception {
    Path plain = dir.resolve("plain");
    var history = new SampleHistory(2).step(24, 1.2).runs(30);
    SampleHistory.add(url, history);
    SampleHistory.add(plain.toString(), history);
    for (Object store : List.of(url, plain)) {
      assertThat(call("history", "reject", "run-0007", "--store", store).code()).isZero();
    }

    assertThat(call("history", "list", "--store", url))
        .isEqualTo(call("history", "list", "--store", plain));
    assertThat(call("trend", "--store", url)).isEqualTo(call("trend", "--store", plain));
    assertThat(call("baseline", "--store", url)).isEqualTo(call("baseline", "--store", plain));
    assertThat(call("baseline", "--store", url).out()).startsWith("run       run-0029\n");
  }

  @Test
  void theSameRunTwiceIsOneEntryAndAnotherOneIsRefused() throws Exception {
    Path run = run(dir, 1);
    String id = id(add(run));
    SampleRun edited = sample(1);
    ((ObjectNode) edited.row(0).get("forks").get(0).get("iterations").get(0)).put("score", 1);

    assertThat(add(run)).isEqualTo(new Result(0, "already there: " + id + " in " + url + "\n", ""));
    assertThat(add(edited.write(dir.resolve("edited"))))
        .isEqualTo(
            new Result(
                2,
                "",
                "p2pbench: "
                    + url
                    + ": another run has the id "
                    + id
                    + ": same environment.json, other rows.json. One of the two was edited, or was"
                    + " added before it had ended; nothing was stored.\n"));
    assertThat(count("p2pbench_run")).isEqualTo(1);
    assertThat(count("p2pbench_value")).isEqualTo(6);
  }

  @Test
  void twoWritersAtOnceOnAnEmptyDatabaseStoreEachRunOnce() throws Exception {
    List<Path> runs = new ArrayList<>();
    for (int minute = 1; minute <= 6; minute++) {
      runs.add(run(dir, minute));
    }
    List<Future<List<Result>>> writers = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int writer = 0; writer < 2; writer++) {
        writers.add(threads.submit(() -> runs.stream().map(this::add).toList()));
      }
      for (int i = 0; i < runs.size(); i++) {
        List<Result> both = List.of(writers.get(0).get().get(i), writers.get(1).get().get(i));
        assertThat(both).allMatch(result -> result.code() == 0).allMatch(r -> r.err().isEmpty());
        assertThat(both).filteredOn(result -> result.out().startsWith("added ")).hasSize(1);
        assertThat(both).filteredOn(result -> result.out().startsWith("already ")).hasSize(1);
      }
    } finally {
      threads.shutdown();
    }
    assertThat(count("p2pbench_run")).isEqualTo(6);
    assertThat(count("p2pbench_value")).isEqualTo(36);
    assertThat(count("p2pbench_schema")).isEqualTo(2);
  }

  @Test
  void aConnectionLostInMidWriteLosesNothingAndStoresNothingTwice() throws Exception {
    String first = id(add(run(dir, 1)));
    Path second = run(dir, 2);
    CompletableFuture<Result> cut;
    try (Connection other = DriverManager.getConnection(url)) {
      other.setAutoCommit(false);
      other.createStatement().execute("LOCK TABLE p2pbench_value IN EXCLUSIVE MODE");
      cut = CompletableFuture.supplyAsync(() -> add(second));
      kill(writerThatWaits());
      assertThat(cut.get().err())
          .isEqualTo(
              "p2pbench: "
                  + url
                  + ": the connection was lost (terminating connection due to administrator"
                  + " command). A run is stored whole or not at all: try again, the same run is"
                  + " stored once.\n");
      assertThat(cut.get().code()).isEqualTo(1);
    }
    assertThat(count("p2pbench_run")).isEqualTo(1);
    assertThat(count("p2pbench_value")).isEqualTo(6);

    assertThat(add(second).out()).startsWith("added ");
    assertThat(add(second).out()).startsWith("already there: ");

    assertThat(count("p2pbench_value")).isEqualTo(12);
    assertThat(call("history", "list", "--store", url).out()).contains(first).hasLineCount(3);
  }

  @Test
  void anOlderSchemaIsMigratedByTwoStartsAtOnceAndNothingIsLost() throws Exception {
    String first = id(add(run(dir, 1)));
    execute(
        "DROP TABLE p2pbench_decision",
        "DROP INDEX p2pbench_run_order",
        "DELETE FROM p2pbench_schema WHERE version = 2");
    Path second = run(dir, 2);
    Path third = run(dir, 3);

    CompletableFuture<Result> one = CompletableFuture.supplyAsync(() -> add(second));
    CompletableFuture<Result> two = CompletableFuture.supplyAsync(() -> add(third));

    assertThat(one.get().code()).as(one.get().err()).isZero();
    assertThat(two.get().code()).as(two.get().err()).isZero();
    assertThat(count("p2pbench_schema")).isEqualTo(2);
    assertThat(call("history", "reject", first, "--store", url).code()).isZero();
    assertThat(call("history", "list", "--store", url).out())
        .contains(first, "rejected")
        .hasLineCount(4);
    assertThat(count("p2pbench_value")).isEqualTo(18);
  }

  @Test
  void aNewerSchemaIsLeftAlone() throws Exception {
    add(run(dir, 1));
    execute("INSERT INTO p2pbench_schema (version) VALUES (3)");

    Result refused = add(run(dir, 2));

    assertThat(refused)
        .isEqualTo(
            new Result(
                2,
                "",
                "p2pbench: "
                    + url
                    + ": the database has schema version 3, and this p2pbench knows up to 2. Use"
                    + " the p2pbench that migrated it, or a newer one.\n"));
    assertThat(count("p2pbench_run")).isEqualTo(1);
  }

  @Test
  void aTableThatAnotherProcessHoldsIsWaitedForAndThenLeft() throws Exception {
    add(run(dir, 1));
    try (Connection other = DriverManager.getConnection(url)) {
      other.setAutoCommit(false);
      other.createStatement().execute("LOCK TABLE p2pbench_run IN EXCLUSIVE MODE");

      assertThat(call("history", "add", run(dir, 2), "--store", url, "--wait", "1"))
          .isEqualTo(
              new Result(
                  1,
                  "",
                  "p2pbench: "
                      + url
                      + ": locked by another process for 1 s. Nothing was added; try again when it"
                      + " is done, or wait longer with --wait.\n"));
    }
  }

  @Test
  void aServerThatIsNotThereIsOneLineWithoutThePassword() throws Exception {
    Result nobody =
        call(
            "history",
            "list",
            "--store",
            "jdbc:postgresql://127.0.0.1:1/none?user=me&password=secret");

    assertThat(nobody.err())
        .startsWith(
            "p2pbench: jdbc:postgresql://127.0.0.1:1/none?user=me&password=...: cannot connect (Connection to"
                + " 127.0.0.1:1 refused.")
        .endsWith("). Check that the server runs and that the URL names host, database and user.\n")
        .hasLineCount(1);
    assertThat(nobody.code()).isEqualTo(3);
    assertThat(call("history", "list", "--store", "jdbc:mysql://me:secret@host/db").err())
        .isEqualTo(
            "p2pbench: jdbc:mysql://...@host/db: of databases, p2pbench knows PostgreSQL. Give `--store`"
                + " jdbc:postgresql://HOST/DATABASE or a directory.\n");
  }

  private Result add(Path run) {
    return call("history", "add", run, "--store", url);
  }

  /** The server's process of a writer that is in the middle of its transaction. */
  private int writerThatWaits() throws Exception {
    while (true) {
      try (Connection connection = DriverManager.getConnection(url);
          ResultSet found =
              connection
                  .createStatement()
                  .executeQuery(
                      "SELECT pid FROM pg_stat_activity WHERE application_name = 'p2pbench'"
                          + " AND wait_event_type = 'Lock' AND datname = current_database()")) {
        if (found.next()) {
          return found.getInt(1);
        }
      }
      Thread.sleep(20);
    }
  }

  private void kill(int process) throws SQLException {
    execute("SELECT pg_terminate_backend(" + process + ")");
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      for (String statement : statements) {
        connection.createStatement().execute(statement);
      }
    }
  }

  private int count(String table) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        ResultSet found =
            connection.createStatement().executeQuery("SELECT count(*) FROM " + table)) {
      found.next();
      return found.getInt(1);
    }
  }
}
