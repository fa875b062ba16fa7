/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h: which block of the span comes next. */
#ifndef P2P_PATTERN_H
#define P2P_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

struct pattern {
	uint64_t blocks; /* in the span, not 0 */
	uint64_t next;   /* sequential: the next block */
	uint64_t state;  /* random: xorshift's, never 0 */
	bool random;
};

static inline void pattern_open(struct pattern *pattern, bool random, uint64_t blocks,
				uint64_t seed)
{
	/* splitmix64: seeds that differ in one bit give unlike sequences. */
	uint64_t mixed = seed + 0x9e3779b97f4a7c15ull;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9ull;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebull;
	mixed ^= mixed >> 31;
	*pattern = (struct pattern){blocks, 0, mixed ? mixed : 1, random};
}

static inline uint64_t pattern_next(struct pattern *pattern)
{
	uint64_t block, x;

	if (!pattern->random) {
		block = pattern->next;
		pattern->next = block + 1 == pattern->blocks ? 0 : block + 1;
		return block;
	}
	x = pattern->state; /* xorshift64* */
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	pattern->state = x;
	/* The high half of a product maps 64 random bits onto the span without a division. */
	return (uint64_t)((unsigned __int128)(x * 0x2545f4914f6cdd1dull) * pattern->blocks >> 64);
}

#endif
