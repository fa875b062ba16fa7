/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "check.h"
#include "p2pbench.h"

static void counts_cpu_time_and_switches(void)
{
	uint64_t before[P2P_USAGE_FIELDS], after[P2P_USAGE_FIELDS];

	CHECK_EQUAL(0, p2p_usage(before));
	do {
		CHECK_EQUAL(0, p2p_usage(after));
	} while (after[P2P_USAGE_USER_NS] + after[P2P_USAGE_SYSTEM_NS] <
		 before[P2P_USAGE_USER_NS] + before[P2P_USAGE_SYSTEM_NS] + 10000000);
	for (int i = 0; i < 5; i++)
		usleep(1000);
	CHECK_EQUAL(0, p2p_usage(after));
	CHECK(after[P2P_USAGE_VOLUNTARY_SWITCHES] >= before[P2P_USAGE_VOLUNTARY_SWITCHES] + 5);
	CHECK(after[P2P_USAGE_INVOLUNTARY_SWITCHES] >= before[P2P_USAGE_INVOLUNTARY_SWITCHES]);
}

int main(void)
{
	RUN(counts_cpu_time_and_switches);
	return 0;
}
