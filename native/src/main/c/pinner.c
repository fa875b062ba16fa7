/* SPDX-License-Identifier: Apache-2.0 */
/* Pinning alone: one table row for each mechanism. */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "memory.h"

/* The kernel takes at most this much in one registered buffer. */
#define MAX_REGISTERED_BYTES (1ull << 30)

struct p2p_pinner {
	const struct pin_ops *ops;
	struct p2p_memory *memory; /* held */
	uint8_t *address;
	uint64_t length;
	struct io_uring ring; /* only P2P_PIN_BY_IO_URING */
	struct iovec *iovecs;
	uint32_t iovec_count;
	int gup_test; /* only P2P_PIN_BY_GUP_TEST */
	uint64_t calls;
};

/*
 * A mechanism. pin and unpin may block, and return 0 or a negative errno. One that has no
 * unpin does both in its pin, and says in the stamps how long each took.
 */
struct pin_ops {
	int (*open)(struct p2p_pinner *pinner);
	int (*pin)(struct p2p_pinner *pinner, struct p2p_pin_stamps *stamps);
	int (*unpin)(struct p2p_pinner *pinner);
	void (*close)(struct p2p_pinner *pinner);
};

static int uring_open(struct p2p_pinner *pinner)
{
	uint64_t count = (pinner->length + MAX_REGISTERED_BYTES - 1) / MAX_REGISTERED_BYTES;
	int error;

	pinner->iovecs = calloc(count, sizeof(*pinner->iovecs));
	if (!pinner->iovecs)
		return -ENOMEM;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t offset = i * MAX_REGISTERED_BYTES;
		uint64_t rest = pinner->length - offset;

		pinner->iovecs[i].iov_base = pinner->address + offset;
		pinner->iovecs[i].iov_len =
			rest < MAX_REGISTERED_BYTES ? rest : MAX_REGISTERED_BYTES;
	}
	pinner->iovec_count = (uint32_t)count;
	error = io_uring_queue_init(1, &pinner->ring, 0);
	if (error)
		free(pinner->iovecs);
	return error;
}

static int uring_pin(struct p2p_pinner *pinner, struct p2p_pin_stamps *stamps)
{
	(void)stamps;
	return io_uring_register_buffers(&pinner->ring, pinner->iovecs, pinner->iovec_count);
}

static int uring_unpin(struct p2p_pinner *pinner)
{
	return io_uring_unregister_buffers(&pinner->ring);
}

static void uring_close(struct p2p_pinner *pinner)
{
	io_uring_queue_exit(&pinner->ring);
	free(pinner->iovecs);
}

static int mlock_open(struct p2p_pinner *pinner)
{
	(void)pinner;
	return 0;
}

/* By number: AddressSanitizer turns the C library's mlock into nothing. */
static int mlock_pin(struct p2p_pinner *pinner, struct p2p_pin_stamps *stamps)
{
	(void)stamps;
	return syscall(SYS_mlock, pinner->address, pinner->length) ? -errno : 0;
}

static int mlock_unpin(struct p2p_pinner *pinner)
{
	return syscall(SYS_munlock, pinner->address, pinner->length) ? -errno : 0;
}

static void mlock_close(struct p2p_pinner *pinner)
{
	(void)pinner;
}

/* What the kernel's mm/gup_test.h declares, which is in no header of user space. */
struct gup_test {
	uint64_t get_delta_usec;
	uint64_t put_delta_usec;
	uint64_t addr;
	uint64_t size;
	uint32_t nr_pages_per_call;
	uint32_t gup_flags;
	uint32_t test_flags;
	uint32_t which_pages[8];
};

#define PIN_FAST_BENCHMARK _IOWR('g', 2, struct gup_test)

/* Of the kernel's include/linux/mm_types.h, since Linux 6.3; what O_DIRECT reads pin with. */
#define FOLL_WRITE 1u
#define FOLL_PCI_P2PDMA (1u << 10)

