// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does it load, is it ours, can it be called. A process loads once: most of it is in others. */
class NativeLoaderTest {
  @TempDir Path directory;

  @Test
  void theLibraryLoadsIsOursAndCanBeCalled() {
    assertThat(NativeLoader.load()).endsWith("/libp2pbench.so");
    assertThat(LibP2pbench.p2p_abi_version()).isEqualTo(LibP2pbench.ABI_VERSION);
    NativeClock.noop();
  }

  @Test
  void structsThatCrossHaveTheSameSizeOnBothSides() {
    NativeLoader.load();
    assertThat(LibP2pbench.p2p_transactor_config_size())
        .isEqualTo(LibP2pbench.TRANSACTOR_CONFIG_BYTES);
    assertThat(LibP2pbench.p2p_failure_size()).isEqualTo(LibP2pbench.FAILURE_BYTES);
  }

  @Test
  void aPathGivenByTheUserIsTheOneThatIsUsed() throws Exception {
    Path copy = directory.resolve("copy.so");
    try (var library = NativeLoader.class.getResourceAsStream(resource())) {
      Files.copy(library, copy);
    }
    assertThat(load("-Dp2pbench.native.path=" + copy))
        .containsExactly("loaded " + copy, "clock " + NativeClock.source());
  }

  @Test
  void aWrongPathIsNotPassedOver() throws Exception {
    assertThat(load("-Dp2pbench.native.path=/nowhere/libp2pbench.so"))
        .containsExactly(
            "libp2pbench could not be loaded. Tried: /nowhere/libp2pbench.so (no such file). What to"
                + " do: correct or unset p2pbench.native.path.");
  }

  @Test
  void aFileThatIsNoLibrarySaysWhatTheLinkerSaid() throws Exception {
    Path text = Files.writeString(directory.resolve("text.so"), "not a library");
    assertThat(load("-Dp2pbench.native.path=" + text))
        .singleElement()
        .asString()
        .startsWith("libp2pbench could not be loaded. Tried: " + text + " (")
        .contains("file too short")
        .endsWith("). What to do: correct or unset p2pbench.native.path.");
  }

  @Test
  void anotherAbiIsOneLineThatSaysWhatToDo() throws Exception {
    Path library = compile("abi2.so", "int p2p_abi_version(void) { return 2; }");
    assertThat(load("-Dp2pbench.native.path=" + library))
        .containsExactly(
            "libp2pbench at "
                + library
                + " has ABI 2, this jar needs ABI 1: rebuild with ./run.sh or unset"
                + " p2pbench.native.path");
  }

  @Test
  void aLibraryThatIsNotOursSaysSo() throws Exception {
    Path library = compile("other.so", "int other(void) { return 2; }");
    assertThat(load("-Dp2pbench.native.path=" + library))
        .singleElement()
        .asString()
        .startsWith("libp2pbench could not be loaded. Tried: " + library + " (")
        .contains("p2p_abi_version")
        .endsWith("). What to do: correct or unset p2pbench.native.path.");
  }

  @Test
  void aDirectoryThatCannotHoldTheLibraryIsPassedOverForTheNext() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThat(load("-Djava.io.tmpdir=" + file, "-Djna.tmpdir=" + directory))
        .first()
        .asString()
        .startsWith("loaded ");
  }

  @Test
  void everyPathTriedIsListedWithItsReason() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    List<String> output =
        load("-Djava.io.tmpdir=" + file, "-Duser.home=" + file, "-Djna.tmpdir=" + directory);
    assertThat(output)
        .singleElement()
        .asString()
        .startsWith("libp2pbench could not be loaded. Tried: ")
        .contains(" by way of " + file + " (")
        .contains(" by way of " + file + "/.cache (")
        .endsWith("). What to do: ./run.sh build builds it for this machine.");
  }

  @Test
  void nothingIsLeftBehindWhereTheLibraryWasUnpacked() throws Exception {
    load("-Djava.io.tmpdir=" + directory);
    try (var left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("p2pbench-"));
    }
  }

  private static String resource() {
    return "/" + com.sun.jna.Platform.RESOURCE_PREFIX + "/libp2pbench.so";
  }

  private Path compile(String name, String source) throws IOException, InterruptedException {
    Path code = Files.writeString(directory.resolve(name + ".c"), source);
    Path library = directory.resolve(name);
    List<String> output = run("cc", "-shared", "-fPIC", "-o", library.toString(), code.toString());
    assertThat(output).isEmpty();
    return library;
  }

  private static List<String> load(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(LoadProbe.class.getName());
    return run(command.toArray(new String[0]));
  }

  private static List<String> run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }
}
