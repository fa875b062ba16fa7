/* SPDX-License-Identifier: Apache-2.0 */
#include "copy.h"

#include <errno.h>
#include <stdbool.h>

#include "memory.h"

static bool overlap(const uint8_t *a, const uint8_t *b, uint64_t length)
{
	return a < b + length && b < a + length;
}

int64_t p2p_copy_run(struct p2p_memory *to, uint64_t to_offset, struct p2p_memory *from,
		     uint64_t from_offset, uint64_t length, uint32_t count,
		     struct p2p_stamps *stamps)
{
	const struct stamp_clock *clock = stamp_clock_get();
	uint8_t *target = to->address + to_offset;
	const uint8_t *source = from->address + from_offset;

	if (!length)
		return -EINVAL;
	if (!memory_contains(to, to_offset, length) || !memory_contains(from, from_offset, length))
		return -ERANGE;
	if (overlap(target, source, length))
		return -EINVAL;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t start = 0;

		if (stamps) {
			start = stamp_fenced_ns(clock);
		}
		copy_bytes(target, source, length);
		/* Each copy is one: the compiler must not fold equal ones together. */
		__asm__ volatile("" : : : "memory");
		if (stamps) {
			uint64_t end = stamp_fenced_ns(clock);

			stamps[i] = (struct p2p_stamps){start, end, end, end};
		}
	}
	return count;
}
