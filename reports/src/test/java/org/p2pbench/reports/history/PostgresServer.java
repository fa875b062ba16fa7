// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A PostgreSQL server of the test's own, in a directory of its own, on a free port. */
public final class PostgresServer {
  private static final String NOBODY = "65534";

  private final Path programs;
  private final Path directory;
  private final int port;
  private int databases;

  private PostgresServer(Path programs, Path directory, int port) {
    this.programs = programs;
    this.directory = directory;
    this.port = port;
  }

  /** Where the distribution has the server's programs; empty where it is not installed. */
  public static Optional<Path> programs() throws IOException {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> found = Files.list(versions)) {
      return found
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Path::compareTo);
    }
  }

  /** Makes a cluster and starts its server. */
  public static PostgresServer start(Path programs) throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("p2pbench-postgres");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    PostgresServer server = new PostgresServer(programs, directory, port);
    if (isRoot()) {
      execute(List.of("chown", NOBODY, directory.toString()));
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    server.program("initdb", "-A", "trust", "-U", "test", "--no-sync", "-D", server.data());
    server.program(
        "pg_ctl",
        "-D",
        server.data(),
        "-l",
        directory + "/log",
        "-w",
        "-o",
        "-p "
            + port
            + " -c listen_addresses=127.0.0.1 -c fsync=off"
            + " -c unix_socket_directories="
            + directory,
        "start");
    return server;
  }

  /** Makes an empty database and returns its URL. */
  public String database() throws SQLException {
    String name = "test" + ++databases;
    try (Connection connection = connect("postgres")) {
      connection.createStatement().execute("CREATE DATABASE " + name);
    }
    return url(name);
  }

  private Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(url(database));
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=test";
  }

  /** Stops the server and removes its directory. */
  public void stop() throws IOException, InterruptedException {
    program("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop");
    execute(List.of("rm", "-r", directory.toString()));
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  /** The server's programs refuse to run as root. */
  private void program(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid", NOBODY, "--clear-groups"));
    }
    command.add(programs.resolve(name).toString());
    command.addAll(List.of(arguments));
    execute(command);
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static void execute(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("p2pbench-postgres", ".out");
    try {
      int code =
          new ProcessBuilder(command)
              .directory(new java.io.File("/"))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start()
              .waitFor();
      if (code != 0) {
        throw new IOException(command + " ended with " + code + ": " + Files.readString(output));
      }
    } finally {
      Files.delete(output);
    }
  }
}
