/* SPDX-License-Identifier: Apache-2.0 */
/* io_uring: registered files, and registered buffers where the pinning says so. */
#include <errno.h>
#include <liburing.h>
#include <stdlib.h>

#include "engine.h"

/* The kernel takes at most this much in one registered buffer. */
#define MAX_REGISTERED_BYTES (1ull << 30)
#define MAX_REGISTERED (2 * P2P_MAX_DEPTH)

/* Waiting in close: so long without any completion, and the rest counts as hung. */
#define CLOSE_PATIENCE_S 5

/* Indices of the registered files. */
enum { FILE_SOURCE = 0, FILE_TARGET = 1, FILES = 2 };

struct engine {
	struct io_uring ring;
	uint64_t block_bytes;
	struct engine_buffers fill;
	struct engine_buffers drain;
	bool fixed_buffers;
	uint32_t fill_buffer;      /* registered index of slot 0's fill buffer ... */
	uint32_t drain_buffer;     /* ... and drain buffer */
	uint32_t buffers_per_slot; /* 0: one registered buffer spans all slots; else 1 */
	uint32_t unfinished;       /* I/Os queued and not yet handed out by next */
};

/*
 * COOP_TASKRUN (5.19): completions do not interrupt the CPU, which is about to ask for them
 * anyway. SINGLE_ISSUER is left out on purpose: with it the kernel refuses every thread but
 * the first, and a transactor may be closed by another one than ran it.
 */
static int init_ring(struct io_uring *ring, uint32_t entries)
{
	static const unsigned int preferences[] = {IORING_SETUP_COOP_TASKRUN, 0};
	int error = -EINVAL;

	for (size_t i = 0; i < 2 && error == -EINVAL; i++)
		error = io_uring_queue_init(entries, ring, preferences[i]);
	return error;
}

static int register_files(struct engine *engine, const struct engine_setup *setup)
{
	/* -1: a place left empty. */
	int files[FILES] = {setup->source ? setup->source->fd : -1,
			    setup->target ? setup->target->fd : -1};

	return io_uring_register_files(&engine->ring, files, FILES);
}

/* Adds iovecs for all slots: one for the run where it fits, else one for each slot. */
static uint32_t add_iovecs(const struct engine_setup *setup, const struct engine_buffers *buffers,
			   bool together, struct iovec *iovecs)
{
	if (together) {
		iovecs[0] = (struct iovec){buffers->base, buffers->stride * setup->depth};
		return 1;
	}
	for (uint32_t i = 0; i < setup->depth; i++)
		iovecs[i] = (struct iovec){buffers->base + i * buffers->stride, buffers->stride};
	return setup->depth;
}

static int register_buffers(struct engine *engine, const struct engine_setup *setup)
{
	struct iovec iovecs[MAX_REGISTERED];
	bool together = setup->drain.stride * setup->depth <= MAX_REGISTERED_BYTES;
	uint32_t count = add_iovecs(setup, &setup->drain, together, iovecs);

	engine->fixed_buffers = true;
	engine->buffers_per_slot = together ? 0 : 1;
	engine->drain_buffer = 0;
	engine->fill_buffer = 0;
	if (setup->fill.base != setup->drain.base) {
		engine->fill_buffer = count;
		count += add_iovecs(setup, &setup->fill, together, iovecs + count);
	}
	return io_uring_register_buffers(&engine->ring, iovecs, count);
}

static int register_all(struct engine *engine, const struct engine_setup *setup)
{
	int error = register_files(engine, setup);

	if (error || setup->pinning != P2P_PIN_REGISTERED)
		return error;
	return register_buffers(engine, setup);
}

static int uring_open(const struct engine_setup *setup, struct engine **out,
		      struct p2p_failure *failure)
{
	struct engine *engine = calloc(1, sizeof(*engine));
	int error;

	failure->operation = P2P_OPERATION_SETUP;
	if (!engine)
		return -ENOMEM;
	engine->block_bytes = setup->block_bytes;
	engine->fill = setup->fill;
	engine->drain = setup->drain;
	error = init_ring(&engine->ring, setup->depth);
	if (error)
		goto free_engine;
	failure->operation = P2P_OPERATION_REGISTER;
	error = register_all(engine, setup);
	if (error)
		goto exit_ring;
	*out = engine;
	return 0;

exit_ring:
	io_uring_queue_exit(&engine->ring);
free_engine:
	free(engine);
	return error;
}

