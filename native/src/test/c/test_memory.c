/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c with memory_ram.c, memory_memfd.c, memory_cmb.c and pages.c. */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "memory.h"
#include "support.h"

static const uint32_t openable[] = {P2P_MEMORY_RAM, P2P_MEMORY_CMB_EMULATED};

static int open_error(uint32_t kind, const char *path, uint64_t length, uint32_t huge)
{
	struct p2p_memory *memory;
	int error = p2p_memory_open(kind, path, length, huge, &memory);

	if (!error)
		p2p_memory_close(memory);
	return error;
}

static void base_pages_are_mapped_zeroed_and_rounded_up(void)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	for (int i = 0; i < 2; i++) {
		struct p2p_memory *memory = open_memory(openable[i], 3 * page + 1);
		uint8_t *bytes = p2p_memory_address(memory);

		CHECK_EQUAL(4 * page, p2p_memory_length(memory));
		CHECK_EQUAL(P2P_PAGES_BASE, p2p_memory_pages(memory));
		CHECK_EQUAL(0, (uintptr_t)bytes % HUGE_PAGE_BYTES);
		for (uint64_t j = 0; j < 4 * page; j++)
			CHECK_EQUAL(0, bytes[j]);
		memset(bytes, 0xa5, 4 * page);
		CHECK_EQUAL(0, p2p_memory_close(memory));
	}
}

/* What the kernel grants is the machine's; what is reported must be what smaps shows. */
static void huge_pages_are_reported_as_they_are(void)
{
	for (int i = 0; i < 2; i++) {
		struct p2p_memory *memory;
		uint32_t pages;

		CHECK_EQUAL(0, p2p_memory_open(openable[i], NULL, MIB, 1, &memory));
		CHECK_EQUAL(2 * MIB, p2p_memory_length(memory));
		pages = p2p_memory_pages(memory);
		CHECK(pages <= P2P_PAGES_THP);
		printf("kind %u: huge pages asked for, page kind %u got\n", openable[i], pages);
		CHECK_EQUAL(0, p2p_memory_close(memory));
	}
}

static bool physically_contiguous(const struct p2p_memory *memory, uint64_t length)
{
	uint64_t first, here;

	CHECK_EQUAL(0, p2p_memory_physical(memory, 0, &first));
	for (uint64_t offset = 0; offset < length; offset += 4096) {
		CHECK_EQUAL(0, p2p_memory_physical(memory, offset, &here));
		if (here != first + offset)
			return false;
	}
	return true;
}

static void huge_pages_are_physically_contiguous(void)
{
	if (!is_root())
		SKIP("physical addresses are shown to root only");
	for (int i = 0; i < 2; i++) {
		struct p2p_memory *memory;

		CHECK_EQUAL(0, p2p_memory_open(openable[i], NULL, 2 * MIB, 1, &memory));
		if (p2p_memory_pages(memory) != P2P_PAGES_BASE)
			CHECK(physically_contiguous(memory, 2 * MIB));
		else
			printf("kind %u: no huge pages to be had here\n", openable[i]);
		CHECK_EQUAL(0, p2p_memory_close(memory));
	}
}

static void hugetlb_pages_are_used_where_the_pool_has_some(void)
{
	const char *pool = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages";
	uint32_t pages[2];
	int before = -1, fd;
	FILE *file = fopen(pool, "re");

	if (file) {
		CHECK_EQUAL(1, fscanf(file, "%d", &before));
		fclose(file);
	}
	fd = open(pool, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || dprintf(fd, "%d", before + 4) < 0)
		SKIP("the hugetlb pool cannot be enlarged (not root?)");
	for (int i = 0; i < 2; i++) {
		struct p2p_memory *memory;

		CHECK_EQUAL(0, p2p_memory_open(openable[i], NULL, 2 * MIB, 1, &memory));
		pages[i] = p2p_memory_pages(memory);
		memset(p2p_memory_address(memory), 1, 2 * MIB);
		CHECK_EQUAL(0, p2p_memory_close(memory));
	}
	/* The machine gets its pages back before anything is judged. */
	CHECK(dprintf(fd, "%d", before) > 0);
	close(fd);
	CHECK_EQUAL(P2P_PAGES_HUGETLB, pages[0]);
	CHECK_EQUAL(P2P_PAGES_HUGETLB, pages[1]);
}

