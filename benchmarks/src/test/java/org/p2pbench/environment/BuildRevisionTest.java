// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.safety.LoopDisk;

class BuildRevisionTest {
  @TempDir private Path directory;

  @Test
  void takesWhatTheBuildWroteBeforeAnythingElse() {
    git("init", "--quiet");

    assertThat(BuildRevision.of(properties("0.1.0", "1a2b3c4", "true"), Optional.of(directory)))
        .isEqualTo(new BuildRevision("0.1.0", "1a2b3c4", Optional.of(true)));
  }

  @Test
  void asksGitWhereTheBuildKnewNoRevision() throws IOException {
    git("init", "--quiet");
    Files.writeString(directory.resolve("file"), "text");
    git("add", "file");
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "first");
    String revision = git("rev-parse", "--short", "HEAD");

    assertThat(BuildRevision.of(properties("0.1.0", "unknown", "true"), Optional.of(directory)))
        .isEqualTo(new BuildRevision("0.1.0", revision, Optional.of(false)));

    Files.writeString(directory.resolve("file"), "changed");
    assertThat(BuildRevision.of(new Properties(), Optional.of(directory)))
        .isEqualTo(new BuildRevision("unknown", revision, Optional.of(true)));
  }

  @Test
  void saysUnknownWhereThereIsNoGitRepository() {
    assertThat(BuildRevision.of(new Properties(), Optional.of(directory)))
        .isEqualTo(new BuildRevision("unknown", "unknown", Optional.empty()));
  }

  private String git(String... arguments) {
    String[] command = new String[arguments.length + 3];
    command[0] = "git";
    command[1] = "-C";
    command[2] = directory.toString();
    System.arraycopy(arguments, 0, command, 3, arguments.length);
    return LoopDisk.run(command);
  }

  private static Properties properties(String version, String revision, String dirty) {
    Properties properties = new Properties();
    properties.setProperty("version", version);
    properties.setProperty("revision", revision);
    properties.setProperty("dirty", dirty);
    return properties;
  }
}
