/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "endpoint.h"
#include "support.h"

static int open_error(const char *path, uint32_t flags)
{
	struct p2p_endpoint *endpoint;
	int error = p2p_endpoint_open(path, flags, &endpoint);

	if (!error)
		p2p_endpoint_close(endpoint);
	return error;
}

static void knows_length_and_alignment_of_a_file(void)
{
	const char *path = scratch_file(DISK, 3 * MIB + 5);
	struct p2p_endpoint *direct = open_endpoint(path, READ_DIRECT);
	struct p2p_endpoint *buffered = open_endpoint(path, P2P_ENDPOINT_READ);
	uint32_t alignment = p2p_endpoint_alignment(direct);

	CHECK_EQUAL(3 * MIB + 5, p2p_endpoint_length(direct));
	CHECK(alignment >= 512 && alignment <= 64 * KIB && !(alignment & (alignment - 1)));
	CHECK_EQUAL(1, p2p_endpoint_alignment(buffered));
	CHECK_EQUAL(0, p2p_endpoint_device(direct));
	p2p_endpoint_close(direct);
	p2p_endpoint_close(buffered);
}

static void never_creates_and_never_truncates(void)
{
	const char *path = scratch_file(DISK, 8192);

	fill_file(path, 8192, 1);
	CHECK_EQUAL(0, open_error(path, WRITE_DIRECT));
	CHECK_EQUAL(0, open_error(path, WRITE_DIRECT | P2P_ENDPOINT_READ));
	CHECK(word_at(path, 4096) != 0);
	CHECK_EQUAL(-ENOENT, open_error("./p2pbench-test-absent", P2P_ENDPOINT_WRITE));
	CHECK(access("./p2pbench-test-absent", F_OK));
}

static void refuses_what_is_neither_file_nor_block_device(void)
{
	CHECK_EQUAL(-ENOTSUP, open_error("/dev/null", P2P_ENDPOINT_WRITE));
	CHECK_EQUAL(-ENOTSUP, open_error(".", P2P_ENDPOINT_READ));
	CHECK_EQUAL(-EINVAL, open_error("/etc/hostname", P2P_ENDPOINT_DIRECT));
	CHECK_EQUAL(-EINVAL, open_error("/etc/hostname", P2P_ENDPOINT_READ | 1u << 9));
	/* procfs has no direct I/O. */
	CHECK_EQUAL(-EINVAL, open_error("/proc/version", READ_DIRECT));
}

/* A loop device over a scratch file; -1 where there is none to be had. */
static int open_loop(const char *backing, char *path, size_t size)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), number, loop, file;
	struct loop_config config = {.info = {.lo_flags = LO_FLAGS_AUTOCLEAR}};

	if (control < 0)
		return -1;
	number = ioctl(control, LOOP_CTL_GET_FREE);
	close(control);
	snprintf(path, size, "/dev/loop%d", number);
	loop = open(path, O_RDWR | O_CLOEXEC);
	file = open(backing, O_RDWR | O_CLOEXEC);
	CHECK(file >= 0);
	config.fd = (uint32_t)file;
	config.block_size = 4096;
	if (loop >= 0 && ioctl(loop, LOOP_CONFIGURE, &config)) {
		close(loop);
		loop = -1;
	}
	close(file);
	return loop;
}

static void claims_a_block_device_that_it_writes_to(void)
{
	const char *backing = scratch_file(DISK, 4 * MIB);
	struct p2p_endpoint *endpoint;
	char path[32];
	int loop = open_loop(backing, path, sizeof(path));
	struct stat status;
	int holder;

	if (loop < 0)
		SKIP("no loop device to be had (not root?)");
	endpoint = open_endpoint(path, WRITE_DIRECT);
	CHECK_EQUAL(4 * MIB, p2p_endpoint_length(endpoint));
	CHECK_EQUAL(4096, p2p_endpoint_alignment(endpoint));
	CHECK(!fstat(loop, &status));
	CHECK_EQUAL(status.st_rdev, p2p_endpoint_device(endpoint));
	CHECK_EQUAL(-EBUSY, open_error(path, WRITE_DIRECT));
	CHECK_EQUAL(0, open_error(path, READ_DIRECT));
	CHECK_EQUAL(0, p2p_endpoint_sync(endpoint));
	CHECK_EQUAL(0, p2p_endpoint_close(endpoint));

	/* What a mount does: an exclusive holder. */
	holder = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	CHECK(holder >= 0);
	CHECK_EQUAL(-EBUSY, open_error(path, P2P_ENDPOINT_WRITE));
	close(holder);
	CHECK_EQUAL(0, open_error(path, P2P_ENDPOINT_WRITE));
	close(loop);
}

static void says_when_permission_is_missing(void)
{
	const char *path = scratch_file(TMPFS, 4096);
	pid_t child;
	int status;

	CHECK(!chmod(path, 0));
	child = fork();
	/* As nobody: root may open everything. */
	if (!child && is_root() && setuid(65534))
		_exit(2);
	if (!child)
		_exit(open_error(path, P2P_ENDPOINT_READ) == -EACCES ? 0 : 1);
	CHECK_EQUAL(child, waitpid(child, &status, 0));
	CHECK(WIFEXITED(status));
	CHECK_EQUAL(0, WEXITSTATUS(status));
}

static void closing_nothing_is_fine(void)
{
	CHECK_EQUAL(0, p2p_endpoint_close(NULL));
}

int main(void)
{
	RUN(knows_length_and_alignment_of_a_file);
	RUN(never_creates_and_never_truncates);
	RUN(refuses_what_is_neither_file_nor_block_device);
	RUN(claims_a_block_device_that_it_writes_to);
	RUN(says_when_permission_is_missing);
	RUN(closing_nothing_is_fine);
	return 0;
}
