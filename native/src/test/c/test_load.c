/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <unistd.h>

#include "check.h"
#include "support.h"

#define BYTES (4 * MIB)
#define SECOND 1000000000ull

static const uint32_t kinds[] = {P2P_LOAD_READ, P2P_LOAD_WRITE, P2P_LOAD_COPY, P2P_LOAD_TRIAD};
static const uint32_t patterns[] = {P2P_PATTERN_SEQUENTIAL, P2P_PATTERN_RANDOM};
static uint32_t cpus[8192];

static struct p2p_load *open_load(uint32_t kind, uint32_t pattern, uint32_t share, uint32_t threads)
{
	struct p2p_load *load;

	CHECK_EQUAL(0, p2p_load_open(kind, pattern, share, BYTES, cpus, threads, &load));
	return load;
}

static uint64_t field(const struct p2p_load *load, enum p2p_load_field which)
{
	uint64_t fields[P2P_LOAD_FIELDS];

	p2p_load_counters(load, fields);
	return fields[which];
}

static void every_kind_moves_in_either_order(void)
{
	for (int i = 0; i < 4; i++) {
		for (int j = 0; j < 2; j++) {
			struct p2p_load *load = open_load(kinds[i], patterns[j], 100, 1);

			p2p_load_await(load, 64 * MIB);
			CHECK(field(load, P2P_LOAD_BYTES) >= 64 * MIB);
			p2p_load_close(load);
		}
	}
	p2p_load_close(NULL);
}

/* As STREAM counts: what a chunk of each kind adds. */
static void bytes_come_in_what_the_kind_reads_and_writes(void)
{
	static const uint64_t arrays[] = {1, 1, 2, 3};

	for (int i = 0; i < 4; i++) {
		struct p2p_load *load = open_load(kinds[i], P2P_PATTERN_SEQUENTIAL, 100, 1);
		uint64_t bytes;

		p2p_load_await(load, MIB);
		bytes = field(load, P2P_LOAD_BYTES);
		CHECK_EQUAL(0, bytes % (arrays[i] * 256 * KIB));
		p2p_load_close(load);
	}
}

static void chains_are_timed_and_taken_once(void)
{
	struct p2p_load *load = open_load(P2P_LOAD_READ, P2P_PATTERN_SEQUENTIAL, 100, 1);
	uint64_t chains[256];
	uint32_t got, total = 0;

	p2p_load_await(load, 256 * MIB);
	CHECK_EQUAL(100, p2p_load_chains(load, chains, 100));
	for (int i = 0; i < 100; i++)
		CHECK(chains[i] > 0);
	while ((got = p2p_load_chains(load, chains, 256)))
		total += got;
	/* One for each MiB of the array; those timed while they were taken come on top. */
	CHECK(total + 100 >= 255);
	p2p_load_close(load);
}

static void a_share_of_the_time_is_kept_to(void)
{
	struct p2p_load *load = open_load(P2P_LOAD_TRIAD, P2P_PATTERN_SEQUENTIAL, 25, 1);
	uint64_t before[P2P_LOAD_FIELDS], after[P2P_LOAD_FIELDS];
	double share;

	p2p_load_counters(load, before);
	do {
		usleep(10000);
		p2p_load_counters(load, after);
	} while (after[P2P_LOAD_NOW_NS] < before[P2P_LOAD_NOW_NS] + SECOND / 2);
	share = (double)(after[P2P_LOAD_CPU_NS] - before[P2P_LOAD_CPU_NS]) /
		(double)(after[P2P_LOAD_NOW_NS] - before[P2P_LOAD_NOW_NS]);
	/* Others on the machine can only take CPU time from it. */
	CHECK(share > 0.001 && share < 0.35);
	p2p_load_close(load);
}

static void as_many_threads_as_cpus(void)
{
	uint32_t count = (uint32_t)p2p_cpus_allowed(cpus, 8192);
	struct p2p_load *load = open_load(P2P_LOAD_COPY, P2P_PATTERN_SEQUENTIAL, 100, count);
	uint64_t one[1];

	p2p_load_await(load, 64 * MIB * count);
	CHECK_EQUAL(1, p2p_load_chains(load, one, 1));
	p2p_load_close(load);
}

static void refuses_nonsense(void)
{
	uint32_t absent[] = {8191}, beyond[] = {8192};
	struct p2p_load *load;

	CHECK_EQUAL(-EINVAL, p2p_load_open(4, 0, 100, BYTES, cpus, 1, &load));
	CHECK_EQUAL(-EINVAL, p2p_load_open(0, 2, 100, BYTES, cpus, 1, &load));
	CHECK_EQUAL(-EINVAL, p2p_load_open(0, 0, 0, BYTES, cpus, 1, &load));
	CHECK_EQUAL(-EINVAL, p2p_load_open(0, 0, 101, BYTES, cpus, 1, &load));
	CHECK_EQUAL(-EINVAL, p2p_load_open(0, 0, 100, MIB - 1, cpus, 1, &load));
	CHECK_EQUAL(-EINVAL, p2p_load_open(0, 0, 100, BYTES, cpus, 0, &load));
	CHECK_EQUAL(-EINVAL, p2p_load_open(0, 0, 100, BYTES, absent, 1, &load));
	CHECK_EQUAL(-EINVAL, p2p_load_open(0, 0, 100, BYTES, beyond, 1, &load));
}

static void memory_that_is_not_there_is_ENOMEM(void)
{
	struct p2p_load *load;

	/* More than an address space holds: no overcommitment gives that. */
	CHECK_EQUAL(-ENOMEM, p2p_load_open(P2P_LOAD_TRIAD, 0, 100, 1ull << 62, cpus, 1, &load));
}

int main(void)
{
	CHECK(p2p_cpus_allowed(cpus, 8192) > 0);
	RUN(every_kind_moves_in_either_order);
	RUN(bytes_come_in_what_the_kind_reads_and_writes);
	RUN(chains_are_timed_and_taken_once);
	RUN(a_share_of_the_time_is_kept_to);
	RUN(as_many_threads_as_cpus);
	RUN(refuses_nonsense);
	RUN(memory_that_is_not_there_is_ENOMEM);
	return 0;
}
