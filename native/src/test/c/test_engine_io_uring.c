/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <unistd.h>

#include "check.h"
#include "engine.h"
#include "support.h"

#define DEPTH 4

static const struct engine_ops *const ops = &engine_io_uring_ops;

static struct engine *open_engine(struct p2p_memory *memory, const struct p2p_endpoint *source,
				  const struct p2p_endpoint *target, uint32_t pinning)
{
	struct engine_buffers buffers = {memory, p2p_memory_address(memory), 4096};
	struct engine_setup setup = {
		.depth = DEPTH,
		.pinning = pinning,
		.block_bytes = 4096,
		.source = source,
		.target = target,
		.fill = buffers,
		.drain = buffers,
	};
	struct p2p_failure failure;
	struct engine *engine;

	CHECK_EQUAL(0, ops->open(&setup, &engine, &failure));
	return engine;
}

static void expect_completions(struct engine *engine, uint32_t count, int32_t result)
{
	uint32_t seen = 0;

	while (count--) {
		struct engine_completion completion;

		while (!ops->next(engine, &completion))
			CHECK_EQUAL(0, ops->turn(engine, true));
		CHECK_EQUAL(result, completion.result);
		CHECK(completion.slot < DEPTH && !(seen & 1u << completion.slot));
		seen |= 1u << completion.slot;
	}
}

static void queues_up_to_depth_and_completes_each_slot_once(void)
{
	const char *from = scratch_file(DISK, 64 * KIB), *to = scratch_file(DISK, 64 * KIB);
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, DEPTH * 4096);
	struct p2p_endpoint *source, *target;

	number_blocks(from, 16, 4096);
	source = open_endpoint(from, READ_DIRECT);
	target = open_endpoint(to, WRITE_DIRECT);
	for (uint32_t pinning = P2P_PIN_PER_TRANSACTION; pinning <= P2P_PIN_REGISTERED; pinning++) {
		struct engine *engine = open_engine(memory, source, target, pinning);
		struct engine_completion completion;

		CHECK(!ops->next(engine, &completion));
		for (uint32_t i = 0; i < DEPTH; i++)
			CHECK_EQUAL(0, ops->queue(engine, i, P2P_OPERATION_FILL, (8 + i) * 4096));
		CHECK_EQUAL(-EBUSY, ops->queue(engine, 0, P2P_OPERATION_FILL, 0));
		expect_completions(engine, DEPTH, 4096);
		for (uint32_t i = 0; i < DEPTH; i++)
			CHECK_EQUAL(0, ops->queue(engine, i, P2P_OPERATION_DRAIN, i * 4096));
		expect_completions(engine, DEPTH, 4096);
		for (uint32_t i = 0; i < DEPTH; i++)
			CHECK_EQUAL(8 + i, word_at(to, i * 4096));
		CHECK_EQUAL(0, ops->close(engine));
	}
	p2p_endpoint_close(source);
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

static void a_failed_io_is_a_completion_with_its_errno(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, DEPTH * 4096);
	const char *from = scratch_file(DISK, 8192);
	struct p2p_endpoint *source = open_endpoint(from, READ_DIRECT);
	struct engine *engine = open_engine(memory, source, NULL, P2P_PIN_PER_TRANSACTION);

	/* Of a hole even unaligned bytes can be read. */
	fill_file(from, 8192, 1);
	CHECK_EQUAL(0, ops->queue(engine, 1, P2P_OPERATION_FILL, 100));
	expect_completions(engine, 1, -EINVAL);
	/* The place of the target was left empty. */
	CHECK_EQUAL(0, ops->queue(engine, 2, P2P_OPERATION_DRAIN, 0));
	expect_completions(engine, 1, -EBADF);
	CHECK_EQUAL(0, ops->close(engine));
	p2p_endpoint_close(source);
	p2p_memory_close(memory);
}

static void close_drops_what_was_never_submitted(void)
{
	const char *to = scratch_file(DISK, 64 * KIB);
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, DEPTH * 4096);
	struct p2p_endpoint *target = open_endpoint(to, WRITE_DIRECT);
	struct engine *engine = open_engine(memory, NULL, target, P2P_PIN_PER_TRANSACTION);

	memset(p2p_memory_address(memory), 0xff, DEPTH * 4096);
	CHECK_EQUAL(0, ops->queue(engine, 0, P2P_OPERATION_DRAIN, 0));
	CHECK_EQUAL(0, ops->turn(engine, false));
	CHECK_EQUAL(0, ops->queue(engine, 1, P2P_OPERATION_DRAIN, 4096));
	CHECK_EQUAL(0, ops->close(engine));
	CHECK_EQUAL(-1, word_at(to, 0));
	CHECK_EQUAL(0, word_at(to, 4096));
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

/* A read of a pipe that nobody writes to never ends. */
static void close_gives_up_on_an_io_that_never_ends(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, DEPTH * 4096);
	struct p2p_endpoint source = {.flags = P2P_ENDPOINT_READ};
	struct engine *engine;
	int ends[2];

	CHECK(!pipe(ends));
	source.fd = ends[0];
	engine = open_engine(memory, &source, NULL, P2P_PIN_PER_TRANSACTION);
	CHECK_EQUAL(0, ops->queue(engine, 0, P2P_OPERATION_FILL, 0));
	CHECK_EQUAL(0, ops->turn(engine, false));
	CHECK_EQUAL(-ETIMEDOUT, ops->close(engine));
	close(ends[0]);
	close(ends[1]);
	p2p_memory_close(memory);
}

int main(void)
{
	RUN(queues_up_to_depth_and_completes_each_slot_once);
	RUN(a_failed_io_is_a_completion_with_its_errno);
	RUN(close_drops_what_was_never_submitted);
	RUN(close_gives_up_on_an_io_that_never_ends);
	return 0;
}
