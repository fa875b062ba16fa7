/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arrivals.h: when transactions of an open loop arrive. The next arrival is computed from the
 * one before it and from nothing that the device does; of those that wait none is stored.
 */
#ifndef P2P_ARRIVALS_H
#define P2P_ARRIVALS_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "random.h"

struct arrivals {
	double mean_gap_ns; /* 0: not paced */
	bool poisson;
	uint64_t state; /* of the random stream */
	uint64_t next_ns;
	double fraction; /* of a ns that the next arrival is later: else rounding would add up */
};

static inline void arrivals_open(struct arrivals *arrivals, bool poisson, double rate_per_second,
				 uint64_t seed)
{
	*arrivals = (struct arrivals){1e9 / rate_per_second, poisson, random_state(seed), 0, 0};
}

/*
 * The gap to the arrival after this one. Exponential by inversion, -mean ln U with U uniform
 * over (0, 1]: Devroye, Non-Uniform Random Variate Generation (1986), II.2.
 */
static inline double arrivals_gap_ns(struct arrivals *arrivals)
{
	double uniform;

	if (!arrivals->poisson)
		return arrivals->mean_gap_ns;
	uniform = ((double)(random_next(&arrivals->state) >> 11) + 1) * 0x1p-53;
	return -log(uniform) * arrivals->mean_gap_ns;
}

static inline void arrivals_advance(struct arrivals *arrivals)
{
	double gap_ns = arrivals_gap_ns(arrivals) + arrivals->fraction;
	uint64_t whole_ns = (uint64_t)gap_ns;

	arrivals->next_ns += whole_ns;
	arrivals->fraction = gap_ns - (double)whole_ns;
}

/* Begins anew: the first arrival is one gap from now. The random stream goes on. */
static inline void arrivals_begin(struct arrivals *arrivals, uint64_t now_ns)
{
	arrivals->next_ns = now_ns;
	arrivals->fraction = 0;
	arrivals_advance(arrivals);
}

/* When the next transaction arrives or, in the past, has arrived. */
static inline uint64_t arrivals_next_ns(const struct arrivals *arrivals)
{
	return arrivals->next_ns;
}

/* Takes that arrival: the one after it is next. */
static inline uint64_t arrivals_take_ns(struct arrivals *arrivals)
{
	uint64_t arrived = arrivals->next_ns;

	arrivals_advance(arrivals);
	return arrived;
}

#endif
