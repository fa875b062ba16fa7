/* SPDX-License-Identifier: Apache-2.0 */
#include "affinity.h"

#include <errno.h>

#include "p2pbench.h"

int cpus_allowed(struct cpus *out)
{
	cpus_clear(out);
	return sched_getaffinity(0, sizeof(*out), out->sets) ? -errno : 0;
}

int64_t p2p_cpus_allowed(uint32_t *out, uint32_t size)
{
	struct cpus allowed;
	int64_t count = 0;
	int error = cpus_allowed(&allowed);

	if (error)
		return error;
	for (uint32_t cpu = 0; cpu < MOST_CPUS; cpu++) {
		if (!cpus_have(&allowed, cpu))
			continue;
		if (count < size)
			out[count] = cpu;
		count++;
	}
	return count;
}

int p2p_cpus_restrict(const uint32_t *cpus, uint32_t count)
{
	struct cpus wanted;

	cpus_clear(&wanted);
	for (uint32_t i = 0; i < count; i++) {
		if (cpus[i] >= MOST_CPUS)
			return -EINVAL;
		cpus_add(&wanted, cpus[i]);
	}
	return sched_setaffinity(0, sizeof(wanted), wanted.sets) ? -errno : 0;
}
