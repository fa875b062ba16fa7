/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "check.h"
#include "p2pbench.h"

#define MOST 8192

static uint32_t cpus[MOST];

static void allowed_cpus_are_those_of_the_scheduler(void)
{
	int64_t count = p2p_cpus_allowed(cpus, MOST);
	cpu_set_t set;

	CHECK_EQUAL(0, sched_getaffinity(0, sizeof(set), &set));
	CHECK_EQUAL(CPU_COUNT(&set), count);
	for (int64_t i = 0; i < count; i++)
		CHECK(CPU_ISSET(cpus[i], &set));
	for (int64_t i = 1; i < count; i++)
		CHECK(cpus[i - 1] < cpus[i]);
	CHECK_EQUAL(count, p2p_cpus_allowed(NULL, 0));
}

static void *restrict_to_the_last(void *count)
{
	uint32_t last = cpus[*(int64_t *)count - 1], got[2];

	CHECK_EQUAL(0, p2p_cpus_restrict(&last, 1));
	CHECK_EQUAL(last, (uint32_t)sched_getcpu());
	CHECK_EQUAL(1, p2p_cpus_allowed(got, 2));
	CHECK_EQUAL(last, got[0]);
	return NULL;
}

static void a_thread_is_restricted_and_no_other(void)
{
	int64_t count = p2p_cpus_allowed(cpus, MOST);
	pthread_t thread;

	CHECK_EQUAL(0, pthread_create(&thread, NULL, restrict_to_the_last, &count));
	CHECK_EQUAL(0, pthread_join(thread, NULL));
	CHECK_EQUAL(count, p2p_cpus_allowed(NULL, 0));
}

static void refuses_cpus_that_are_not_there(void)
{
	uint32_t beyond[] = {8192}, absent[] = {8191};

	CHECK_EQUAL(-EINVAL, p2p_cpus_restrict(beyond, 1));
	CHECK_EQUAL(-EINVAL, p2p_cpus_restrict(absent, 1));
	CHECK_EQUAL(-EINVAL, p2p_cpus_restrict(NULL, 0));
}

int main(void)
{
	RUN(allowed_cpus_are_those_of_the_scheduler);
	RUN(a_thread_is_restricted_and_no_other);
	RUN(refuses_cpus_that_are_not_there);
	return 0;
}
