/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages.h: mappings with a chosen page size. A mapping stands between two
 * inaccessible guards: an overrun faults instead of hitting a neighbour, and
 * the kernel does not merge it with one, so that /proc/self/smaps counts its
 * huge pages alone.
 */
#ifndef P2P_PAGES_H
#define P2P_PAGES_H

#include <stdbool.h>

#include "memory.h"

/*
 * Reserves address space for 'length' bytes on a huge page boundary and sets
 * memory->address, length, mapping and mapping_bytes. Nothing is accessible yet:
 * the caller maps over it with MAP_FIXED. Undone by pages_release.
 */
int pages_reserve(struct p2p_memory *memory, uint64_t length);
void pages_release(struct p2p_memory *memory);

/* Maps 'fd' (or anonymous memory: -1) over the reservation with extra mmap flags. */
int pages_map(struct p2p_memory *memory, int fd, int flags);

/* Asks for base pages only and touches all of them. */
int pages_use_base(struct p2p_memory *memory);

/*
 * Asks for transparent huge pages and touches the mapping; sets memory->pages to
 * what /proc/self/smaps then says: THP only when all of it is huge, else BASE.
 * 'counter' is the smaps line that counts them.
 */
int pages_use_transparent(struct p2p_memory *memory, const char *counter);

/* Touches all pages; -ENOMEM instead of a signal where the kernel can tell (5.14). */
int pages_touch(struct p2p_memory *memory);

#endif