static void physical_addresses_follow_the_offset_within_a_page(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	uint64_t physical = 0, next = 0;
	int error = p2p_memory_physical(memory, 4096, &physical);

	CHECK_EQUAL(-ERANGE, p2p_memory_physical(memory, MIB, &next));
	if (is_root()) {
		CHECK_EQUAL(0, error);
		CHECK_EQUAL(0, p2p_memory_physical(memory, 4096 + 77, &next));
		CHECK_EQUAL(physical + 77, next);
	} else {
		CHECK_EQUAL(-EPERM, error);
	}
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

static void physical_addresses_are_hidden_from_other_users(void)
{
	pid_t child;
	int status;

	if (!is_root())
		SKIP("needs root to become somebody else");
	child = fork();
	if (!child) {
		struct p2p_memory *memory;
		uint64_t physical;

		if (setuid(65534))
			_exit(2);
		if (p2p_memory_open(P2P_MEMORY_RAM, NULL, 4096, 0, &memory))
			_exit(3);
		_exit(p2p_memory_physical(memory, 0, &physical) == -EPERM ? 0 : 1);
	}
	CHECK_EQUAL(child, waitpid(child, &status, 0));
	CHECK(WIFEXITED(status));
	CHECK_EQUAL(0, WEXITSTATUS(status));
}

static void slots_are_aligned_and_leases_keep_the_memory_open(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, 8 * MIB);
	uint64_t small, odd, large, none;

	CHECK_EQUAL(0, p2p_memory_lease(memory, 512, 3, &small));
	CHECK_EQUAL(0, p2p_memory_lease(memory, 5000, 1, &odd));
	CHECK_EQUAL(0, p2p_memory_lease(memory, 2 * MIB, 2, &large));
	CHECK_EQUAL(0, small);
	CHECK_EQUAL(3 * 4096, odd);
	CHECK_EQUAL(2 * MIB, large);
	CHECK_EQUAL(-ENOMEM, p2p_memory_lease(memory, 4 * MIB, 1, &none));
	CHECK_EQUAL(-EINVAL, p2p_memory_lease(memory, 0, 1, &none));
	CHECK_EQUAL(-EINVAL, p2p_memory_lease(memory, 4096, 0, &none));
	CHECK_EQUAL(-EINVAL, p2p_memory_lease(memory, UINT64_MAX / 2, 4, &none));
	CHECK_EQUAL(-EBUSY, p2p_memory_close(memory));
	memset(p2p_memory_address(memory), 1, 8 * MIB);
	CHECK_EQUAL(0, p2p_memory_release(memory, small));
	CHECK_EQUAL(0, p2p_memory_release(memory, odd));
	CHECK_EQUAL(-EBUSY, p2p_memory_close(memory));
	CHECK_EQUAL(0, p2p_memory_release(memory, large));
	CHECK_EQUAL(-ENOENT, p2p_memory_release(memory, large));
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

static void nonsense_is_refused(void)
{
	CHECK_EQUAL(-EINVAL, open_error(3, NULL, 4096, 0));
	CHECK_EQUAL(-EINVAL, open_error(P2P_MEMORY_RAM, NULL, 0, 0));
	CHECK_EQUAL(-EINVAL, open_error(P2P_MEMORY_RAM, "/x", 4096, 0));
	CHECK_EQUAL(-EINVAL, open_error(P2P_MEMORY_CMB, NULL, 4096, 0));
	CHECK_EQUAL(-EINVAL, open_error(P2P_MEMORY_CMB, "/x", 4096, 1));
	CHECK_EQUAL(-EINVAL, open_error(P2P_MEMORY_RAM, NULL, UINT64_MAX, 0));
	CHECK_EQUAL(-ENOMEM, open_error(P2P_MEMORY_RAM, NULL, 1ull << 60, 0));
	CHECK_EQUAL(0, p2p_memory_close(NULL));
}

/* There is no CMB here: the errors of its path, and a mapped file in the allocate file's place. */
static void cmb_passes_on_what_its_file_answers(void)
{
	const char *file = scratch_file(TMPFS, 8192);
	struct p2p_memory *memory;

	CHECK_EQUAL(-ENOENT, open_error(P2P_MEMORY_CMB, "/sys/none/p2pmem/allocate", 4096, 0));
	CHECK_EQUAL(-ENODEV, open_error(P2P_MEMORY_CMB, "/proc/self/comm", 4096, 0));
	CHECK_EQUAL(0, p2p_memory_open(P2P_MEMORY_CMB, file, 5000, 0, &memory));
	CHECK_EQUAL(8192, p2p_memory_length(memory));
	CHECK_EQUAL(P2P_PAGES_BASE, p2p_memory_pages(memory));
	memset(p2p_memory_address(memory), 0x11, 8192);
	CHECK_EQUAL(0x1111111111111111, word_at(file, 8184));
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

int main(void)
{
	RUN(base_pages_are_mapped_zeroed_and_rounded_up);
	RUN(huge_pages_are_reported_as_they_are);
	RUN(huge_pages_are_physically_contiguous);
	RUN(hugetlb_pages_are_used_where_the_pool_has_some);
	RUN(physical_addresses_follow_the_offset_within_a_page);
	RUN(physical_addresses_are_hidden_from_other_users);
	RUN(slots_are_aligned_and_leases_keep_the_memory_open);
	RUN(nonsense_is_refused);
	RUN(cmb_passes_on_what_its_file_answers);
	return 0;
}
