/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* The one calibration of the process: written under pthread_once, then constant. */
static struct stamp_clock process_clock;
static pthread_once_t process_clock_once = PTHREAD_ONCE_INIT;

#if defined(__x86_64__)

#define CALIBRATION_NS 5000000ull
/* Two calibrations that differ by more than this are not one rate. */
#define STABLE_PPM 200u

struct sample {
	uint64_t ticks;
	uint64_t ns;
};

static bool tsc_is_invariant(void)
{
	unsigned int a, b, c, d;

	if (!__get_cpuid(0x80000007, &a, &b, &c, &d))
		return false;
	return d & 1u << 8;
}

/* The kernel watches the TSC and stops using it when it goes wrong. */
static bool kernel_trusts_tsc(void)
{
	const char *path = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
	char name[32] = "";
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	if (!fgets(name, sizeof(name), file))
		name[0] = '\0';
	fclose(file);
	return !strcmp(name, "tsc\n") || !strcmp(name, "kvm-clock\n");
}

static uint64_t fenced_ticks(void)
{
	execution_fence();
	return counter_ticks();
}

/* Both clocks at one moment: of some tries the one with the least time between. */
static struct sample sample_both(void)
{
	struct sample best = {0, 0};
	uint64_t best_width = UINT64_MAX;

	for (int i = 0; i < 16; i++) {
		uint64_t before = fenced_ticks();
		uint64_t ns = monotonic_now_ns();
		uint64_t width = fenced_ticks() - before;

		if (width < best_width) {
			best_width = width;
			best = (struct sample){before + width / 2, ns};
		}
	}
	return best;
}

static struct sample sample_after(const struct sample *from, uint64_t ns)
{
	while (monotonic_now_ns() - from->ns < ns)
		;
	return sample_both();
}

static uint64_t multiplier_between(const struct sample *from, const struct sample *to)
{
	uint64_t ticks = to->ticks - from->ticks;

	if (!ticks)
		return 0;
	return (uint64_t)(((unsigned __int128)(to->ns - from->ns) << 32) / ticks);
}

static bool calibrate(struct stamp_clock *clock)
{
	struct sample start, middle, end;
	uint64_t first, second, difference;

	if (!tsc_is_invariant() || !kernel_trusts_tsc())
		return false;
	start = sample_both();
	middle = sample_after(&start, CALIBRATION_NS);
	end = sample_after(&middle, CALIBRATION_NS);
	first = multiplier_between(&start, &middle);
	second = multiplier_between(&middle, &end);
	difference = first > second ? first - second : second - first;
	if (!first || difference > first / 1000000 * STABLE_PPM)
		return false;
	clock->base_ticks = end.ticks;
	clock->base_ns = end.ns;
	clock->multiplier = multiplier_between(&start, &end);
	return true;
}

#elif defined(__aarch64__)

/* The architecture states the rate: nothing to calibrate. */
static bool calibrate(struct stamp_clock *clock)
{
	uint64_t hertz;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hertz));
	if (!hertz)
		return false;
	clock->base_ticks = counter_ticks();
	clock->base_ns = monotonic_now_ns();
	clock->multiplier = (uint64_t)(((unsigned __int128)NS_PER_S << 32) / hertz);
	return true;
}

#endif

static void choose_source(void)
{
	const char *forced = getenv("P2PBENCH_CLOCK");

	process_clock.source = P2P_CLOCK_MONOTONIC;
	if (forced && !strcmp(forced, "monotonic"))
		return;
	if (calibrate(&process_clock))
		process_clock.source = P2P_CLOCK_TSC;
}

const struct stamp_clock *stamp_clock_get(void)
{
	pthread_once(&process_clock_once, choose_source);
	return &process_clock;
}

uint32_t p2p_clock_source(void)
{
	return stamp_clock_get()->source;
}

uint64_t p2p_clock_now_ns(void)
{
	return stamp_fenced_ns(stamp_clock_get());
}

void p2p_clock_stamp(uint64_t *out, uint32_t count)
{
	const struct stamp_clock *clock = stamp_clock_get();

	for (uint32_t i = 0; i < count; i++)
		out[i] = stamp_now_ns(clock);
}
