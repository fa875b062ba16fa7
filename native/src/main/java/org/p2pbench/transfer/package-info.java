// SPDX-License-Identifier: Apache-2.0
/**
 * Blocks moved between two endpoints through a chunk of memory, by libp2pbench.
 *
 * <p>The order of things: open an {@link org.p2pbench.transfer.IoMemory} and one or two {@link
 * org.p2pbench.transfer.Endpoint}s, open a {@link org.p2pbench.transfer.Transactor} over them, run
 * batches of transactions that leave their stamps in a {@link org.p2pbench.transfer.StampBuffer},
 * close in the reverse order. Everything that is opened here owns native memory and wants closing;
 * closing twice is harmless. Lengths and offsets are bytes, times are nanoseconds on the clock of
 * {@link org.p2pbench.transfer.NativeClock}.
 *
 * <p>A call that the kernel refuses becomes a {@link org.p2pbench.transfer.TransferException};
 * arguments that make no sense become an {@link java.lang.IllegalArgumentException} before any I/O.
 * Unless a method says otherwise, an object is used by one thread at a time.
 */
package org.p2pbench.transfer;
