// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.p2pbench.discovery.KernelFiles;

/**
 * Fresh source and target files in a directory of their own, {@code p2pbench-scratch-<random>}
 * below the user's --dir. They go at {@link #close} and when the JVM ends by SIGINT or SIGTERM.
 * What a killed process leaves is removed by {@link #sweep}: the live owner holds a lock on the
 * directory's lock file, and the kernel lets go of it whatever way the owner dies.
 *
 * <p>Thread-safe; close may be called twice.
 */
public final class ScratchFiles implements AutoCloseable {
  /** Files are written, and their content is asked for, in chunks of this many bytes. */
  public static final int CHUNK_BYTES = 2 << 20;

  // Directories, journals and allocation groups take room of their own beside the data.
  private static final long RESERVE_BYTES = 16L << 20;
  private static final String DIRECTORY_PREFIX = "p2pbench-scratch-";
  private static final Pattern DIRECTORY_NAME =
      Pattern.compile(Pattern.quote(DIRECTORY_PREFIX) + "\\p{XDigit}{16}");
  private static final String SOURCE = "source.bin";
  private static final String TARGET = "target.bin";
  private static final String LOCK = "owner.lock";
  private static final String MARKER = "p2pbench-scratch";
  private static final String MARKER_TEXT =
      "Scratch files of p2pbench. It removes this directory when their owner is gone.\n";
  private static final String ENDING = "p2pbench is being ended";
  private static final Set<String> OUR_NAMES = Set.of(SOURCE, TARGET, LOCK, MARKER);

  // A process that opens and closes its own lock file loses the lock (POSIX): never touch those.
  private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel lockChannel;
  private final Thread hook;
  private boolean closed;

  private ScratchFiles(Path directory) throws IOException {
    this.directory = directory;
    hook = new Thread(this::remove, "p2pbench-scratch-removal");
    OWN.add(directory);
    try {
      lockChannel = lock(directory.resolve(LOCK)).orElseThrow(IOException::new);
      // Last, for a sweep takes only directories that carry it: this one is complete and locked.
      Files.writeString(directory.resolve(MARKER), MARKER_TEXT, StandardOpenOption.CREATE_NEW);
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IOException | IllegalStateException failure) {
      removeKnown(directory);
      OWN.remove(directory);
      // The runtime takes no hook any more, so nobody would remove what is made now.
      throw failure instanceof IOException io ? io : new IOException(ENDING, failure);
    }
  }

  /**
   * Makes the files, writes every byte of them and waits until they are on stable storage.
   *
   * @param dir existing directory of the user
   * @param sourceBytes length of the source; 0 makes none
   * @param targetBytes length of the target; 0 makes none
   * @throws ScratchException when the directory is unfit, or has too little room
   */
  public static ScratchFiles create(
      Path dir,
      long sourceBytes,
      long targetBytes,
      BlockWriter sourceContent,
      BlockWriter targetContent) {
    requireFit(dir, Math.addExact(sourceBytes, targetBytes));
    ScratchFiles scratch = open(dir);
    try {
      scratch.write(SOURCE, sourceBytes, sourceContent);
      scratch.write(TARGET, targetBytes, targetContent);
      return scratch;
    } catch (IOException failure) {
      scratch.close();
      throw new ScratchException(
          failure,
          "--dir '%s': writing scratch files of %d and %d bytes failed (%s): give another directory"
              + " or smaller files",
          dir,
          sourceBytes,
          targetBytes,
          reason(failure));
    } catch (RuntimeException | Error failure) {
      scratch.close();
      throw failure;
    }
  }

  /** True for a source or target file that a ScratchFiles made, in this process or in another. */
  public static boolean made(Path file) {
    Path real = KernelFiles.real(file).orElse(file);
    Path parent = real.getParent();
    return parent != null
        && DIRECTORY_NAME.matcher(String.valueOf(parent.getFileName())).matches()
        && List.of(SOURCE, TARGET).contains(real.getFileName().toString())
        && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && KernelFiles.text(parent.resolve(MARKER)).filter(MARKER_TEXT.strip()::equals).isPresent();
  }

  /** The directory made for the files. */
  public Path directory() {
    return directory;
  }

  /** The source file; empty when none was asked for. */
  public Optional<Path> source() {
    return existing(SOURCE);
  }

  /** The target file; empty when none was asked for. */
  public Optional<Path> target() {
    return existing(TARGET);
  }

  /**
   * Removes scratch directories below 'dir' whose owner is gone, and nothing else: only directories
   * with our name and marker, only files with our names. Files that others put there keep their
   * directory alive.
   *
   * @return the directories removed
   */
  public static List<Path> sweep(Path dir) {
    List<Path> removed = new ArrayList<>();
    Path real = KernelFiles.real(dir).orElse(dir);
    for (String name : KernelFiles.names(real)) {
      Path candidate = real.resolve(name);
      if (DIRECTORY_NAME.matcher(name).matches() && isOurs(candidate) && removeIfDead(candidate)) {
        removed.add(candidate);
      }
    }
    return removed;
  }

