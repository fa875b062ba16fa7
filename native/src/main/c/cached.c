/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "p2pbench.h"

enum { BATCH_PAGES = 1024 };

/* Counts a mapping's resident pages; it is not touched, so none becomes resident. */
static int64_t count_resident(unsigned char *address, uint64_t length, uint64_t page_bytes)
{
	unsigned char resident[BATCH_PAGES];
	int64_t count = 0;

	for (uint64_t done = 0; done < length; done += BATCH_PAGES * page_bytes) {
		uint64_t left = length - done, batch = BATCH_PAGES * page_bytes;

		if (batch > left)
			batch = left;
		if (mincore(address + done, batch, resident))
			return -errno;
		for (uint64_t page = 0; page * page_bytes < batch; page++)
			count += resident[page] & 1;
	}
	return count;
}

int64_t p2p_cached_pages(const char *path, uint64_t offset, uint64_t length)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int64_t answer;
	void *mapped;

	if (fd < 0)
		return -errno;
	mapped = mmap(NULL, length, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	answer = mapped == MAP_FAILED ? -errno : 0;
	close(fd);
	if (answer)
		return answer;
	answer = count_resident(mapped, length, (uint64_t)sysconf(_SC_PAGESIZE));
	munmap(mapped, length);
	return answer;
}
