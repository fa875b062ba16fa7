// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A stage that an hlog has intervals of, by its tag. */
public enum Stage {
  FILL("fill"),
  COPY("copy"),
  DRAIN("drain"),
  TRANSACTION("transaction"),
  /** Of an open loop: from submission to end, without the wait before. */
  SERVICE("service"),
  PIN("pin"),
  UNPIN("unpin"),
  /** A chain of dependent loads of a busy neighbour: not a part of a transaction. */
  NEIGHBOUR("neighbour");

  private static final Map<String, Stage> BY_TAG =
      Arrays.stream(values()).collect(Collectors.toMap(Stage::tag, Function.identity()));

  private final String tag;

  Stage(String tag) {
    this.tag = tag;
  }

  /** The tag of its intervals. */
  public String tag() {
    return tag;
  }

  /** The stage of a tag; empty for one that this version does not know. */
  public static Optional<Stage> of(String tag) {
    return Optional.ofNullable(BY_TAG.get(tag));
  }
}
