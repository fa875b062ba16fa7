/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shared memfd region standing in for a CMB: like one it is a file's pages, mapped
 * shared; unlike one it is system memory, and no device is bypassed.
 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pages.h"

#ifndef MFD_HUGE_2MB
#define MFD_HUGE_2MB (21u << 26)
#endif

/* Maps a new memfd over the reservation. The mapping keeps the file: no descriptor stays. */
static int map_memfd(struct p2p_memory *memory, unsigned int flags)
{
	int fd = memfd_create("p2pbench-cmb-emulated", MFD_CLOEXEC | flags);
	int error;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, (off_t)memory->length))
		error = -errno;
	else
		error = pages_map(memory, fd, 0);
	close(fd);
	return error;
}

static int use_hugetlb(struct p2p_memory *memory)
{
	int error = map_memfd(memory, MFD_HUGETLB | MFD_HUGE_2MB);

	if (error)
		return error;
	memory->pages = P2P_PAGES_HUGETLB;
	return pages_touch(memory);
}

static int memfd_fill(struct p2p_memory *memory, bool huge)
{
	int error;

	if (huge && !use_hugetlb(memory))
		return 0;
	error = map_memfd(memory, 0);
	if (error)
		return error;
	return huge ? pages_use_transparent(memory, "ShmemPmdMapped") : pages_use_base(memory);
}

static int memfd_map(struct p2p_memory *memory, const struct memory_request *request)
{
	int error = pages_reserve(memory, request->length);

	if (error)
		return error;
	error = memfd_fill(memory, request->huge);
	if (error)
		pages_release(memory);
	return error;
}

const struct memory_ops memory_memfd_ops = {
	.needs_path = false,
	.allows_huge = true,
	.map = memfd_map,
	.unmap = pages_release,
};
