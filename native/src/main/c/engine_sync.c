/* SPDX-License-Identifier: Apache-2.0 */
/* pread and pwrite, one at a time. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine.h"

struct engine {
	int source_fd;
	int target_fd;
	uint64_t block_bytes;
	uint8_t *fill;
	uint8_t *drain;
};

/*
 * The system call itself, result or negative errno. The C library's pread and pwrite
 * are cancellation points: in a process with threads they cost two locked
 * instructions more and write errno.
 */
static inline int64_t positioned_io(long number, int fd, void *buffer, uint64_t length,
				    uint64_t offset)
{
#if defined(__x86_64__)
	register uint64_t r10 __asm__("r10") = offset;
	int64_t result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"((int64_t)fd), "S"(buffer), "d"(length), "r"(r10)
			 : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register int64_t x8 __asm__("x8") = number;
	register int64_t x0 __asm__("x0") = fd;
	register void *x1 __asm__("x1") = buffer;
	register uint64_t x2 __asm__("x2") = length;
	register uint64_t x3 __asm__("x3") = offset;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory", "cc");
	return x0;
#endif
}

static int sync_open(const struct engine_setup *setup, struct engine **out,
		     struct p2p_failure *failure)
{
	struct engine *engine = malloc(sizeof(*engine));

	if (!engine) {
		failure->operation = P2P_OPERATION_SETUP;
		return -ENOMEM;
	}
	engine->source_fd = setup->source ? setup->source->fd : -1;
	engine->target_fd = setup->target ? setup->target->fd : -1;
	engine->block_bytes = setup->block_bytes;
	engine->fill = setup->fill.base;
	engine->drain = setup->drain.base;
	*out = engine;
	return 0;
}

static int64_t sync_transfer(struct engine *engine, uint32_t operation, uint64_t offset)
{
	int64_t moved;

	do {
		if (operation == P2P_OPERATION_DRAIN)
			moved = positioned_io(SYS_pwrite64, engine->target_fd, engine->drain,
					      engine->block_bytes, offset);
		else
			moved = positioned_io(SYS_pread64, engine->source_fd, engine->fill,
					      engine->block_bytes, offset);
	} while (__builtin_expect(moved == -EINTR, 0));
	return moved;
}

static int sync_close(struct engine *engine)
{
	free(engine);
	return 0;
}

const struct engine_ops engine_sync_ops = {
	.max_depth = 1,
	.pinnings = 1u << P2P_PIN_PER_TRANSACTION | 1u << P2P_PIN_NONE,
	.open = sync_open,
	.transfer = sync_transfer,
	.close = sync_close,
};
