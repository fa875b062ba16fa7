-- SPDX-License-Identifier: Apache-2.0
-- Decisions about runs, and the order that a trend and a baseline ask for.
CREATE TABLE p2pbench_decision (
  run text NOT NULL REFERENCES p2pbench_run (id),
  at timestamptz NOT NULL,
  verdict text NOT NULL,
  reason text,
  entry text NOT NULL,
  UNIQUE (run, entry)
);

CREATE INDEX p2pbench_run_order ON p2pbench_run (branch, fingerprint, started_at);
