/* SPDX-License-Identifier: Apache-2.0 */
/* affinity.h: sets of CPUs as the scheduler takes them. */
#ifndef P2P_AFFINITY_H
#define P2P_AFFINITY_H

#include <sched.h>
#include <stddef.h>
#include <stdint.h>

/* The most that Linux can be built for (NR_CPUS). */
#define MOST_CPUS 8192u

/* Room for MOST_CPUS: a cpu_set_t alone ends at 1024. */
struct cpus {
	cpu_set_t sets[MOST_CPUS / CPU_SETSIZE];
};

static inline void cpus_clear(struct cpus *cpus)
{
	CPU_ZERO_S(sizeof(*cpus), cpus->sets);
}

static inline void cpus_add(struct cpus *cpus, uint32_t cpu)
{
	CPU_SET_S(cpu, sizeof(*cpus), cpus->sets);
}

static inline int cpus_have(const struct cpus *cpus, uint32_t cpu)
{
	return CPU_ISSET_S(cpu, sizeof(*cpus), cpus->sets);
}

/* Those that the calling thread may run on. 0 or a negative errno. */
int cpus_allowed(struct cpus *out);

#endif
