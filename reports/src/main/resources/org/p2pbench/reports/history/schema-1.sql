-- SPDX-License-Identifier: Apache-2.0
-- Runs and their values. The entry is the file of a plain store; the columns are there to be asked.
CREATE TABLE p2pbench_run (
  id text PRIMARY KEY,
  digest text NOT NULL,
  started_at timestamptz NOT NULL,
  revision text NOT NULL,
  branch text NOT NULL,
  label text,
  machine_class text NOT NULL,
  fingerprint text NOT NULL,
  entry text NOT NULL,
  added_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE p2pbench_value (
  run text NOT NULL REFERENCES p2pbench_run (id),
  benchmark text NOT NULL,
  parameters jsonb NOT NULL,
  machine_class text NOT NULL,
  metric text NOT NULL,
  value double precision NOT NULL,
  forks double precision[] NOT NULL,
  PRIMARY KEY (run, benchmark, parameters, machine_class, metric)
);