static void prepare(struct engine *engine, struct io_uring_sqe *sqe, uint32_t slot,
		    uint32_t operation, uint64_t offset)
{
	bool draining = operation == P2P_OPERATION_DRAIN;
	const struct engine_buffers *buffers = draining ? &engine->drain : &engine->fill;
	uint8_t opcode = draining ? IORING_OP_WRITE : IORING_OP_READ;

	if (engine->fixed_buffers)
		opcode = draining ? IORING_OP_WRITE_FIXED : IORING_OP_READ_FIXED;
	io_uring_prep_rw(opcode, sqe, draining ? FILE_TARGET : FILE_SOURCE,
			 buffers->base + slot * buffers->stride, (unsigned int)engine->block_bytes,
			 offset);
	if (engine->fixed_buffers)
		sqe->buf_index =
			(uint16_t)((draining ? engine->drain_buffer : engine->fill_buffer) +
				   slot * engine->buffers_per_slot);
	sqe->flags |= IOSQE_FIXED_FILE;
	sqe->user_data = slot;
}

static int uring_queue(struct engine *engine, uint32_t slot, uint32_t operation, uint64_t offset)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&engine->ring);

	/* The ring has an entry for each slot, and a slot has one I/O at most. */
	if (!sqe)
		return -EBUSY;
	prepare(engine, sqe, slot, operation, offset);
	engine->unfinished++;
	return 0;
}

static int uring_turn(struct engine *engine, bool wait)
{
	int submitted;

	if (wait)
		submitted = io_uring_submit_and_wait(&engine->ring, 1);
	else if (io_uring_sq_ready(&engine->ring))
		submitted = io_uring_submit(&engine->ring);
	else
		submitted = 0;
	return submitted < 0 ? submitted : 0;
}

static int uring_await(struct engine *engine, uint64_t patience_ns)
{
	struct __kernel_timespec patience = {
		.tv_sec = (int64_t)(patience_ns / NS_PER_S),
		.tv_nsec = (int64_t)(patience_ns % NS_PER_S),
	};
	struct io_uring_cqe *cqe;
	int submitted;

	/* A look is a system call too: with COOP_TASKRUN completions are posted on the way out. */
	submitted = patience_ns ? io_uring_submit_and_wait_timeout(&engine->ring, &cqe, 1,
								   &patience, NULL)
				: io_uring_submit_and_get_events(&engine->ring);
	return submitted < 0 && submitted != -ETIME ? submitted : 0;
}

static bool uring_next(struct engine *engine, struct engine_completion *out)
{
	struct io_uring_cqe *cqe;

	if (io_uring_peek_cqe(&engine->ring, &cqe))
		return false;
	out->slot = (uint32_t)cqe->user_data;
	out->result = cqe->res;
	io_uring_cqe_seen(&engine->ring, cqe);
	engine->unfinished--;
	return true;
}

/* I/Os that the kernel knows of: the rest of the unfinished still stand in the queue. */
static uint32_t in_kernel(const struct engine *engine)
{
	return engine->unfinished - io_uring_sq_ready(&engine->ring);
}

static int wait_for_rest(struct engine *engine)
{
	struct engine_completion ignored;

	while (in_kernel(engine)) {
		struct __kernel_timespec patience = {.tv_sec = CLOSE_PATIENCE_S};
		struct io_uring_cqe *cqe;
		int error;

		if (uring_next(engine, &ignored))
			continue;
		error = io_uring_wait_cqe_timeout(&engine->ring, &cqe, &patience);
		if (error == -ETIME)
			return -ETIMEDOUT;
		if (error && error != -EINTR && error != -EAGAIN)
			return error;
	}
	return 0;
}

static int uring_close(struct engine *engine)
{
	int error = wait_for_rest(engine);

	if (error && in_kernel(engine)) {
		/* Whatever stopped the waiting: while I/O is out, the buffers are not ours. */
		error = -ETIMEDOUT;
	} else {
		/*
		 * The kernel tears a ring down some time after its descriptor is closed. Files and
		 * pins go now: a device claimed for writing is free when this returns.
		 */
		io_uring_unregister_files(&engine->ring);
		if (engine->fixed_buffers)
			io_uring_unregister_buffers(&engine->ring);
	}
	io_uring_queue_exit(&engine->ring);
	free(engine);
	return error;
}

const struct engine_ops engine_io_uring_ops = {
	.max_depth = P2P_MAX_DEPTH,
	.pinnings = 1u << P2P_PIN_PER_TRANSACTION | 1u << P2P_PIN_REGISTERED | 1u << P2P_PIN_NONE,
	.open = uring_open,
	.queue = uring_queue,
	.turn = uring_turn,
	.await = uring_await,
	.next = uring_next,
	.close = uring_close,
};
