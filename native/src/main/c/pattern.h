/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h: which block of the span comes next. */
#ifndef P2P_PATTERN_H
#define P2P_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "random.h"

struct pattern {
	uint64_t blocks; /* in the span, not 0 */
	uint64_t next;   /* sequential: the next block */
	uint64_t state;  /* random: the stream's */
	bool random;
};

static inline void pattern_open(struct pattern *pattern, bool random, uint64_t blocks,
				uint64_t seed)
{
	*pattern = (struct pattern){blocks, 0, random_state(seed), random};
}

static inline uint64_t pattern_next(struct pattern *pattern)
{
	uint64_t block;

	if (!pattern->random) {
		block = pattern->next;
		pattern->next = block + 1 == pattern->blocks ? 0 : block + 1;
		return block;
	}
	/* The high half of a product maps 64 random bits onto the span without a division. */
	return (uint64_t)((unsigned __int128)random_next(&pattern->state) * pattern->blocks >> 64);
}

#endif
