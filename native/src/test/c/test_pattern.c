/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"
#include "pattern.h"

static void sequential_wraps_at_the_end_of_the_span(void)
{
	static const uint64_t expected[] = {0, 1, 2, 0, 1, 2, 0};
	struct pattern pattern;

	pattern_open(&pattern, false, 3, 0);
	for (int i = 0; i < 7; i++)
		CHECK_EQUAL(expected[i], pattern_next(&pattern));
	pattern_open(&pattern, false, 1, 0);
	CHECK_EQUAL(0, pattern_next(&pattern));
	CHECK_EQUAL(0, pattern_next(&pattern));
}

static void random_stays_inside_the_span_and_reaches_all_of_it(void)
{
	static uint32_t hits[1000];
	struct pattern pattern;

	pattern_open(&pattern, true, 1000, 42);
	for (int i = 0; i < 100000; i++) {
		uint64_t block = pattern_next(&pattern);

		CHECK(block < 1000);
		hits[block]++;
	}
	/* 100 expected, standard deviation 10: 6 of them are not left by chance. */
	for (int i = 0; i < 1000; i++)
		CHECK(hits[i] > 40 && hits[i] < 160);
	pattern_open(&pattern, true, 1ull << 61, 1);
	for (int i = 0; i < 1000; i++)
		CHECK(pattern_next(&pattern) < 1ull << 61);
}

static void random_is_decided_by_the_seed(void)
{
	struct pattern pattern, same, other;
	int equal = 0;

	for (uint64_t seed = 0; seed < 4; seed++) {
		pattern_open(&pattern, true, 1 << 20, seed);
		pattern_open(&same, true, 1 << 20, seed);
		pattern_open(&other, true, 1 << 20, seed + 1);
		for (int i = 0; i < 1000; i++) {
			uint64_t block = pattern_next(&pattern);

			CHECK_EQUAL(block, pattern_next(&same));
			equal += block == pattern_next(&other);
		}
	}
	CHECK(equal < 10);
}

int main(void)
{
	RUN(sequential_wraps_at_the_end_of_the_span);
	RUN(random_stays_inside_the_span_and_reaches_all_of_it);
	RUN(random_is_decided_by_the_seed);
	return 0;
}
