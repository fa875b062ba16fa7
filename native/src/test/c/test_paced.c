/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>

#include "arrivals.h"
#include "check.h"
#include "support.h"

#define US 1000ull
#define MS (1000ull * US)

static struct p2p_transactor *open_spin(uint64_t service_ns, uint64_t stalled, uint64_t stall_ns)
{
	struct p2p_transactor *transactor;

	CHECK_EQUAL(0, p2p_transactor_open_spin(service_ns, stalled, stall_ns, 1, &transactor));
	return transactor;
}

/* ---- arrivals ------------------------------------------------------------ */

static void fixed_arrivals_come_at_even_gaps_without_drift(void)
{
	struct arrivals arrivals;

	/* 3 per second: no whole number of ns. */
	arrivals_open(&arrivals, false, 3, 0);
	arrivals_begin(&arrivals, 1000);
	for (uint64_t i = 1; i <= 3000000; i++) {
		uint64_t arrived = arrivals_take_ns(&arrivals) - 1000;

		CHECK(arrived <= i * 1000000000 / 3 + 1 && arrived + 1 >= i * 1000000000 / 3);
	}
}

static void poisson_gaps_have_the_mean_and_spread_of_an_exponential(void)
{
	const double count = 1000000;
	double sum = 0, squares = 0, short_ones = 0;
	struct arrivals arrivals;
	uint64_t before = 0;

	arrivals_open(&arrivals, true, 1000, 7);
	arrivals_begin(&arrivals, 0);
	for (int i = 0; i < (int)count; i++) {
		uint64_t arrived = arrivals_take_ns(&arrivals);
		double gap_ms = (double)(arrived - before) / 1e6;

		CHECK(arrived >= before);
		before = arrived;
		sum += gap_ms;
		squares += gap_ms * gap_ms;
		short_ones += gap_ms < 1;
	}
	/* Of a million: five standard errors each (1e-3, 4.5e-3, 4.8e-4). */
	CHECK(fabs(sum / count - 1) < 5e-3);
	CHECK(fabs(squares / count - 2) < 2.3e-2);
	CHECK(fabs(short_ones / count - (1 - exp(-1))) < 2.5e-3);
}

static void the_seed_decides_poisson_arrivals(void)
{
	struct arrivals one, same, other;

	arrivals_open(&one, true, 1000, 1);
	arrivals_open(&same, true, 1000, 1);
	arrivals_open(&other, true, 1000, 2);
	for (int i = 0; i < 100; i++) {
		uint64_t arrived = arrivals_take_ns(&one);

		CHECK_EQUAL(arrived, arrivals_take_ns(&same));
		CHECK(!i || arrived != arrivals_take_ns(&other));
	}
}

/* ---- a server of known service time, in virtual time --------------------- */

static void below_saturation_no_fixed_arrival_waits(void)
{
	struct p2p_transactor *transactor = open_spin(100 * US, 0, 0);
	struct p2p_stamps stamps[1000];
	uint64_t arrived[1000];

	CHECK_EQUAL(0, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, 5000, 0));
	CHECK_EQUAL(1000, p2p_transactor_run_paced(transactor, 1000, stamps, arrived));
	for (int i = 0; i < 1000; i++) {
		CHECK_EQUAL(arrived[i], stamps[i].start);
		CHECK_EQUAL(100 * US, stamps[i].drained - stamps[i].start);
		CHECK(!i || arrived[i] - arrived[i - 1] == 200 * US);
	}
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
}

static void above_saturation_each_arrival_waits_longer_than_the_one_before(void)
{
	struct p2p_transactor *transactor = open_spin(100 * US, 0, 0);
	struct p2p_stamps stamps[1000];
	uint64_t arrived[1000];

	/* One each 80 us, served in 100: 20 us more to wait for each. */
	CHECK_EQUAL(0, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, 12500, 0));
	CHECK_EQUAL(1000, p2p_transactor_run_paced(transactor, 1000, stamps, arrived));
	for (uint64_t i = 0; i < 1000; i++)
		CHECK_EQUAL(i * 20 * US, stamps[i].start - arrived[i]);
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
}

