// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/**
 * The functions of {@code p2pbench.h}, with its names and in its order, directly mapped by JNA.
 *
 * <p>Handles and addresses cross as {@code long}, strings as zero-terminated bytes. Nothing here
 * checks anything: the header says what is allowed, and the classes beside this one see to it. They
 * also call {@link NativeLoader#load} first; this class has no initializer that would, since
 * loading binds it.
 */
final class LibP2pbench {
  /** {@code P2P_ABI_VERSION} of the header that this binding was written against. */
  static final int ABI_VERSION = 1;

  static final int ENDPOINT_READ = 1;
  static final int ENDPOINT_WRITE = 1 << 1;
  static final int ENDPOINT_DIRECT = 1 << 2;

  static final int CLOCK_TSC = 1;

  /** {@code sizeof(struct p2p_transactor_config)}. */
  static final int TRANSACTOR_CONFIG_BYTES = 64;

  /** {@code sizeof(struct p2p_failure)}. */
  static final int FAILURE_BYTES = 32;

  /** {@code sizeof(struct p2p_stamps)}, and of {@code struct p2p_pin_stamps}. */
  static final int STAMPS_BYTES = 32;

  static final int USAGE_FIELDS = 4;
  static final int COUNTER_FIELDS = 3;

  static final int LOAD_FIELDS = 3;

  private LibP2pbench() {}

  static native int p2p_abi_version();

  static native void p2p_noop();

  static native int p2p_clock_source();

  static native long p2p_clock_now_ns();

  static native void p2p_clock_stamp(long out, int count);

  static native int p2p_memory_open(int kind, byte[] path, long length, int huge, long[] out);

  static native long p2p_memory_address(long memory);

  static native long p2p_memory_length(long memory);

  static native int p2p_memory_pages(long memory);

  static native int p2p_memory_physical(long memory, long offset, long[] physical);

  static native int p2p_memory_lease(long memory, long slotBytes, int slots, long[] offset);

  static native int p2p_memory_release(long memory, long offset);

  static native int p2p_memory_close(long memory);

  static native int p2p_endpoint_open(byte[] path, int flags, long[] out);

  static native long p2p_endpoint_length(long endpoint);

  static native int p2p_endpoint_alignment(long endpoint);

  static native long p2p_endpoint_device(long endpoint);

  static native int p2p_endpoint_sync(long endpoint);

  static native int p2p_endpoint_close(long endpoint);

  static native int p2p_signature(byte[] path, byte[] text, long size);

  static native long p2p_cached_pages(byte[] path, long offset, long length);

  static native int p2p_transactor_config_size();

  static native int p2p_failure_size();

  static native int p2p_transactor_open(
      byte[] config, long memory, long source, long target, long[] out, byte[] failure);

  static native int p2p_transactor_open_spin(
      long serviceNs, long stalled, long stallNs, int virtualTime, long[] out);

  static native long p2p_transactor_run(long transactor, int count, long stamps);

  static native int p2p_transactor_pace(
      long transactor, int arrivals, double ratePerSecond, long seed);

  static native long p2p_transactor_run_paced(
      long transactor, int count, long stamps, long arrived);

  static native int p2p_transactor_quiesce(long transactor);

  static native int p2p_transactor_seek(long transactor, long block);

  static native long p2p_transactor_slot(long transactor, int i);

  static native long p2p_transactor_staging(long transactor, int i);

  static native long p2p_transactor_completed(long transactor);

  static native void p2p_transactor_failure(long transactor, byte[] out);

  static native int p2p_transactor_close(long transactor);

  static native int p2p_pinner_open(
      long memory, long offset, long length, int mechanism, long[] out);

  static native long p2p_pinner_run(long pinner, int count, long stamps);

  static native int p2p_pinner_close(long pinner);

  static native long p2p_copy_run(
      long to, long toOffset, long from, long fromOffset, long length, int count, long stamps);

  static native int p2p_load_open(
      int kind,
      int pattern,
      int sharePercent,
      long threadBytes,
      int[] cpus,
      int threads,
      long[] out);

  static native void p2p_load_counters(long load, long[] out);

  static native int p2p_load_chains(long load, long[] out, int count);

  static native void p2p_load_await(long load, long bytes);

  static native void p2p_load_close(long load);

  static native long p2p_cpus_allowed(int[] out, int size);

  static native int p2p_cpus_restrict(int[] cpus, int count);

  static native int p2p_numa_bind(int node);

  static native long p2p_numa_node();

  static native int p2p_numa_pages(long memory, long[] out, int size);

  static native int p2p_usage(long[] out);

  static native int p2p_counter_open(int type, long config, long config1, int cpu, long[] out);

  static native int p2p_counter_read(long counter, long[] out);

  static native void p2p_counter_close(long counter);
}
