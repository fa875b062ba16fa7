// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.List;

/** Stored runs. Entries are added and never changed. Not for use by several threads at once. */
public interface Store extends AutoCloseable {

  /** What became of a run that was to be added. */
  enum Added {
    /** It is stored. */
    STORED,
    /** It was there already. */
    ALREADY_THERE
  }

  /** Its place as messages name it; without passwords. */
  String name();

  /**
   * Adds a run: whole or not at all.
   *
   * @throws StoreException where another run has its id, or the store cannot be written
   */
  Added add(StoredRun run) throws StoreException;

  /**
   * Adds a decision about a run.
   *
   * @throws StoreException where there is no such run, or the store cannot be written
   */
  void decide(Decision decision) throws StoreException;

  /** All runs, oldest first. */
  List<HistoryRun> runs() throws StoreException;

  @Override
  void close();
}
