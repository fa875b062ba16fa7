/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>

#include "check.h"
#include "support.h"

static void copies_between_memories_and_stamps_each_copy(void)
{
	struct p2p_memory *from = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_memory *to = open_memory(P2P_MEMORY_CMB_EMULATED, MIB);
	uint8_t *source = p2p_memory_address(from), *target = p2p_memory_address(to);
	struct p2p_stamps stamps[3];

	for (uint64_t i = 0; i < 64 * KIB; i++)
		source[4096 + i] = (uint8_t)(i * 31 + i / 256);
	CHECK_EQUAL(3, p2p_copy_run(to, 8192, from, 4096, 64 * KIB, 3, stamps));
	CHECK(!memcmp(target + 8192, source + 4096, 64 * KIB));
	CHECK_EQUAL(0, target[8191]);
	CHECK_EQUAL(0, target[8192 + 64 * KIB]);
	for (int i = 0; i < 3; i++) {
		CHECK(stamps[i].filled > stamps[i].start);
		CHECK_EQUAL(stamps[i].filled, stamps[i].copied);
		CHECK_EQUAL(stamps[i].filled, stamps[i].drained);
	}
	CHECK_EQUAL(2, p2p_copy_run(to, 0, from, 0, MIB, 2, NULL));
	CHECK(!memcmp(target, source, MIB));
	p2p_memory_close(from);
	p2p_memory_close(to);
}

static void refuses_ranges_outside_and_ranges_that_overlap(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);

	CHECK_EQUAL(-EINVAL, p2p_copy_run(memory, 0, memory, 4096, 0, 1, NULL));
	CHECK_EQUAL(-EINVAL, p2p_copy_run(memory, 0, memory, 4095, 4096, 1, NULL));
	CHECK_EQUAL(-EINVAL, p2p_copy_run(memory, 4095, memory, 0, 4096, 1, NULL));
	CHECK_EQUAL(1, p2p_copy_run(memory, 0, memory, 4096, 4096, 1, NULL));
	CHECK_EQUAL(-ERANGE, p2p_copy_run(memory, 0, memory, MIB - 4095, 4096, 1, NULL));
	CHECK_EQUAL(-ERANGE, p2p_copy_run(memory, MIB + 1, memory, 0, 1, 1, NULL));
	CHECK_EQUAL(-ERANGE, p2p_copy_run(memory, UINT64_MAX, memory, 0, 2, 1, NULL));
	p2p_memory_close(memory);
}

int main(void)
{
	RUN(copies_between_memories_and_stamps_each_copy);
	RUN(refuses_ranges_outside_and_ranges_that_overlap);
	return 0;
}