static int gup_test_open(struct p2p_pinner *pinner)
{
	uint64_t bytes =
		pinner->memory->length - (uint64_t)(pinner->address - pinner->memory->address);
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	if ((uintptr_t)pinner->address % page || pinner->length % page)
		return -EINVAL;
	pinner->calls = bytes / pinner->length;
	pinner->gup_test = open("/sys/kernel/debug/gup_test", O_RDWR | O_CLOEXEC);
	return pinner->gup_test < 0 ? -errno : 0;
}

/* The kernel counts whole microseconds, so it is given many calls at once. */
static int gup_test_pin(struct p2p_pinner *pinner, struct p2p_pin_stamps *stamps)
{
	uint64_t bytes = pinner->calls * pinner->length;
	struct gup_test asked = {
		.addr = (uintptr_t)pinner->address,
		.size = bytes,
		.nr_pages_per_call = (uint32_t)(pinner->length / (uint64_t)sysconf(_SC_PAGESIZE)),
		.gup_flags = FOLL_WRITE | FOLL_PCI_P2PDMA,
	};

	if (ioctl(pinner->gup_test, PIN_FAST_BENCHMARK, &asked))
		return -errno;
	if (asked.size != bytes)
		return -EFAULT; /* it ends at the first failure and keeps the reason to itself */
	stamps->pinned = stamps->start + asked.get_delta_usec * 1000 / pinner->calls;
	stamps->unpinned = stamps->pinned + asked.put_delta_usec * 1000 / pinner->calls;
	return 0;
}

static void gup_test_close(struct p2p_pinner *pinner)
{
	close(pinner->gup_test);
}

/* Indexed by enum p2p_pin_mechanism. */
static const struct pin_ops mechanisms[] = {
	[P2P_PIN_BY_IO_URING] = {uring_open, uring_pin, uring_unpin, uring_close},
	[P2P_PIN_BY_MLOCK] = {mlock_open, mlock_pin, mlock_unpin, mlock_close},
	[P2P_PIN_BY_GUP_TEST] = {gup_test_open, gup_test_pin, NULL, gup_test_close},
};

#define MECHANISMS (sizeof(mechanisms) / sizeof(mechanisms[0]))

int p2p_pinner_open(struct p2p_memory *memory, uint64_t offset, uint64_t length, uint32_t mechanism,
		    struct p2p_pinner **out)
{
	struct p2p_pinner *pinner;
	int error;

	if (mechanism >= MECHANISMS || !length)
		return -EINVAL;
	if (!memory_contains(memory, offset, length))
		return -ERANGE;
	pinner = calloc(1, sizeof(*pinner));
	if (!pinner)
		return -ENOMEM;
	pinner->ops = &mechanisms[mechanism];
	pinner->memory = memory;
	pinner->address = memory->address + offset;
	pinner->length = length;
	error = lease_hold(&memory->leases);
	if (error)
		goto free_pinner;
	error = pinner->ops->open(pinner);
	if (error)
		goto drop_memory;
	*out = pinner;
	return 0;

drop_memory:
	lease_drop(&memory->leases);
free_pinner:
	free(pinner);
	return error;
}

static int pin_and_unpin(struct p2p_pinner *pinner, const struct stamp_clock *clock,
			 struct p2p_pin_stamps *taken)
{
	int error;

	taken->start = clock ? stamp_now_ns(clock) : 0;
	error = pinner->ops->pin(pinner, taken);
	if (error || !pinner->ops->unpin)
		return error;
	taken->pinned = clock ? stamp_now_ns(clock) : 0;
	error = pinner->ops->unpin(pinner);
	taken->unpinned = clock ? stamp_now_ns(clock) : 0;
	return error;
}

int64_t p2p_pinner_run(struct p2p_pinner *pinner, uint32_t count, struct p2p_pin_stamps *stamps)
{
	const struct stamp_clock *clock = stamps ? stamp_clock_get() : NULL;

	for (uint32_t i = 0; i < count; i++) {
		struct p2p_pin_stamps taken = {0};
		int error = pin_and_unpin(pinner, clock, &taken);

		if (error)
			return error;
		if (stamps)
			stamps[i] = taken;
	}
	return count;
}

int p2p_pinner_close(struct p2p_pinner *pinner)
{
	if (!pinner)
		return 0;
	pinner->ops->close(pinner);
	lease_drop(&pinner->memory->leases);
	free(pinner);
	return 0;
}
