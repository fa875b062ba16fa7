/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/resource.h>

#include "clock.h"

static uint64_t timeval_ns(const struct timeval *time)
{
	return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_usec * 1000;
}

int p2p_usage(uint64_t *out)
{
	struct rusage usage;

	if (getrusage(RUSAGE_SELF, &usage))
		return -errno;
	out[P2P_USAGE_USER_NS] = timeval_ns(&usage.ru_utime);
	out[P2P_USAGE_SYSTEM_NS] = timeval_ns(&usage.ru_stime);
	out[P2P_USAGE_VOLUNTARY_SWITCHES] = (uint64_t)usage.ru_nvcsw;
	out[P2P_USAGE_INVOLUNTARY_SWITCHES] = (uint64_t)usage.ru_nivcsw;
	return 0;
}
