// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** What was being done when a call failed. The first six are those of the C header. */
enum Operation {
  OPEN_TRANSACTOR("opening of the transactor"),
  FILL("fill"),
  DRAIN("drain"),
  SUBMIT("submission to io_uring"),
  REGISTER("registration with io_uring"),
  SET_UP("set-up of io_uring"),
  ALLOCATE("allocation"),
  LEASE("lease"),
  RELEASE("release"),
  OPEN("open"),
  SYNC("sync"),
  SIGNATURE("search for signatures"),
  CACHED_PAGES("look for cached pages"),
  SEEK("seek"),
  PIN("pin"),
  BENCHMARK_PIN("pin by the kernel's benchmark"),
  COPY("copy"),
  LOAD("start of the memory load"),
  PLACE("placement of a thread on CPUs"),
  BIND_MEMORY("use of the memory"),
  LOCATE("search for the NUMA nodes"),
  CLOSE("close"),
  USAGE("reading of resource usage"),
  COUNT("counting of an event");

  private static final Operation[] OF_HEADER = {
    OPEN_TRANSACTOR, FILL, DRAIN, SUBMIT, REGISTER, SET_UP
  };

  private final String words;

  Operation(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** By {@code enum p2p_operation}. */
  static Operation of(int number) {
    return OF_HEADER[number];
  }

  boolean usesUring() {
    return this == SUBMIT || this == REGISTER || this == SET_UP;
  }

  boolean movesData() {
    return this == FILL || this == DRAIN;
  }
}
