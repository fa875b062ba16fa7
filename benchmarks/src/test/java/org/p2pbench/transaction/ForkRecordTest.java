// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForkRecordTest {
  private static final ForkRecord PROVEN =
      new ForkRecord(
          "2MiB-thp",
          new ForkRecord.Verification("verified", 4, 16_384, "4 blocks came back"),
          new ForkRecord.Witness(
              "proven",
              List.of(new ForkRecord.Testimony("pins", "confirms", "8 pins for 8 expected"))),
          null);

  @TempDir private Path directory;

  @Test
  void isReadAsItWasWritten() {
    Path file = directory.resolve("record.json");
    PROVEN.write(file);
    assertThat(ForkRecord.read(file)).contains(PROVEN);

    ForkRecord failed = PROVEN.failed(RigException.Kind.REFUSED, "no such pin");
    failed.write(file);
    assertThat(ForkRecord.read(file)).contains(failed);
    assertThat(failed.failure().kind()).isEqualTo(RigException.Kind.REFUSED);
    assertThat(directory.toFile().list()).containsExactly("record.json");
  }

  @Test
  void isEmptyWhereAForkDiedEarlyOrInTheMiddleOfWriting() throws IOException {
    assertThat(ForkRecord.read(directory.resolve("absent"))).isEmpty();
    Path half = Files.writeString(directory.resolve("half"), "{\"pagesGot\":");
    assertThat(ForkRecord.read(half)).isEmpty();
  }

  @Test
  void theFirstFailureStays() {
    ForkSettings settings = Rigs.settings(directory, 0);
    ForkReporter reporter = new ForkReporter(settings);
    reporter.failed(new RigException(RigException.Kind.FAILED, "the first"), null);
    reporter.failed(new IllegalArgumentException("the second"), null);

    assertThat(Rigs.record(settings).failure())
        .isEqualTo(new ForkRecord.Failure(RigException.Kind.FAILED, "the first"));
  }
}
