/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.h: stamps. One calibration for the process, made at first use; after
 * that reading a stamp is a counter read and a multiplication.
 */
#ifndef P2P_CLOCK_H
#define P2P_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "p2pbench.h"

#define NS_PER_S 1000000000ull

/*
 * A third source, of the spinning server alone: base_ns is the time. It stands still until
 * its owner moves it on, so that what is computed from stamps is the same every time.
 */
#define CLOCK_VIRTUAL 2u

/* How counter ticks become nanoseconds. Constant once calibrated, but for a virtual one. */
struct stamp_clock {
	uint32_t source; /* enum p2p_clock_source, or CLOCK_VIRTUAL */
	uint32_t reserved;
	uint64_t base_ticks; /* counter at calibration */
	uint64_t base_ns;    /* CLOCK_MONOTONIC at that moment */
	uint64_t multiplier; /* ns per tick, in units of 2^-32 */
};

/* The process's clock; calibrates at first use (about 10 ms). Thread-safe. */
const struct stamp_clock *stamp_clock_get(void);

static inline uint64_t monotonic_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

#if defined(__x86_64__)
/*
 * The counter, read whenever the CPU gets to it: some ns early or late among the
 * instructions around it. Next to a system call, which empties the pipeline, that
 * does not show; and the fence would double what a stamp costs.
 */
static inline uint64_t counter_ticks(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* What comes before is done before what comes after begins (loads and execution, not stores). */
static inline void execution_fence(void)
{
	__asm__ volatile("lfence" : : : "memory");
}

/* Earlier stores have left the store buffer, also those to an uncached BAR. */
static inline void store_fence(void)
{
	__asm__ volatile("sfence" : : : "memory");
}

/* Within a loop that only waits: leaves the core to its other thread, and saves power. */
static inline void spin_hint(void)
{
	__asm__ volatile("pause" : : : "memory");
}
#elif defined(__aarch64__)
static inline uint64_t counter_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

static inline void execution_fence(void)
{
	__asm__ volatile("isb" : : : "memory");
}

static inline void store_fence(void)
{
	__asm__ volatile("dsb st" : : : "memory");
}

static inline void spin_hint(void)
{
	__asm__ volatile("yield" : : : "memory");
}
#else
#error "p2pbench supports x86-64 and aarch64"
#endif

static inline uint64_t ticks_to_ns(const struct stamp_clock *clock, uint64_t ticks)
{
	/* 128 bits: ticks * multiplier passes 64 bits after about 4 seconds. */
	unsigned __int128 product = (unsigned __int128)(ticks - clock->base_ticks);

	return clock->base_ns + (uint64_t)(product * clock->multiplier >> 32);
}

/* A stamp next to a system call. */
static inline uint64_t stamp_now_ns(const struct stamp_clock *clock)
{
	if (__builtin_expect(clock->source == P2P_CLOCK_TSC, 1))
		return ticks_to_ns(clock, counter_ticks());
	return clock->source == CLOCK_VIRTUAL ? clock->base_ns : monotonic_now_ns();
}

/* A stamp between instructions that must not cross it, such as those of a copy. */
static inline uint64_t stamp_fenced_ns(const struct stamp_clock *clock)
{
	uint64_t now;

	execution_fence();
	now = stamp_now_ns(clock);
	execution_fence();
	return now;
}

#endif
