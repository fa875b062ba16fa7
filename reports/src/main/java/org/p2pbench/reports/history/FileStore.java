// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.IoReason;
import org.p2pbench.reports.rundir.JsonFile;

/**
 * A directory of plain files, one for each entry, named by what it holds: two copies of a store
 * that grew apart merge without a conflict. A file is written beside its place, synced and renamed,
 * so that readers need no lock and a crash leaves no half of one.
 */
final class FileStore implements Store {
  private static final String MARKER = "p2pbench-history.json";
  private static final String RUNS = "runs";
  private static final String DECISIONS = "decisions";
  private static final String FRESH = ".new";
  private static final int DIGITS = 8;
  private static final long LOOK_AGAIN_MILLIS = 50;
  private static final String REMEDY =
      "Restore it from a copy of the store (git checkout, an older artifact), or delete it to give"
          + " up that entry.";

  private final Path root;
  private final Duration wait;

  /**
   * @param wait how long another process may hold the store
   */
  FileStore(Path root, Duration wait) {
    this.root = root;
    this.wait = wait;
  }

  @Override
  public String name() {
    return root.toString();
  }

  @Override
  public Added add(StoredRun run) throws StoreException {
    return locked(
        () -> {
          for (Path file : files(RUNS, run.id() + "-")) {
            StoredRun there = read(file, StoredRun.class, StoreJson.RUN);
            if (!there.digest().equals(run.digest())) {
              throw otherRun(run.id(), name(), there.directory());
            }
            return Added.ALREADY_THERE;
          }
          write(RUNS, run.id(), StoreJson.bytes(StoreJson.RUN, run));
          return Added.STORED;
        });
  }

  @Override
  public void decide(Decision decision) throws StoreException {
    locked(
        () -> {
          if (files(RUNS, decision.run() + "-").isEmpty()) {
            throw noSuchRun(decision.run(), name());
          }
          write(DECISIONS, decision.run(), StoreJson.bytes(StoreJson.DECISION, decision));
          return null;
        });
  }

  @Override
  public List<HistoryRun> runs() throws StoreException {
    checkMarker();
    Map<String, StoredRun> runs = new LinkedHashMap<>();
    for (StoredRun run : readAll(RUNS, StoredRun.class, StoreJson.RUN)) {
      StoredRun there = runs.putIfAbsent(run.id(), run);
      if (there != null && !there.digest().equals(run.digest())) {
        throw StoreException.badInput(
            name()
                + ": two different runs have the id "
                + run.id()
                + ". Delete the file of the one that was edited, in "
                + root.resolve(RUNS));
      }
    }
    Map<String, Decision> latest = new HashMap<>();
    readAll(DECISIONS, Decision.class, StoreJson.DECISION).stream()
        .sorted(Comparator.comparing(Decision::at))
        .forEach(decision -> latest.put(decision.run(), decision));
    return runs.values().stream()
        .map(run -> new HistoryRun(run, HistoryRun.state(run, latest.get(run.id()))))
        .sorted(HistoryRun.OLDEST_FIRST)
        .toList();
  }

  @Override
  public void close() {
    // Nothing stays open between calls.
  }

  static StoreException otherRun(String id, String store, String directory) {
    return StoreException.badInput(
        store
            + ": another run has the id "
            + id
            + (directory == null ? "" : " (added from " + directory + ")")
            + ": same environment.json, other rows.json. One of the two was edited, or was added"
            + " before it had ended; nothing was stored.");
  }

  static StoreException noSuchRun(String id, String store) {
    return StoreException.badInput(
        store + ": no run has the id " + id + ". `history list` shows the ids.");
  }

  // ---- reading -------------------------------------------------------------------

  /** One place for "nothing here yet", a foreign directory, and another version. */
  private void checkMarker() throws StoreException {
    Path marker = root.resolve(MARKER);
    if (!Files.exists(root)) {
      throw StoreException.cannot(
          name() + ": there is no history yet. `history add RUN` makes one, `--store` names one.");
    }
    if (!Files.isDirectory(root)) {
      throw StoreException.badInput(
          name() + ": not a directory. Give `--store` that of a history.");
    }
    if (!Files.exists(marker)) {
      throw StoreException.badInput(
          name() + ": not a history, it has no " + MARKER + ". Give `--store` that of a history.");
    }
    read(marker, Object.class, StoreJson.STORE);
  }

  private <T> List<T> readAll(String directory, Class<T> type, String format)
      throws StoreException {
    List<Path> files;
    try {
      files = files(directory, "");
    } catch (IOException e) {
      throw unreadable(e);
    }
    try {
      return files.parallelStream().map(file -> readUnchecked(file, type, format)).toList();
    } catch (Damaged e) {
      throw e.cause;
    }
  }

