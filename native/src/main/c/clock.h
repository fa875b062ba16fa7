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

/* How counter ticks become nanoseconds. Constant once calibrated. */
struct stamp_clock {
	uint32_t source; /* enum p2p_clock_source */
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
static inline uint64_t counter_ticks(void)
{
	uint32_t low, high;

	/* lfence: the counter is not read before earlier loads are done. */
	__asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (uint64_t)high << 32 | low;
}

/* Later instructions do not start before the stamp was taken. */
static inline void counter_fence(void)
{
	__asm__ volatile("lfence" : : : "memory");
}

/* Earlier stores have left the store buffer, also those to an uncached BAR. */
static inline void store_fence(void)
{
	__asm__ volatile("sfence" : : : "memory");
}
#elif defined(__aarch64__)
static inline uint64_t counter_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
	return ticks;
}

static inline void counter_fence(void)
{
	__asm__ volatile("isb" : : : "memory");
}

static inline void store_fence(void)
{
	__asm__ volatile("dsb st" : : : "memory");
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

static inline uint64_t stamp_now_ns(const struct stamp_clock *clock)
{
	if (__builtin_expect(clock->source == P2P_CLOCK_TSC, 1))
		return ticks_to_ns(clock, counter_ticks());
	return monotonic_now_ns();
}

#endif
