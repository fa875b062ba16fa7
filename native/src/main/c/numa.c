/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <linux/mempolicy.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "memory.h"

/* As many as any kernel is built for (CONFIG_NODES_SHIFT is at most 10). */
#define MOST_NODES 1024u
#define BITS_OF_LONG (CHAR_BIT * sizeof(unsigned long))

/* Pages asked about in one call. */
#define PAGES_AT_ONCE 512u

int p2p_numa_bind(uint32_t node)
{
	unsigned long nodes[MOST_NODES / BITS_OF_LONG] = {0};

	if (node >= MOST_NODES)
		return -EINVAL;
	nodes[node / BITS_OF_LONG] = 1ul << node % BITS_OF_LONG;
	/* The kernel takes one bit less than it is told of. */
	return syscall(SYS_set_mempolicy, MPOL_BIND, nodes, MOST_NODES + 1ul) ? -errno : 0;
}

int64_t p2p_numa_node(void)
{
	unsigned cpu = 0, node = 0;

	return syscall(SYS_getcpu, &cpu, &node, NULL) ? -errno : (int64_t)node;
}

/* Counts up to PAGES_AT_ONCE pages from address on by node. */
static int count_pages(uint8_t *address, uint64_t page_bytes, uint64_t pages, uint64_t *out,
		       uint32_t size)
{
	void *asked[PAGES_AT_ONCE];
	int status[PAGES_AT_ONCE];

	for (uint64_t i = 0; i < pages; i++)
		asked[i] = address + i * page_bytes;
	/* Without nodes to go to the kernel moves nothing and says where pages are. */
	if (syscall(SYS_move_pages, 0, pages, asked, NULL, status, 0))
		return -errno;
	for (uint64_t i = 0; i < pages; i++)
		if (status[i] >= 0 && (uint32_t)status[i] < size)
			out[status[i]]++;
	return 0;
}

int p2p_numa_pages(const struct p2p_memory *memory, uint64_t *out, uint32_t size)
{
	uint64_t page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t pages = memory->length / page_bytes;

	for (uint32_t node = 0; node < size; node++)
		out[node] = 0;
	for (uint64_t done = 0; done < pages; done += PAGES_AT_ONCE) {
		uint64_t left = pages - done;
		int error = count_pages(memory->address + done * page_bytes, page_bytes,
					left < PAGES_AT_ONCE ? left : PAGES_AT_ONCE, out, size);
		if (error)
			return error;
	}
	return 0;
}