  private <T> T readUnchecked(Path file, Class<T> type, String format) {
    try {
      return read(file, type, format);
    } catch (StoreException e) {
      throw new Damaged(e);
    }
  }

  private static <T> T read(Path file, Class<T> type, String format) throws StoreException {
    try {
      return new JsonFile(file, REMEDY).read(type, format, StoreJson.VERSION);
    } catch (BadRunDirectoryException e) {
      throw StoreException.badInput(e.getMessage());
    }
  }

  /** Finished files whose names begin so, by name. */
  private List<Path> files(String directory, String prefix) throws IOException {
    Path path = root.resolve(directory);
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith(prefix))
          .filter(f -> f.getFileName().toString().endsWith(".json"))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private StoreException unreadable(IOException e) {
    return StoreException.badInput(
        name() + ": cannot be read (" + IoReason.of(e) + "). Make it readable, then try again.");
  }

  // ---- writing -------------------------------------------------------------------

  /** What is done while no other process writes. */
  private interface Work<T> {
    T run() throws IOException, StoreException;
  }

  @SuppressWarnings("try") // the lock is held, not used
  private <T> T locked(Work<T> work) throws StoreException {
    try {
      prepare();
      try (FileChannel channel =
              FileChannel.open(
                  root.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = lock(channel)) {
        writeOnce(root.resolve(MARKER), "{\"format\":\"p2pbench-history\",\"version\":1}\n");
        writeOnce(root.resolve(".gitignore"), ".lock\n*.new\n");
        checkMarker();
        removeLeftovers();
        return work.run();
      }
    } catch (IOException e) {
      throw StoreException.failed(
          place(e)
              + ": cannot be written ("
              + IoReason.of(e)
              + "). Nothing was added and nothing is lost; make room or give permission, then try"
              + " again.");
    }
  }

  /** Makes the directory, unless something else is there already. */
  private void prepare() throws IOException, StoreException {
    if (Files.exists(root) && !Files.exists(root.resolve(MARKER))) {
      if (!Files.isDirectory(root)) {
        checkMarker();
      }
      try (Stream<Path> files = Files.list(root)) {
        if (files.anyMatch(f -> !f.getFileName().toString().startsWith("."))) {
          throw StoreException.badInput(
              name()
                  + ": holds other files and is no history. Give `--store` a history, or a new or"
                  + " empty directory.");
        }
      }
    }
    Files.createDirectories(root.resolve(RUNS));
    Files.createDirectories(root.resolve(DECISIONS));
  }

  private FileLock lock(FileChannel channel) throws IOException, StoreException {
    long giveUp = System.nanoTime() + wait.toNanos();
    while (true) {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Held by another thread of this process: the same answer.
      }
      if (System.nanoTime() - giveUp >= 0) {
        throw StoreException.failed(
            name()
                + ": locked by another process for "
                + wait.toSeconds()
                + " s. Nothing was added; try again when it is done, or wait longer with --wait.");
      }
      pause();
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(LOOK_AGAIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** What a crash left half written; only the holder of the lock writes. */
  private void removeLeftovers() throws IOException {
    for (String directory : new String[] {RUNS, DECISIONS}) {
      List<Path> left = new ArrayList<>();
      try (Stream<Path> files = Files.list(root.resolve(directory))) {
        files.filter(f -> f.getFileName().toString().endsWith(FRESH)).forEach(left::add);
      }
      for (Path file : left) {
        Files.deleteIfExists(file);
      }
    }
  }

  private void writeOnce(Path file, String text) throws IOException {
    if (!Files.exists(file)) {
      write(file, text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void write(String directory, String id, byte[] content) throws IOException {
    String name = id + "-" + StoreJson.digest(content).substring(0, DIGITS) + ".json";
    write(root.resolve(directory).resolve(name), content);
  }

  private static void write(Path file, byte[] content) throws IOException {
    Path fresh = file.resolveSibling(file.getFileName() + FRESH);
    try {
      try (FileChannel channel =
          FileChannel.open(
              fresh,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
    try (FileChannel directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      directory.force(true); // the new name, too, survives a power cut
    }
  }

  private String place(IOException e) {
    return e instanceof java.nio.file.FileSystemException fs && fs.getFile() != null
        ? fs.getFile()
        : name();
  }

  /** Carries a damaged file's line out of a stream. */
  private static final class Damaged extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final StoreException cause;

    Damaged(StoreException cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
