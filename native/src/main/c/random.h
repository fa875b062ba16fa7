/* SPDX-License-Identifier: Apache-2.0 */
/* random.h: one stream of random numbers that a seed decides. */
#ifndef P2P_RANDOM_H
#define P2P_RANDOM_H

#include <stdint.h>

/* The state of a new stream, never 0. splitmix64: seeds that differ in one bit give unlike streams.
 */
static inline uint64_t random_state(uint64_t seed)
{
	uint64_t mixed = seed + 0x9e3779b97f4a7c15ull;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9ull;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebull;
	mixed ^= mixed >> 31;
	return mixed ? mixed : 1;
}

/* The next 64 bits of a stream: xorshift64*. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * 0x2545f4914f6cdd1dull;
}

#endif
