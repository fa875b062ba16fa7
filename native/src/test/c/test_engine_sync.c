/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <unistd.h>

#include "check.h"
#include "engine.h"
#include "support.h"

static struct engine_setup setup_for(struct p2p_memory *memory, struct p2p_endpoint *source,
				     struct p2p_endpoint *target)
{
	struct engine_buffers buffers = {memory, p2p_memory_address(memory), 4096};

	return (struct engine_setup){
		.depth = 1,
		.pinning = P2P_PIN_PER_TRANSACTION,
		.block_bytes = 4096,
		.source = source,
		.target = target,
		.fill = buffers,
		.drain = buffers,
	};
}

static void moves_one_block_for_each_call(void)
{
	const char *from = scratch_file(DISK, 64 * KIB), *to = scratch_file(TMPFS, 64 * KIB);
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, 4096);
	struct p2p_endpoint *source, *target;
	struct engine_setup setup;
	struct p2p_failure failure;
	struct engine *engine;

	number_blocks(from, 16, 4096);
	source = open_endpoint(from, READ_DIRECT);
	target = open_endpoint(to, WRITE_DIRECT);
	setup = setup_for(memory, source, target);
	CHECK_EQUAL(0, engine_sync_ops.open(&setup, &engine, &failure));
	CHECK_EQUAL(4096, engine_sync_ops.transfer(engine, P2P_OPERATION_FILL, 3 * 4096));
	CHECK_EQUAL(4096, engine_sync_ops.transfer(engine, P2P_OPERATION_DRAIN, 5 * 4096));
	CHECK_EQUAL(3, word_at(to, 5 * 4096));
	CHECK_EQUAL(0, word_at(to, 6 * 4096));
	/* Beyond the end there is nothing to read, and no error either. */
	CHECK_EQUAL(0, engine_sync_ops.transfer(engine, P2P_OPERATION_FILL, 64 * KIB));
	CHECK_EQUAL(0, engine_sync_ops.close(engine));
	p2p_endpoint_close(source);
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

static void answers_the_negative_errno(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, 4096);
	const char *from = scratch_file(DISK, 8192);
	struct p2p_endpoint *source = open_endpoint(from, READ_DIRECT);
	struct p2p_endpoint *target = source; /* which is not open for writing */
	struct engine_setup setup = setup_for(memory, source, target);
	struct p2p_failure failure;
	struct engine *engine;

	/* Of a hole even unaligned bytes can be read. */
	fill_file(from, 8192, 1);
	CHECK_EQUAL(0, engine_sync_ops.open(&setup, &engine, &failure));
	CHECK_EQUAL(-EBADF, engine_sync_ops.transfer(engine, P2P_OPERATION_DRAIN, 0));
	CHECK_EQUAL(-EINVAL, engine_sync_ops.transfer(engine, P2P_OPERATION_FILL, 100));
	CHECK_EQUAL(0, engine_sync_ops.close(engine));
	p2p_endpoint_close(source);
	p2p_memory_close(memory);
}

int main(void)
{
	RUN(moves_one_block_for_each_call);
	RUN(answers_the_negative_errno);
	return 0;
}