  @Override
  public void close() {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException alreadyShuttingDown) {
      // The hook runs, or has run: it finds nothing left to do.
    }
  }

  private Optional<Path> existing(String name) {
    Path file = directory.resolve(name);
    return Files.exists(file) ? Optional.of(file) : Optional.empty();
  }

  private static void requireFit(Path dir, long bytes) {
    if (!Files.exists(dir)) {
      throw new ScratchException(
          null, "--dir '%s' does not exist: make it, or give another directory", dir);
    } else if (!Files.isDirectory(dir)) {
      throw new ScratchException(null, "--dir '%s' is not a directory: give a directory", dir);
    } else if (!Files.isWritable(dir)) {
      throw new ScratchException(
          null, "--dir '%s': this user may not write there: give another directory", dir);
    }
    try {
      long free = Files.getFileStore(dir).getUsableSpace();
      if (free < bytes + RESERVE_BYTES) {
        throw new ScratchException(
            null,
            "--dir '%s' has %d MiB free, and the scratch files need %d MiB: make room, or give"
                + " another directory or smaller files",
            dir,
            free >> 20,
            bytes + RESERVE_BYTES >> 20);
      }
    } catch (IOException unreadable) {
      throw new ScratchException(
          unreadable, "--dir '%s': its free space cannot be read: %s", dir, reason(unreadable));
    }
  }

  private static ScratchFiles open(Path dir) {
    Path directory = null;
    try {
      byte[] random = new byte[Long.BYTES];
      new SecureRandom().nextBytes(random);
      String name = String.format("%s%016x", DIRECTORY_PREFIX, ByteBuffer.wrap(random).getLong());
      directory = Files.createDirectory(dir.toRealPath().resolve(name));
      return new ScratchFiles(directory);
    } catch (IOException failure) {
      throw new ScratchException(
          failure,
          "--dir '%s': no scratch directory can be made and locked there (%s): give another"
              + " directory",
          dir,
          reason(failure));
    }
  }

  private void write(String name, long bytes, BlockWriter content) throws IOException {
    if (bytes == 0) {
      return;
    }
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (FileChannel file = createNew(directory.resolve(name))) {
      for (long offset = 0; offset < bytes; offset += CHUNK_BYTES) {
        chunk.clear().limit((int) Math.min(CHUNK_BYTES, bytes - offset));
        content.fill(offset, chunk);
        chunk.flip();
        while (chunk.hasRemaining()) {
          file.write(chunk);
        }
      }
      file.force(true);
    }
  }

  /** Never in a directory that the shutdown hook has emptied already: it would be left behind. */
  private synchronized FileChannel createNew(Path file) throws IOException {
    if (closed) {
      throw new IOException(ENDING);
    }
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  private synchronized void remove() {
    if (closed) {
      return;
    }
    closed = true;
    removeKnown(directory);
    try {
      lockChannel.close();
    } catch (IOException ignored) {
      // The lock file is removed already: there is nothing that the lock would still keep.
    }
    OWN.remove(directory);
  }

  private static boolean isOurs(Path candidate) {
    Path marker = candidate.resolve(MARKER);
    return !OWN.contains(candidate)
        && Files.isDirectory(candidate, LinkOption.NOFOLLOW_LINKS)
        && Files.isRegularFile(marker, LinkOption.NOFOLLOW_LINKS)
        && KernelFiles.text(marker).filter(MARKER_TEXT.strip()::equals).isPresent();
  }

  private static boolean removeIfDead(Path candidate) {
    Path lockFile = candidate.resolve(LOCK);
    if (Files.exists(lockFile, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(lockFile, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try {
      Optional<FileChannel> held = lock(lockFile);
      if (held.isEmpty()) {
        return false;
      }
      boolean removed = removeKnown(candidate);
      held.get().close();
      return removed;
    } catch (IOException notOursToRemove) {
      return false;
    }
  }

  /** Locks the file, making it where it is missing; empty while another process holds it. */
  private static Optional<FileChannel> lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(channel);
      }
    } catch (OverlappingFileLockException heldHere) {
      // Another thread of this process holds it: as good as another process.
    } catch (IOException noLocks) {
      channel.close();
      throw noLocks;
    }
    channel.close();
    return Optional.empty();
  }

  /** Removes our files and then the directory, if nothing else is in it. True when it is gone. */
  private static boolean removeKnown(Path directory) {
    boolean onlyOurs = OUR_NAMES.containsAll(KernelFiles.names(directory));
    try {
      // The marker goes last: what is left by a kill in between can still be swept.
      for (String name : List.of(SOURCE, TARGET, LOCK)) {
        Files.deleteIfExists(directory.resolve(name));
      }
      if (onlyOurs) {
        Files.deleteIfExists(directory.resolve(MARKER));
        Files.delete(directory);
      }
      return onlyOurs;
    } catch (NoSuchFileException gone) {
      return true;
    } catch (IOException kept) {
      return false;
    }
  }

  private static String reason(IOException failure) {
    return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
  }
}
