// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.p2pbench.discovery.KernelFiles;

/**
 * Which p2pbench this is. Immutable.
 *
 * @param dirty the sources had changes that are in no revision; empty where that is not known
 */
public record BuildRevision(String version, String revision, Optional<Boolean> dirty) {
  private static final String RESOURCE = "/p2pbench-build.properties";
  private static final long GIT_TIMEOUT_SECONDS = 5;

  /** From the properties that the build left in the jar, else from git beside the classes. */
  public static BuildRevision find() {
    return of(ofThisJar(), codeDirectory());
  }

  /** The build's own words for version and revision, for people. */
  public static String words() {
    return property(ofThisJar(), "words").orElse("p2pbench, revision unknown");
  }

  private static Properties ofThisJar() {
    Properties properties = new Properties();
    try (InputStream stream = BuildRevision.class.getResourceAsStream(RESOURCE)) {
      if (stream != null) {
        properties.load(stream);
      }
    } catch (IOException unreadable) {
      properties.clear();
    }
    return properties;
  }

  /**
   * From the properties that the build left in another jar.
   *
   * @throws IOException where that is no jar that can be read
   */
  public static BuildRevision inJar(Path jar) throws IOException {
    Properties properties = new Properties();
    try (JarFile file = new JarFile(jar.toFile())) {
      ZipEntry entry = file.getEntry(RESOURCE.substring(1));
      if (entry != null) {
        try (InputStream stream = file.getInputStream(entry)) {
          properties.load(stream);
        }
      }
    }
    return of(properties, Optional.empty());
  }

  /** The same from given sources; properties that the build did not fill in count as absent. */
  static BuildRevision of(Properties properties, Optional<Path> directory) {
    String version = property(properties, "version").orElse(KernelFiles.UNKNOWN);
    Optional<String> revision = property(properties, "revision");
    if (revision.isPresent()) {
      return new BuildRevision(
          version, revision.get(), property(properties, "dirty").map(Boolean::parseBoolean));
    }
    return new BuildRevision(
        version,
        directory
            .flatMap(where -> git(where, "rev-parse", "--short", "HEAD"))
            .orElse(KernelFiles.UNKNOWN),
        directory
            .flatMap(where -> git(where, "status", "--porcelain"))
            .map(text -> !text.isEmpty()));
  }

  private static Optional<String> property(Properties properties, String name) {
    return Optional.ofNullable(properties.getProperty(name))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .filter(value -> !value.equals(KernelFiles.UNKNOWN) && !value.contains("${"));
  }

  private static Optional<Path> codeDirectory() {
    try {
      Path code =
          Path.of(BuildRevision.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Optional.ofNullable(Files.isDirectory(code) ? code : code.getParent());
    } catch (URISyntaxException | RuntimeException unknown) {
      return Optional.empty();
    }
  }

  private static Optional<String> git(Path directory, String... command) {
    ProcessBuilder builder = new ProcessBuilder("git", "-C", directory.toString());
    builder.command().addAll(List.of(command));
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readAllBytes();
      boolean ended = process.waitFor(GIT_TIMEOUT_SECONDS, TimeUnit.SECONDS);
      return ended && process.exitValue() == 0
          ? Optional.of(new String(output, StandardCharsets.UTF_8).strip())
          : Optional.empty();
    } catch (IOException noGit) {
      return Optional.empty();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
