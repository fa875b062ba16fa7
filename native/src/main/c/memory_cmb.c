/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chunk of a controller's memory buffer through its p2pmem/allocate file: each mmap of
 * the file is one allocation, given back when the mapping and all I/O on it are gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"

static int cmb_map(struct p2p_memory *memory, const struct memory_request *request)
{
	int fd = open(request->path, O_RDWR | O_CLOEXEC);
	void *got;
	int error = 0;

	if (fd < 0)
		return -errno;
	/* Offset 0 and MAP_SHARED are the only ones that the kernel takes. */
	got = mmap(NULL, request->length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (got == MAP_FAILED)
		error = -errno;
	close(fd);
	if (error)
		return error;
	memory->address = got;
	memory->length = request->length;
	memory->pages = P2P_PAGES_BASE;
	memory->mapping = got;
	memory->mapping_bytes = request->length;
	return 0;
}

static void cmb_unmap(struct p2p_memory *memory)
{
	munmap(memory->mapping, memory->mapping_bytes);
}

const struct memory_ops memory_cmb_ops = {
	.needs_path = true,
	.allows_huge = false,
	.map = cmb_map,
	.unmap = cmb_unmap,
};
