/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

#include "check.h"
#include "p2pbench.h"

enum { NAPS = 20 };

static void *naps(void *unused)
{
	for (int i = 0; i < NAPS; i++)
		usleep(500);
	return unused;
}

static int open_switches(struct p2p_counter **counter)
{
	return p2p_counter_open(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, 0, -1, counter);
}

/* Where the kernel does not permit it, it must say so by errno: the other tests then prove nothing.
 */
static int permitted(void)
{
	struct p2p_counter *counter = NULL;
	int error = open_switches(&counter);

	if (error)
		CHECK(error == -EACCES || error == -EPERM || error == -ENOSYS);
	p2p_counter_close(counter);
	return !error;
}

static void counts_what_threads_made_later_do(void)
{
	uint64_t before[P2P_COUNTER_FIELDS], after[P2P_COUNTER_FIELDS];
	struct p2p_counter *counter;
	pthread_t thread;

	CHECK_EQUAL(0, open_switches(&counter));
	CHECK_EQUAL(0, p2p_counter_read(counter, before));
	CHECK_EQUAL(0, pthread_create(&thread, NULL, naps, NULL));
	CHECK_EQUAL(0, pthread_join(thread, NULL));
	CHECK_EQUAL(0, p2p_counter_read(counter, after));
	CHECK(after[P2P_COUNTER_VALUE] >= before[P2P_COUNTER_VALUE] + NAPS);
	CHECK(after[P2P_COUNTER_RUNNING_NS] > before[P2P_COUNTER_RUNNING_NS]);
	p2p_counter_close(counter);
}

static void what_is_no_event_is_refused(void)
{
	struct p2p_counter *counter = NULL;

	CHECK_EQUAL(-EINVAL, p2p_counter_open(PERF_TYPE_SOFTWARE, 0, 0, -2, &counter));
	CHECK(p2p_counter_open(PERF_TYPE_SOFTWARE, 9999, 0, -1, &counter) < 0);
	CHECK(p2p_counter_open(0x7ffffff0u, 0, 0, -1, &counter) < 0);
	CHECK(counter == NULL);
	p2p_counter_close(NULL);
}

int main(void)
{
	RUN(what_is_no_event_is_refused);
	if (permitted())
		RUN(counts_what_threads_made_later_do);
	return 0;
}
