// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.p2pbench.discovery.AddressRange;

/**
 * Where the transactions of a fork run, resolved and allowed.
 *
 * @param source filled from; empty for a generator
 * @param target drained to
 * @param ownSource whether the source is a fresh file of our own, so that it may be stamped
 * @param pinsPages whether O_DIRECT I/O there pins pages (not on tmpfs, which copies)
 * @param sourceStat {@code stat} file of the block device behind the source
 * @param targetStat {@code stat} file of the block device behind the target
 * @param allocateFile {@code p2pmem/allocate} of the CMB's controller; empty without a CMB
 * @param deviceMemory physical ranges of that controller's BARs
 * @param spanBytes bytes used at each end
 * @param owned given back when the fork ends
 */
public record TransferPlaces(
    Optional<Path> source,
    Path target,
    boolean ownSource,
    boolean pinsPages,
    Optional<Path> sourceStat,
    Optional<Path> targetStat,
    Optional<Path> allocateFile,
    List<AddressRange> deviceMemory,
    long spanBytes,
    AutoCloseable owned) {}
