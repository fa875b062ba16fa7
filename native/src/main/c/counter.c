/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters of perf_event_open(2). One of a process is a set of events, one for each of
 * its threads, each inherited by the threads that this one makes from then on.
 */
#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "p2pbench.h"

struct p2p_counter {
	int *fds;
	uint32_t count;
	uint32_t room;
};

struct reading {
	uint64_t value;
	uint64_t enabled_ns;
	uint64_t running_ns;
};

static int open_event(const struct perf_event_attr *attr, pid_t thread, int cpu)
{
	long fd = syscall(SYS_perf_event_open, attr, thread, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

static int keep(struct p2p_counter *counter, int fd)
{
	if (counter->count == counter->room) {
		uint32_t room = counter->room ? 2 * counter->room : 32;
		int *fds = realloc(counter->fds, room * sizeof(*fds));

		if (!fds)
			return -ENOMEM;
		counter->fds = fds;
		counter->room = room;
	}
	counter->fds[counter->count++] = fd;
	return 0;
}

static int add_event(struct p2p_counter *counter, const struct perf_event_attr *attr, pid_t thread,
		     int cpu)
{
	int error;
	int fd = open_event(attr, thread, cpu);

	if (fd < 0)
		return fd;
	error = keep(counter, fd);
	if (error)
		close(fd);
	return error;
}

static int add_threads(struct p2p_counter *counter, const struct perf_event_attr *attr)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	int error = 0;

	if (!tasks)
		return -errno;
	while (!error && (task = readdir(tasks))) {
		char *end;
		long thread = strtol(task->d_name, &end, 10);

		if (*end || thread <= 0)
			continue;
		error = add_event(counter, attr, (pid_t)thread, -1);
		if (error == -ESRCH) /* it ended meanwhile */
			error = 0;
	}
	closedir(tasks);
	return error;
}

int p2p_counter_open(uint32_t type, uint64_t config, uint64_t config1, int32_t cpu,
		     struct p2p_counter **out)
{
	struct perf_event_attr attr = {
		.type = type,
		.size = sizeof(attr),
		.config = config,
		.config1 = config1,
		.inherit = cpu < 0,
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	struct p2p_counter *counter;
	int error;

	if (cpu < -1)
		return -EINVAL;
	counter = calloc(1, sizeof(*counter));
	if (!counter)
		return -ENOMEM;
	error = cpu < 0 ? add_threads(counter, &attr) : add_event(counter, &attr, -1, cpu);
	if (error) {
		p2p_counter_close(counter);
		return error;
	}
	*out = counter;
	return 0;
}

int p2p_counter_read(const struct p2p_counter *counter, uint64_t *out)
{
	out[P2P_COUNTER_VALUE] = 0;
	out[P2P_COUNTER_ENABLED_NS] = 0;
	out[P2P_COUNTER_RUNNING_NS] = 0;
	for (uint32_t i = 0; i < counter->count; i++) {
		struct reading reading;
		ssize_t got = read(counter->fds[i], &reading, sizeof(reading));

		if (got != (ssize_t)sizeof(reading))
			return got < 0 ? -errno : -EIO;
		out[P2P_COUNTER_VALUE] += reading.value;
		out[P2P_COUNTER_ENABLED_NS] += reading.enabled_ns;
		out[P2P_COUNTER_RUNNING_NS] += reading.running_ns;
	}
	return 0;
}

void p2p_counter_close(struct p2p_counter *counter)
{
	if (!counter)
		return;
	for (uint32_t i = 0; i < counter->count; i++)
		close(counter->fds[i]);
	free(counter->fds);
	free(counter);
}
