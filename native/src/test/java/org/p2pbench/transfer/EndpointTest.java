// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EndpointTest {
  private Path directory;

  @BeforeEach
  void makeDirectory() {
    directory = ScratchFiles.directory();
  }

  @AfterEach
  void deleteDirectory() throws IOException {
    ScratchFiles.delete(directory);
  }

  private static TransferException refusal(Path path, Endpoint.Access access, boolean direct) {
    return catchThrowableOfType(
        TransferException.class, () -> Endpoint.open(path, access, direct).close());
  }

  @Test
  void knowsItsFile() throws IOException {
    Path path = ScratchFiles.random(directory.resolve("größe"), 12288, 1);
    Endpoint endpoint = Endpoint.open(path, Endpoint.Access.READ_WRITE, true);
    assertThat(endpoint.path()).isEqualTo(path);
    assertThat(endpoint.lengthBytes()).isEqualTo(12288);
    assertThat(endpoint.direct()).isTrue();
    assertThat(endpoint.access()).isEqualTo(Endpoint.Access.READ_WRITE);
    assertThat(endpoint.alignmentBytes()).isBetween(512, 65536);
    assertThat(endpoint.deviceNumber()).isZero();
    endpoint.sync();
    endpoint.close();
    endpoint.close();
    assertThatIllegalStateException().isThrownBy(endpoint::sync).withMessage(path + " is closed");
    try (Endpoint buffered = Endpoint.open(path, Endpoint.Access.READ, false)) {
      assertThat(buffered.alignmentBytes()).isEqualTo(1);
    }
  }

  @Test
  void anAbsentFileIsNotCreated() {
    Path absent = directory.resolve("absent");
    assertThat(refusal(absent, Endpoint.Access.WRITE, true))
        .hasMessage(
            "open of "
                + absent
                + " failed: ENOENT (No such file or directory). Probable cause: the path does not"
                + " exist. What to do: correct the path.");
    assertThat(Files.exists(absent)).isFalse();
  }

  @Test
  void whatCannotDoDirectIoIsRefused() {
    Path proc = Path.of("/proc/version");
    assertThat(refusal(proc, Endpoint.Access.READ, true))
        .hasMessage(
            "open of /proc/version failed: EINVAL (Invalid argument). Probable cause: the filesystem"
                + " does not support O_DIRECT. What to do: use a file on another filesystem, or a"
                + " device.");
  }

  @Test
  void whatIsNeitherFileNorBlockDeviceIsRefused() {
    assertThat(refusal(Path.of("/dev/null"), Endpoint.Access.WRITE, false))
        .hasMessage(
            "open of /dev/null failed: EOPNOTSUPP (Operation not supported). Probable cause: neither"
                + " a regular file nor a block device. What to do: give a file or a block device.");
  }
}
