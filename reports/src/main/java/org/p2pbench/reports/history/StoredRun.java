// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.p2pbench.reports.rundir.MachineClass;

/**
 * A run as it is stored. It never changes: what is decided about it later is a {@link Decision}.
 *
 * @param id the run's start and the digest of its environment.json
 * @param digest of what was measured: the same id with another digest is another run
 * @param revision of the software that was measured, or "unknown"
 * @param label the user's word, or null
 * @param accepted whether it may be a baseline, until a decision says otherwise
 * @param fingerprint of the machine: runs with another one are another series
 * @param machine what the fingerprint is made of
 * @param environment what may change on one machine, shown where it does
 * @param directory where the run directory was when the run was added
 */
public record StoredRun(
    String id,
    String digest,
    String startedAt,
    String revision,
    String branch,
    String label,
    boolean accepted,
    MachineClass machineClass,
    String fingerprint,
    Map<String, String> machine,
    Map<String, String> environment,
    String directory,
    List<StoredRow> rows) {

  /** Checks the members. */
  public StoredRun {
    Checks.name(id, "id");
    Checks.text(digest, "digest");
    Checks.time(startedAt, "startedAt");
    Checks.text(revision, "revision");
    Checks.text(branch, "branch");
    Checks.present(machineClass, "machineClass");
    Checks.name(fingerprint, "fingerprint");
    machine = Collections.unmodifiableMap(new LinkedHashMap<>(Checks.present(machine, "machine")));
    environment =
        Collections.unmodifiableMap(
            new LinkedHashMap<>(Checks.present(environment, "environment")));
    rows = List.copyOf(Checks.present(rows, "rows"));
  }

  /** When the run began. */
  @JsonIgnore
  public Instant time() {
    return Instant.parse(startedAt);
  }
}