static void arrivals_go_on_between_calls_and_begin_anew_after_quiesce(void)
{
	struct p2p_transactor *transactor = open_spin(100 * US, 0, 0);
	struct p2p_stamps stamps[100];
	uint64_t arrived[100], first;

	CHECK_EQUAL(0, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, 20000, 0));
	CHECK_EQUAL(100, p2p_transactor_run_paced(transactor, 100, stamps, arrived));
	first = arrived[0];
	CHECK_EQUAL(100, p2p_transactor_run_paced(transactor, 100, stamps, arrived));
	CHECK_EQUAL(first + 100 * 50 * US, arrived[0]);
	CHECK_EQUAL(100 * 50 * US, stamps[0].start - arrived[0]);
	CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
	/* What was waiting is forgotten, and the next comes one gap after the last completion. */
	CHECK_EQUAL(1, p2p_transactor_run_paced(transactor, 1, stamps, arrived));
	CHECK_EQUAL(first - 50 * US + 200 * 100 * US + 100 * US, arrived[0]);
	CHECK_EQUAL(arrived[0], stamps[0].start);
	CHECK_EQUAL(201, p2p_transactor_completed(transactor));
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
}

static uint32_t slower_than(const struct p2p_stamps *stamps, const uint64_t *began, uint32_t count,
			    uint64_t ns)
{
	uint32_t slower = 0;

	for (uint32_t i = 0; i < count; i++)
		slower += stamps[i].drained - began[i] > ns;
	return slower;
}

static void a_stall_is_one_transaction_of_a_closed_loop_and_many_of_an_open_one(void)
{
	static struct p2p_stamps stamps[10000];
	static uint64_t began[10000];
	struct p2p_transactor *closed = open_spin(100 * US, 1000, 50 * MS);
	struct p2p_transactor *open = open_spin(100 * US, 1000, 50 * MS);

	CHECK_EQUAL(10000, p2p_transactor_run(closed, 10000, stamps));
	for (int i = 0; i < 10000; i++)
		began[i] = stamps[i].start;
	CHECK_EQUAL(1, slower_than(stamps, began, 10000, 100 * US));
	CHECK_EQUAL(50 * MS + 100 * US, stamps[999].drained - stamps[999].start);

	/*
	 * One each 200 us: 250 arrive during the stall, and the server gains 100 us with each that
	 * it serves, so that the 500th after the stalled one is the last that waits.
	 */
	CHECK_EQUAL(0, p2p_transactor_pace(open, P2P_ARRIVALS_FIXED, 5000, 0));
	CHECK_EQUAL(10000, p2p_transactor_run_paced(open, 10000, stamps, began));
	CHECK_EQUAL(500, slower_than(stamps, began, 10000, 100 * US));
	CHECK_EQUAL(250, slower_than(stamps, began, 10000, 25 * MS + 100 * US));
	CHECK_EQUAL(0, p2p_transactor_close(closed));
	CHECK_EQUAL(0, p2p_transactor_close(open));
}

/* ---- in real time --------------------------------------------------------- */

static void serve(uint32_t virtual_time)
{
	struct p2p_transactor *transactor;
	struct p2p_stamps stamps[200];
	uint64_t arrived[200];

	CHECK_EQUAL(0, p2p_transactor_open_spin(200 * US, 0, 0, virtual_time, &transactor));
	CHECK_EQUAL(0, p2p_transactor_pace(transactor, P2P_ARRIVALS_POISSON, 2000, 3));
	CHECK_EQUAL(200, p2p_transactor_run_paced(transactor, 200, stamps, arrived));
	for (int i = 0; i < 200; i++) {
		CHECK(stamps[i].start >= arrived[i]);
		CHECK(stamps[i].drained - stamps[i].start >= 200 * US);
		CHECK(!i || stamps[i].start >= stamps[i - 1].drained);
		CHECK(!i || arrived[i] >= arrived[i - 1]);
	}
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
}

static void a_spinning_server_takes_the_time_that_it_is_told(void)
{
	serve(0);
	serve(1);
}

static struct p2p_transactor *open_drain(uint32_t engine, uint32_t depth, struct p2p_memory *memory,
					 struct p2p_endpoint *target)
{
	struct p2p_transactor_config config = {
		.engine = engine,
		.depth = depth,
		.block_bytes = 4096,
		.blocks = 256,
	};
	struct p2p_transactor *transactor;

	CHECK_EQUAL(0, p2p_transactor_open(&config, memory, NULL, target, &transactor, NULL));
	return transactor;
}

/* Most transactions that were in the device at one time. */
static uint32_t most_in_flight(const struct p2p_stamps *stamps, uint32_t count)
{
	uint32_t most = 0;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t now = 0;

		for (uint32_t j = 0; j < count; j++)
			now += stamps[j].start <= stamps[i].start &&
			       stamps[j].drained > stamps[i].start;
		most = now > most ? now : most;
	}
	return most;
}

