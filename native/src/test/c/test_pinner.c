/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "support.h"

static const uint32_t mechanisms[] = {P2P_PIN_BY_IO_URING, P2P_PIN_BY_MLOCK};

static void pins_and_unpins_with_stamps_and_without(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, 2 * MIB);

	for (int i = 0; i < 2; i++) {
		struct p2p_pin_stamps stamps[5];
		struct p2p_pinner *pinner;

		CHECK_EQUAL(0, p2p_pinner_open(memory, 4096, MIB, mechanisms[i], &pinner));
		CHECK_EQUAL(3, p2p_pinner_run(pinner, 3, NULL));
		CHECK_EQUAL(5, p2p_pinner_run(pinner, 5, stamps));
		for (int j = 0; j < 5; j++) {
			CHECK(stamps[j].start < stamps[j].pinned);
			CHECK(stamps[j].pinned < stamps[j].unpinned);
			CHECK_EQUAL(0, stamps[j].reserved);
		}
		CHECK_EQUAL(-EBUSY, p2p_memory_close(memory));
		CHECK_EQUAL(0, p2p_pinner_close(pinner));
	}
	CHECK_EQUAL(0, p2p_pinner_close(NULL));
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

static void refuses_nonsense(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_pinner *pinner;

	CHECK_EQUAL(-EINVAL, p2p_pinner_open(memory, 0, 0, P2P_PIN_BY_MLOCK, &pinner));
	CHECK_EQUAL(-EINVAL, p2p_pinner_open(memory, 0, 4096, 3, &pinner));
	CHECK_EQUAL(-ERANGE, p2p_pinner_open(memory, 4096, MIB, P2P_PIN_BY_MLOCK, &pinner));
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

static void the_kernels_benchmark_pins_the_whole_memory_or_is_said_to_be_missing(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_pin_stamps stamps[2];
	struct p2p_pinner *pinner;
	uint64_t before, after;
	int error;

	CHECK_EQUAL(-EINVAL, p2p_pinner_open(memory, 0, 100, P2P_PIN_BY_GUP_TEST, &pinner));
	error = p2p_pinner_open(memory, 0, 4 * KIB, P2P_PIN_BY_GUP_TEST, &pinner);
	if (error) {
		CHECK(error == -ENOENT || error == -EACCES);
		CHECK_EQUAL(0, p2p_memory_close(memory));
		SKIP("this kernel has no gup_test, or not for this user");
	}
	CHECK(read_pins_acquired(&before));
	CHECK_EQUAL(2, p2p_pinner_run(pinner, 2, stamps));
	CHECK(read_pins_acquired(&after));
	CHECK(after - before >= 2 * MIB / (4 * KIB));
	CHECK(stamps[0].start <= stamps[0].pinned && stamps[0].pinned <= stamps[0].unpinned);
	CHECK_EQUAL(0, p2p_pinner_close(pinner));
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

/* Of one run with this mechanism; others on the machine can only add to it. */
static uint64_t pins_of_a_run(struct p2p_memory *memory, uint32_t mechanism)
{
	struct p2p_pinner *pinner;
	uint64_t before, after;

	CHECK_EQUAL(0, p2p_pinner_open(memory, 0, MIB, mechanism, &pinner));
	CHECK(read_pins_acquired(&before));
	CHECK_EQUAL(10, p2p_pinner_run(pinner, 10, NULL));
	CHECK(read_pins_acquired(&after));
	CHECK_EQUAL(0, p2p_pinner_close(pinner));
	return after - before;
}

static uint64_t least_pins(struct p2p_memory *memory, uint32_t mechanism)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 10; i++) {
		uint64_t pins = pins_of_a_run(memory, mechanism);

		least = pins < least ? pins : least;
	}
	return least;
}

static void registering_pins_every_page_and_mlock_pins_none(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	uint64_t pages = MIB / (uint64_t)sysconf(_SC_PAGESIZE), pins;

	if (!read_pins_acquired(&pins)) {
		p2p_memory_close(memory);
		SKIP("the pin counters cannot be read (not root?)");
	}
	CHECK_EQUAL(10 * pages, least_pins(memory, P2P_PIN_BY_IO_URING));
	CHECK_EQUAL(0, least_pins(memory, P2P_PIN_BY_MLOCK));
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

/* In a child, as nobody, with a limit of 64 KiB: what each mechanism answers to 1 MiB. */
static int answer_over_the_limit(uint32_t mechanism)
{
	struct rlimit limit = {64 * KIB, 64 * KIB};
	struct p2p_memory *memory;
	struct p2p_pinner *pinner;

	if (setrlimit(RLIMIT_MEMLOCK, &limit) || setuid(65534))
		return 2;
	if (p2p_memory_open(P2P_MEMORY_RAM, NULL, MIB, 0, &memory))
		return 3;
	if (p2p_pinner_open(memory, 0, MIB, mechanism, &pinner))
		return 4;
	return p2p_pinner_run(pinner, 1, NULL) == -ENOMEM ? 0 : 1;
}

static void over_the_memlock_limit_is_ENOMEM(void)
{
	if (!is_root())
		SKIP("needs root to become a user with a limit of its own");
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();
		int status;

		if (!child)
			_exit(answer_over_the_limit(mechanisms[i]));
		CHECK_EQUAL(child, waitpid(child, &status, 0));
		CHECK(WIFEXITED(status));
		CHECK_EQUAL(0, WEXITSTATUS(status));
	}
}

int main(void)
{
	RUN(pins_and_unpins_with_stamps_and_without);
	RUN(refuses_nonsense);
	RUN(the_kernels_benchmark_pins_the_whole_memory_or_is_said_to_be_missing);
	RUN(registering_pins_every_page_and_mlock_pins_none);
	RUN(over_the_memlock_limit_is_ENOMEM);
	return 0;
}
