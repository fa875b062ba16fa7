/* SPDX-License-Identifier: Apache-2.0 */
#include "pages.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Younger than the C library of some supported systems. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

int pages_reserve(struct p2p_memory *memory, uint64_t length)
{
	uint64_t total = length + 2 * HUGE_PAGE_BYTES;
	void *base =
		mmap(NULL, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		return -errno;
	memory->mapping = base;
	memory->mapping_bytes = total;
	/* At least one byte past the start, hence a guard of a page or more on both sides. */
	memory->address = (uint8_t *)round_up((uintptr_t)base + 1, HUGE_PAGE_BYTES);
	memory->length = length;
	return 0;
}

void pages_release(struct p2p_memory *memory)
{
	munmap(memory->mapping, memory->mapping_bytes);
}

int pages_map(struct p2p_memory *memory, int fd, int flags)
{
	int kind = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	void *got = mmap(memory->address, memory->length, PROT_READ | PROT_WRITE,
			 kind | MAP_FIXED | flags, fd, 0);

	return got == MAP_FAILED ? -errno : 0;
}

static void touch_by_hand(struct p2p_memory *memory)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	for (uint64_t offset = 0; offset < memory->length; offset += page)
		*(volatile uint8_t *)(memory->address + offset) = 0;
}

int pages_touch(struct p2p_memory *memory)
{
	int result;

	do {
		result = madvise(memory->address, memory->length, MADV_POPULATE_WRITE);
	} while (result && (errno == EINTR || errno == EAGAIN));
	if (!result)
		return 0;
	if (errno != EINVAL)
		return -ENOMEM;
	touch_by_hand(memory);
	return 0;
}

int pages_use_base(struct p2p_memory *memory)
{
	memory->pages = P2P_PAGES_BASE;
	/* EINVAL: a kernel without huge pages, which is what is wanted. */
	if (madvise(memory->address, memory->length, MADV_NOHUGEPAGE) && errno != EINVAL)
		return -errno;
	return pages_touch(memory);
}

/* Sums the 'counter' lines (kB) of the mappings within the memory. */
static uint64_t count_huge_bytes(const struct p2p_memory *memory, const char *counter)
{
	uintptr_t first = (uintptr_t)memory->address, start, end;
	bool inside = false;
	uint64_t total = 0, kilobytes;
	size_t name = strlen(counter);
	char line[512];
	FILE *file = fopen("/proc/self/smaps", "re");

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &start, &end) == 2)
			inside = start >= first && end <= first + memory->length;
		else if (inside && !strncmp(line, counter, name) &&
			 sscanf(line + name, ": %" SCNu64, &kilobytes) == 1)
			total += kilobytes * 1024;
	}
	fclose(file);
	return total;
}

int pages_use_transparent(struct p2p_memory *memory, const char *counter)
{
	int error;

	madvise(memory->address, memory->length, MADV_HUGEPAGE);
	error = pages_touch(memory);
	if (error)
		return error;
	/* Best effort: what was got is counted below, whatever these calls say. */
	if (count_huge_bytes(memory, counter) < memory->length)
		madvise(memory->address, memory->length, MADV_COLLAPSE);
	memory->pages = count_huge_bytes(memory, counter) >= memory->length ? P2P_PAGES_THP
									    : P2P_PAGES_BASE;
	return 0;
}
