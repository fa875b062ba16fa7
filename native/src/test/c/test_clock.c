/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "clock.h"

static void stamps_never_go_backwards(void)
{
	uint64_t stamps[1000];

	p2p_clock_stamp(stamps, 1000);
	for (int i = 1; i < 1000; i++)
		CHECK(stamps[i] >= stamps[i - 1]);
	CHECK(p2p_clock_now_ns() >= stamps[999]);
}

/* The same span on both clocks; calibration promises 200 ppm, reading both takes a moment. */
static void stamps_agree_with_the_monotonic_clock(void)
{
	uint64_t stamp = p2p_clock_now_ns(), monotonic = monotonic_now_ns();
	uint64_t by_stamp, by_monotonic, difference;

	while (monotonic_now_ns() - monotonic < 50000000)
		;
	by_stamp = p2p_clock_now_ns() - stamp;
	by_monotonic = monotonic_now_ns() - monotonic;
	difference = by_stamp > by_monotonic ? by_stamp - by_monotonic : by_monotonic - by_stamp;
	CHECK(difference < 10000000);
}

static void ticks_become_nanoseconds_without_overflow_for_years(void)
{
	struct stamp_clock four_per_ns = {
		.base_ticks = 100, .base_ns = 7, .multiplier = (1ull << 32) / 4};
	uint64_t three_years_ns = 3ull * 365 * 86400 * NS_PER_S;

	CHECK_EQUAL(7, ticks_to_ns(&four_per_ns, 100));
	CHECK_EQUAL(8, ticks_to_ns(&four_per_ns, 104));
	CHECK_EQUAL(7 + three_years_ns, ticks_to_ns(&four_per_ns, 100 + 4 * three_years_ns));
}

static void environment_forces_the_monotonic_clock(void)
{
	pid_t child = fork();
	int status;

	/* In a child, before any other test: a process chooses its clock once. */
	if (!child) {
		setenv("P2PBENCH_CLOCK", "monotonic", 1);
		_exit(p2p_clock_source() == P2P_CLOCK_MONOTONIC ? 0 : 1);
	}
	CHECK_EQUAL(child, waitpid(child, &status, 0));
	CHECK(WIFEXITED(status));
	CHECK_EQUAL(0, WEXITSTATUS(status));
}

int main(void)
{
	RUN(environment_forces_the_monotonic_clock);
	RUN(stamps_never_go_backwards);
	RUN(stamps_agree_with_the_monotonic_clock);
	RUN(ticks_become_nanoseconds_without_overflow_for_years);
	return 0;
}
