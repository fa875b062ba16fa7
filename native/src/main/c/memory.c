/* SPDX-License-Identifier: Apache-2.0 */
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Indexed by enum p2p_memory_kind. */
static const struct memory_ops *const memory_kinds[] = {
	[P2P_MEMORY_RAM] = &memory_ram_ops,
	[P2P_MEMORY_CMB] = &memory_cmb_ops,
	[P2P_MEMORY_CMB_EMULATED] = &memory_memfd_ops,
};

#define MEMORY_KINDS (sizeof(memory_kinds) / sizeof(memory_kinds[0]))

/* /proc/self/pagemap: one 64-bit word for each base page. */
#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_FRAME ((1ull << 55) - 1)

static int check_request(const struct memory_ops *ops, const char *path, uint64_t length,
			 uint32_t huge, struct memory_request *request)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	if (ops->needs_path != (path != NULL) || (huge && !ops->allows_huge))
		return -EINVAL;
	request->path = path;
	request->huge = huge;
	request->length = round_up(length, huge && page < HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES : page);
	/* mmap takes a signed length, and the guards around the mapping need room. */
	return request->length && request->length <= UINT64_MAX / 4 ? 0 : -EINVAL;
}

int p2p_memory_open(uint32_t kind, const char *path, uint64_t length, uint32_t huge,
		    struct p2p_memory **out)
{
	struct memory_request request;
	struct p2p_memory *memory;
	int error;

	if (kind >= MEMORY_KINDS)
		return -EINVAL;
	error = check_request(memory_kinds[kind], path, length, huge, &request);
	if (error)
		return error;
	memory = calloc(1, sizeof(*memory));
	if (!memory)
		return -ENOMEM;
	memory->ops = memory_kinds[kind];
	error = memory->ops->map(memory, &request);
	if (error)
		goto free_memory;
	error = lease_book_open(&memory->leases, memory->length);
	if (error)
		goto unmap;
	*out = memory;
	return 0;

unmap:
	memory->ops->unmap(memory);
free_memory:
	free(memory);
	return error;
}

void *p2p_memory_address(const struct p2p_memory *memory)
{
	return memory->address;
}

uint64_t p2p_memory_length(const struct p2p_memory *memory)
{
	return memory->length;
}

uint32_t p2p_memory_pages(const struct p2p_memory *memory)
{
	return memory->pages;
}

static int read_pagemap(uintptr_t address, uint64_t page, uint64_t *entry)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	ssize_t got;
	int error = 0;

	if (fd < 0)
		return errno == EACCES ? -EPERM : -errno;
	got = pread(fd, entry, sizeof(*entry), (off_t)(address / page * sizeof(*entry)));
	if (got != (ssize_t)sizeof(*entry))
		error = got < 0 ? -errno : -ENXIO;
	close(fd);
	return error;
}

int p2p_memory_physical(const struct p2p_memory *memory, uint64_t offset, uint64_t *physical)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uintptr_t address = (uintptr_t)memory->address + offset;
	uint64_t entry = 0;
	int error;

	if (offset >= memory->length)
		return -ERANGE;
	error = read_pagemap(address, page, &entry);
	if (error)
		return error;
	if (!(entry & PAGEMAP_PRESENT))
		return -ENXIO;
	/* Without CAP_SYS_ADMIN the kernel shows frame 0 for every page. */
	if (!(entry & PAGEMAP_FRAME))
		return -EPERM;
	*physical = (entry & PAGEMAP_FRAME) * page + address % page;
	return 0;
}

int p2p_memory_lease(struct p2p_memory *memory, uint64_t slot_bytes, uint32_t slots,
		     uint64_t *offset)
{
	uint64_t alignment = slot_bytes >= HUGE_PAGE_BYTES ? HUGE_PAGE_BYTES : SLOT_ALIGNMENT;
	uint64_t stride = round_up(slot_bytes, SLOT_ALIGNMENT);
	uint64_t length;

	if (!stride || !slots || __builtin_mul_overflow(stride, slots, &length))
		return -EINVAL;
	return lease_take(&memory->leases, length, alignment, offset);
}

int p2p_memory_release(struct p2p_memory *memory, uint64_t offset)
{
	return lease_give_back(&memory->leases, offset);
}

int p2p_memory_close(struct p2p_memory *memory)
{
	int error;

	if (!memory)
		return 0;
	error = lease_book_retire(&memory->leases);
	if (error)
		return error;
	memory->ops->unmap(memory);
	lease_book_close(&memory->leases);
	free(memory);
	return 0;
}
