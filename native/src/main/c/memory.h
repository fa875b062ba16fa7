/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory.h: what a memory is inside the library, and the table that one adds a
 * kind of memory to.
 *
 * A new kind (device-dax, a GPU's dma-buf, ...) is one file that defines a
 * 'struct memory_ops', its declaration below, one row of the table in memory.c
 * and one value of enum p2p_memory_kind. Leases, physical addresses, closing
 * and the engines come with it: they ask for nothing but address and length.
 */
#ifndef P2P_MEMORY_H
#define P2P_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lease.h"
#include "p2pbench.h"

struct memory_ops;

struct p2p_memory {
	const struct memory_ops *ops;
	uint8_t *address;       /* start of the usable bytes, page-aligned */
	uint64_t length;        /* usable bytes */
	uint32_t pages;         /* enum p2p_page_kind */
	void *mapping;          /* what unmap undoes: the ops' own ... */
	uint64_t mapping_bytes; /* ... and its length */
	struct lease_book leases;
};

/* What p2p_memory_open was asked for, already checked against the ops' wants. */
struct memory_request {
	const char *path; /* NULL unless needs_path */
	uint64_t length;  /* multiple of the page size, not 0 */
	bool huge;        /* false unless allows_huge */
};

struct memory_ops {
	bool needs_path;
	bool allows_huge;
	/*
	 * Sets address, length (at least the one asked for), pages, mapping and
	 * mapping_bytes. The mapping must be readable and writable by the CPU and fit
	 * to be given to pread/pwrite. May block and allocate: it runs once, before
	 * anything is measured. On failure returns a negative errno and leaves nothing
	 * behind; file descriptors that it opens are its own to close, before
	 * it returns or in unmap. Must not print.
	 */
	int (*map)(struct p2p_memory *memory, const struct memory_request *request);
	/* Undoes map. Called once, when no lease and no hold is out. */
	void (*unmap)(struct p2p_memory *memory);
};

extern const struct memory_ops memory_ram_ops;
extern const struct memory_ops memory_cmb_ops;
extern const struct memory_ops memory_memfd_ops;

/* True when 'length' bytes at 'offset' lie within the memory. */
static inline bool memory_contains(const struct p2p_memory *memory, uint64_t offset,
				   uint64_t length)
{
	return offset <= memory->length && length <= memory->length - offset;
}

#endif
