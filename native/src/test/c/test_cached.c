/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "support.h"

/* Writes a file's bytes to the device, then drops them from the page cache. */
static void drop_pages(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	CHECK(fd >= 0);
	CHECK_EQUAL(0, fsync(fd));
	CHECK_EQUAL(0, posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
	close(fd);
}

static void read_one_page(const char *path, off_t offset)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[4096];

	CHECK(fd >= 0);
	CHECK_EQUAL(0, posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM)); /* no read-ahead */
	CHECK_EQUAL((int)sizeof(bytes), pread(fd, bytes, sizeof(bytes), offset));
	close(fd);
}

/* More pages than are asked for at once. */
static void counts_what_is_in_the_page_cache(void)
{
	const char *path = scratch_file(DISK, 5 * MIB);

	fill_file(path, 5 * MIB, 3);
	CHECK_EQUAL(1280, p2p_cached_pages(path, 0, 5 * MIB));
	CHECK_EQUAL(1, p2p_cached_pages(path, MIB, 4096));
	drop_pages(path);
	CHECK_EQUAL(0, p2p_cached_pages(path, 0, 5 * MIB));
	read_one_page(path, MIB);
	CHECK_EQUAL(1, p2p_cached_pages(path, MIB, 4096));
	CHECK_EQUAL(0, p2p_cached_pages(path, 4 * MIB, MIB));
}

/* What stays mapped keeps its blocks on the disk after it is removed. */
static void leaves_nothing_mapped(void)
{
	const char *path = scratch_file(DISK, MIB);
	char line[512];
	FILE *maps;

	CHECK_EQUAL(256, (fill_file(path, MIB, 3), p2p_cached_pages(path, 0, MIB)));
	maps = fopen("/proc/self/maps", "re");
	CHECK(maps != NULL);
	while (fgets(line, sizeof(line), maps))
		CHECK(!strstr(line, strrchr(path, '/')));
	fclose(maps);
}

static void says_why_it_cannot_look(void)
{
	const char *path = scratch_file(DISK, MIB);

	CHECK_EQUAL(-ENOENT, p2p_cached_pages("./p2pbench-test-absent", 0, 4096));
	CHECK_EQUAL(-EINVAL, p2p_cached_pages(path, 0, 0));
	CHECK_EQUAL(-EINVAL, p2p_cached_pages(path, 1, 4096));
	CHECK_EQUAL(-ENODEV, p2p_cached_pages("/proc/self/status", 0, 4096));
}

int main(void)
{
	RUN(counts_what_is_in_the_page_cache);
	RUN(leaves_nothing_mapped);
	RUN(says_why_it_cannot_look);
	return 0;
}
