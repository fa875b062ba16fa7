// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.p2pbench.reports.rundir.Parameters;

/** Parameters of rows by name, as rows.json has them: what is not named is absent. */
public final class SampleParameters {
  private SampleParameters() {}

  /** The parameters named. */
  public static Parameters of(Map<String, Object> members) {
    return new ObjectMapper().convertValue(members, Parameters.class);
  }
}
