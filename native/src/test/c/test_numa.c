/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "check.h"
#include "p2pbench.h"

#define NODES 64

static void memory_of_a_thread_that_is_bound_lies_on_its_node(enum p2p_memory_kind kind,
							      uint32_t pages)
{
	uint64_t counts[NODES], all = 0;
	struct p2p_memory *memory;
	int64_t node = p2p_numa_node();

	CHECK(node >= 0 && node < NODES);
	CHECK_EQUAL(0, p2p_numa_bind((uint32_t)node));
	CHECK_EQUAL(0, p2p_memory_open(kind, NULL, pages * 4096ull, 0, &memory));
	CHECK_EQUAL(0, p2p_numa_pages(memory, counts, NODES));
	for (int i = 0; i < NODES; i++)
		all += counts[i];
	CHECK_EQUAL(pages, all);
	CHECK_EQUAL(pages, counts[node]);
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

static void *look(void *unused)
{
	/* More than are asked about at once, and a rest. */
	memory_of_a_thread_that_is_bound_lies_on_its_node(P2P_MEMORY_RAM, 1100);
	memory_of_a_thread_that_is_bound_lies_on_its_node(P2P_MEMORY_CMB_EMULATED, 3);
	return unused;
}

static void memory_lies_where_its_thread_was_bound(void)
{
	pthread_t thread;

	CHECK_EQUAL(0, pthread_create(&thread, NULL, look, NULL));
	CHECK_EQUAL(0, pthread_join(thread, NULL));
}

static void refuses_nodes_that_are_not_there(void)
{
	CHECK_EQUAL(-EINVAL, p2p_numa_bind(1023));
	CHECK_EQUAL(-EINVAL, p2p_numa_bind(1024));
}

int main(void)
{
	RUN(memory_lies_where_its_thread_was_bound);
	RUN(refuses_nodes_that_are_not_there);
	return 0;
}
