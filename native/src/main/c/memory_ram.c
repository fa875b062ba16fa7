/* SPDX-License-Identifier: Apache-2.0 */
/* Anonymous private memory: the bounce buffer. */
#include <sys/mman.h>

#include "pages.h"

#ifndef MAP_HUGE_2MB
#define MAP_HUGE_2MB (21 << 26)
#endif

static int use_hugetlb(struct p2p_memory *memory)
{
	int error = pages_map(memory, -1, MAP_HUGETLB | MAP_HUGE_2MB);

	if (error)
		return error;
	memory->pages = P2P_PAGES_HUGETLB;
	return pages_touch(memory);
}

static int ram_fill(struct p2p_memory *memory, bool huge)
{
	int error;

	/* The pool is usually empty: then, or when it runs out, transparent ones. */
	if (huge && !use_hugetlb(memory))
		return 0;
	error = pages_map(memory, -1, 0);
	if (error)
		return error;
	return huge ? pages_use_transparent(memory, "AnonHugePages") : pages_use_base(memory);
}

static int ram_map(struct p2p_memory *memory, const struct memory_request *request)
{
	int error = pages_reserve(memory, request->length);

	if (error)
		return error;
	error = ram_fill(memory, request->huge);
	if (error)
		pages_release(memory);
	return error;
}

const struct memory_ops memory_ram_ops = {
	.needs_path = false,
	.allows_huge = true,
	.map = ram_map,
	.unmap = pages_release,
};