/* Each arrival is served once: one gap lies between each and the next in order of arrival. */
static void check_every_arrival(const uint64_t *arrived, uint32_t count, uint64_t gap_ns)
{
	uint64_t first = UINT64_MAX;
	static bool seen[1000];

	memset(seen, 0, sizeof(seen));
	for (uint32_t i = 0; i < count; i++)
		first = arrived[i] < first ? arrived[i] : first;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t index = (arrived[i] - first) / gap_ns;

		CHECK_EQUAL(0, (arrived[i] - first) % gap_ns);
		CHECK(index < 1000 && !seen[index]);
		seen[index] = true;
	}
}

static void every_arrival_is_served_once_at_every_depth(void)
{
	static const uint32_t depths[] = {1, 1, 4, 32};
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_endpoint *target = open_endpoint(scratch_file(DISK, MIB), WRITE_DIRECT);

	for (int i = 0; i < 4; i++) {
		uint32_t engine = i ? P2P_ENGINE_IO_URING : P2P_ENGINE_SYNC;
		struct p2p_transactor *transactor = open_drain(engine, depths[i], memory, target);
		struct p2p_stamps stamps[200];
		uint64_t arrived[200];

		/* First far below what any disk does, then far above it. */
		CHECK_EQUAL(0, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, 1000, 0));
		CHECK_EQUAL(100, p2p_transactor_run_paced(transactor, 100, stamps, arrived));
		CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
		CHECK_EQUAL(0, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, 1e7, 0));
		CHECK_EQUAL(100, p2p_transactor_run_paced(transactor, 100, stamps, arrived));
		CHECK_EQUAL(100,
			    p2p_transactor_run_paced(transactor, 100, stamps + 100, arrived + 100));
		CHECK(most_in_flight(stamps, 200) <= depths[i]);
		for (int j = 0; j < 200; j++)
			CHECK(stamps[j].start >= arrived[j]);
		check_every_arrival(arrived, 200 - depths[i] + 1, 100);
		CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
		CHECK_EQUAL(0, p2p_transactor_close(transactor));
	}
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

static void pacing_is_refused_where_it_makes_no_sense(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_endpoint *target = open_endpoint(scratch_file(DISK, MIB), WRITE_DIRECT);
	struct p2p_transactor *transactor = open_drain(P2P_ENGINE_IO_URING, 4, memory, target);
	struct p2p_stamps stamps[10];
	uint64_t arrived[10];

	CHECK_EQUAL(-EINVAL, p2p_transactor_run_paced(transactor, 10, stamps, arrived));
	CHECK_EQUAL(-EINVAL, p2p_transactor_pace(transactor, 2, 1000, 0));
	CHECK_EQUAL(-EINVAL, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, 0, 0));
	CHECK_EQUAL(-EINVAL, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, -1, 0));
	CHECK_EQUAL(-EINVAL, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, NAN, 0));
	CHECK_EQUAL(-EINVAL, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, 2e9, 0));
	CHECK_EQUAL(0, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, 1000, 0));
	CHECK_EQUAL(-EINVAL, p2p_transactor_run_paced(transactor, 10, NULL, arrived));
	CHECK_EQUAL(-EINVAL, p2p_transactor_run_paced(transactor, 10, stamps, NULL));
	CHECK_EQUAL(10, p2p_transactor_run(transactor, 10, stamps));
	CHECK_EQUAL(-EBUSY, p2p_transactor_run_paced(transactor, 10, stamps, arrived));
	CHECK_EQUAL(-EBUSY, p2p_transactor_pace(transactor, P2P_ARRIVALS_FIXED, 1000, 0));
	CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
	CHECK_EQUAL(10, p2p_transactor_run_paced(transactor, 10, stamps, arrived));
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
	CHECK_EQUAL(-EINVAL, p2p_transactor_open_spin(1, 0, 0, 2, &transactor));
	CHECK_EQUAL(-EINVAL, p2p_transactor_open_spin(61000 * MS, 0, 0, 0, &transactor));
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

int main(void)
{
	RUN(fixed_arrivals_come_at_even_gaps_without_drift);
	RUN(poisson_gaps_have_the_mean_and_spread_of_an_exponential);
	RUN(the_seed_decides_poisson_arrivals);
	RUN(below_saturation_no_fixed_arrival_waits);
	RUN(above_saturation_each_arrival_waits_longer_than_the_one_before);
	RUN(arrivals_go_on_between_calls_and_begin_anew_after_quiesce);
	RUN(a_stall_is_one_transaction_of_a_closed_loop_and_many_of_an_open_one);
	RUN(a_spinning_server_takes_the_time_that_it_is_told);
	RUN(every_arrival_is_served_once_at_every_depth);
	RUN(pacing_is_refused_where_it_makes_no_sense);
	return 0;
}
