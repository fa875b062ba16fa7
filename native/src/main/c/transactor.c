/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transaction loop. Two shapes of it: run_blocking for engines whose I/O is
 * done when the call returns, run_queued for engines that keep a pipeline. Each
 * has a paced twin, whose transactions begin when they arrive and not when a slot
 * is free; the closed loop knows nothing of it.
 *
 * What a watchdog on another thread may read (completed, the I/O in flight, the
 * failure) is written by the running thread alone, with plain relaxed stores:
 * nothing on the path of a transaction is a locked instruction.
 */
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arrivals.h"
#include "clock.h"
#include "copy.h"
#include "engine.h"
#include "pattern.h"

/* Indexed by enum p2p_engine. */
static const struct engine_ops *const engines[] = {
	[P2P_ENGINE_SYNC] = &engine_sync_ops,
	[P2P_ENGINE_IO_URING] = &engine_io_uring_ops,
};

#define ENGINES (sizeof(engines) / sizeof(engines[0]))

/* Bytes of one I/O: the kernel moves at most 2 GiB less a page, a registered buffer 1 GiB. */
#define MAX_BLOCK_BYTES (1ull << 30)
/* Offsets below this leave room for the operation in the word that a watchdog reads. */
#define MAX_OFFSET (1ull << 61)
/* EAGAIN so often for one I/O, or for submitting, is a failure. */
#define MAX_RETRIES 10000u

/* Mean gaps of paced transactions are 1 ns to 1000 s. */
#define MIN_RATE_PER_SECOND 1e-3
#define MAX_RATE_PER_SECOND 1e9
/*
 * Waiting for an arrival, a thread sleeps until so long before it and then spins: a timer's slack
 * (50 us) and the way back from sleep would else be in the latency.
 */
#define SPIN_NS 200000ull
/* Longest service and stall of a spinning server. */
#define MAX_SPIN_NS (60 * NS_PER_S)
/* Where virtual time begins: not at 0, which means no stamp. */
#define VIRTUAL_ORIGIN_NS NS_PER_S

/* The two sorts of transactor_failure's I/O in flight: offset << 2 | operation; 0 none. */
#define IN_FLIGHT_OPERATION 3u

struct slot {
	_Alignas(64) _Atomic uint64_t in_flight;
	_Atomic uint64_t sequence; /* of the I/O in flight: the least is the oldest */
	uint64_t block;
	uint32_t retries;
	struct p2p_stamps stamps;
};

struct p2p_transactor {
	const struct engine_ops *ops;
	struct engine *engine;
	const struct stamp_clock *clock;
	struct p2p_transactor_config config;
	struct pattern pattern;
	bool has_source;
	bool has_target;
	bool stamped; /* the transactions in flight have stamps */
	bool pacing;  /* the arrivals have begun; those in flight have arrived */
	struct arrivals arrivals;
	struct stamp_clock own_clock; /* of a spinning server */
	struct engine_buffers slots;
	struct engine_buffers staging; /* base NULL without */
	struct p2p_memory *memory;
	struct p2p_memory *staging_memory; /* owned */
	uint64_t lease;
	uint64_t sequence;
	_Atomic uint64_t completed;
	_Atomic uint32_t failed; /* the failure below is valid; set once, after it */
	struct p2p_failure failure;
	uint32_t idle_count;
	uint32_t idle[P2P_MAX_DEPTH]; /* stack of slots without a transaction */
	struct slot *slot;            /* depth of them, owned */
	/* Of the paced transaction in each slot; beside the slots, which fill a cache line each. */
	uint64_t arrived_ns[P2P_MAX_DEPTH];
};

/* ---- opening ------------------------------------------------------------ */

static bool config_in_range(const struct p2p_transactor_config *config)
{
	return config->engine < ENGINES && config->pinning <= P2P_PIN_NONE &&
	       config->staging <= 1 && config->pattern <= P2P_PATTERN_RANDOM && !config->reserved &&
	       config->block_bytes && config->block_bytes <= MAX_BLOCK_BYTES && config->blocks &&
	       config->depth && config->depth <= engines[config->engine]->max_depth &&
	       engines[config->engine]->pinnings & 1u << config->pinning;
}

/* Per-transaction pinning is what O_DIRECT does, none is what buffered I/O does. */
static bool pinning_fits(uint32_t pinning, const struct p2p_endpoint *endpoint)
{
	bool direct = endpoint->flags & P2P_ENDPOINT_DIRECT;

	return pinning == P2P_PIN_REGISTERED || direct == (pinning == P2P_PIN_PER_TRANSACTION);
}

/* The last byte of a span must lie within the endpoint and below MAX_OFFSET. */
static bool span_fits(const struct p2p_transactor_config *config, uint64_t first_block,
		      uint64_t length)
{
	uint64_t end;

	return !__builtin_add_overflow(first_block, config->blocks, &end) &&
	       !__builtin_mul_overflow(end, config->block_bytes, &end) && end <= length &&
	       end <= MAX_OFFSET;
}

static int check_end(const struct p2p_transactor_config *config,
		     const struct p2p_endpoint *endpoint, uint32_t operation,
		     struct p2p_failure *failure)
{
	bool filling = operation == P2P_OPERATION_FILL;
	uint32_t needed = filling ? P2P_ENDPOINT_READ : P2P_ENDPOINT_WRITE;
	uint64_t first_block = filling ? config->source_block : config->target_block;

	if (!endpoint)
		return 0;
	failure->operation = operation;
	failure->offset = first_block * config->block_bytes;
	failure->length = config->block_bytes;
	if (!(endpoint->flags & needed))
		return -EBADF;
	if (!pinning_fits(config->pinning, endpoint) || config->block_bytes % endpoint->alignment)
		return -EINVAL;
	return span_fits(config, first_block, endpoint->length) ? 0 : -ERANGE;
}

static int check(const struct p2p_transactor_config *config, const struct p2p_endpoint *source,
		 const struct p2p_endpoint *target, struct p2p_failure *failure)
{
	int error;

	if (!config_in_range(config))
		return -EINVAL;
	error = check_end(config, source, P2P_OPERATION_FILL, failure);
	if (!error)
		error = check_end(config, target, P2P_OPERATION_DRAIN, failure);
	return error;
}

/* All slots idle, slot 0 on top of the stack. */
static void make_all_idle(struct p2p_transactor *transactor)
{
	uint32_t depth = transactor->config.depth;

	for (uint32_t i = 0; i < depth; i++)
		transactor->idle[i] = depth - 1 - i;
	transactor->idle_count = depth;
}

static int allocate(const struct p2p_transactor_config *config, const struct engine_ops *ops,
		    struct p2p_transactor **out)
{
	struct p2p_transactor *transactor = calloc(1, sizeof(*transactor));
	size_t bytes = config->depth * sizeof(struct slot);

	if (!transactor)
		return -ENOMEM;
	transactor->slot = aligned_alloc(_Alignof(struct slot), bytes);
	if (!transactor->slot) {
		free(transactor);
		return -ENOMEM;
	}
	memset(transactor->slot, 0, bytes);
	transactor->config = *config;
	transactor->ops = ops;
	transactor->clock = stamp_clock_get();
	pattern_open(&transactor->pattern, config->pattern == P2P_PATTERN_RANDOM, config->blocks,
		     config->seed);
	make_all_idle(transactor);
	*out = transactor;
	return 0;
}

static void deallocate(struct p2p_transactor *transactor)
{
	free(transactor->slot);
	free(transactor);
}

static int take_slots(struct p2p_transactor *transactor, struct p2p_memory *memory)
{
	const struct p2p_transactor_config *config = &transactor->config;
	int error =
		p2p_memory_lease(memory, config->block_bytes, config->depth, &transactor->lease);

	if (error)
		return error;
	transactor->memory = memory;
	transactor->slots.memory = memory;
	transactor->slots.base = memory->address + transactor->lease;
	transactor->slots.stride = round_up(config->block_bytes, SLOT_ALIGNMENT);
	return 0;
}

static int open_staging(struct p2p_transactor *transactor)
{
	uint64_t stride = transactor->slots.stride;
	int error;

	if (!transactor->config.staging)
		return 0;
	error = p2p_memory_open(P2P_MEMORY_RAM, NULL, stride * transactor->config.depth, 0,
				&transactor->staging_memory);
	if (error)
		return error;
	transactor->staging.memory = transactor->staging_memory;
	transactor->staging.base = transactor->staging_memory->address;
	transactor->staging.stride = stride;
	return 0;
}

static int open_engine(struct p2p_transactor *transactor, const struct p2p_endpoint *source,
		       const struct p2p_endpoint *target, struct p2p_failure *failure)
{
	struct engine_setup setup = {
		.depth = transactor->config.depth,
		.pinning = transactor->config.pinning,
		.block_bytes = transactor->config.block_bytes,
		.source = source,
		.target = target,
		.fill = transactor->staging.base ? transactor->staging : transactor->slots,
		.drain = transactor->slots,
	};

	transactor->has_source = source;
	transactor->has_target = target;
	return transactor->ops->open(&setup, &transactor->engine, failure);
}

static int open_checked(const struct p2p_transactor_config *config, struct p2p_memory *memory,
			struct p2p_endpoint *source, struct p2p_endpoint *target,
			struct p2p_transactor **out, struct p2p_failure *failure)
{
	struct p2p_transactor *transactor;
	int error = allocate(config, engines[config->engine], &transactor);

	if (error)
		return error;
	error = take_slots(transactor, memory);
	if (error)
		goto free_transactor;
	error = open_staging(transactor);
	if (error)
		goto release_slots;
	error = open_engine(transactor, source, target, failure);
	if (error)
		goto close_staging;
	*out = transactor;
	return 0;

close_staging:
	p2p_memory_close(transactor->staging_memory);
release_slots:
	p2p_memory_release(memory, transactor->lease);
free_transactor:
	deallocate(transactor);
	return error;
}

int p2p_transactor_open(const struct p2p_transactor_config *config, struct p2p_memory *memory,
			struct p2p_endpoint *source, struct p2p_endpoint *target,
			struct p2p_transactor **out, struct p2p_failure *failure)
{
	struct p2p_failure found = {0};
	int error = check(config, source, target, &found);

	if (!error) {
		memset(&found, 0, sizeof(found));
		error = open_checked(config, memory, source, target, out, &found);
	}
	if (error && failure) {
		found.error = -error;
		*failure = found;
	}
	return error;
}

int p2p_transactor_open_spin(uint64_t service_ns, uint64_t stalled, uint64_t stall_ns,
			     uint32_t virtual_time, struct p2p_transactor **out)
{
	static const struct p2p_transactor_config config = {
		.depth = 1,
		.block_bytes = SPIN_BLOCK_BYTES,
		.blocks = 1,
	};
	struct spin_setup setup = {service_ns, stalled, stall_ns, NULL};
	struct p2p_transactor *transactor;
	int error;

	if (virtual_time > 1 || service_ns > MAX_SPIN_NS || stall_ns > MAX_SPIN_NS)
		return -EINVAL;
	error = allocate(&config, &engine_spin_ops, &transactor);
	if (error)
		return error;
	transactor->own_clock = *transactor->clock;
	if (virtual_time)
		transactor->own_clock =
			(struct stamp_clock){.source = CLOCK_VIRTUAL, .base_ns = VIRTUAL_ORIGIN_NS};
	transactor->clock = setup.clock = &transactor->own_clock;
	/* Each transaction is one drain, into nowhere. */
	transactor->has_target = true;
	error = spin_engine_open(&setup, &transactor->engine);
	if (error) {
		deallocate(transactor);
		return error;
	}
	*out = transactor;
	return 0;
}

/* ---- what both loops need ----------------------------------------------- */

static inline uint64_t offset_of(const struct p2p_transactor *transactor, uint32_t operation,
				 uint64_t block)
{
	const struct p2p_transactor_config *config = &transactor->config;
	uint64_t first =
		operation == P2P_OPERATION_FILL ? config->source_block : config->target_block;

	return (first + block) * config->block_bytes;
}

static inline void mark(struct slot *slot, uint32_t operation, uint64_t offset)
{
	atomic_store_explicit(&slot->in_flight, offset << 2 | operation, memory_order_relaxed);
}

static inline void unmark(struct slot *slot)
{
	atomic_store_explicit(&slot->in_flight, 0, memory_order_relaxed);
}

/* One writer: a load and a store, not a locked addition. */
static inline void count_completed(struct p2p_transactor *transactor)
{
	uint64_t before = atomic_load_explicit(&transactor->completed, memory_order_relaxed);

	atomic_store_explicit(&transactor->completed, before + 1, memory_order_relaxed);
}

/* Records the first failure and returns what run returns for it. 'result': as of an engine. */
static __attribute__((cold, noinline)) int fail(struct p2p_transactor *transactor,
						uint32_t operation, uint64_t offset, int64_t result)
{
	uint64_t length = operation <= P2P_OPERATION_DRAIN ? transactor->config.block_bytes : 0;

	transactor->failure = (struct p2p_failure){
		.operation = operation,
		.error = result < 0 ? (int32_t)-result : 0,
		.offset = offset,
		.length = length,
		.moved = result < 0 ? 0 : (uint64_t)result,
	};
	atomic_store_explicit(&transactor->failed, 1, memory_order_release);
	return result < 0 ? (int)result : -EIO;
}

static inline bool has_failed(const struct p2p_transactor *transactor)
{
	return atomic_load_explicit(&transactor->failed, memory_order_relaxed);
}

static void stage_copy(struct p2p_transactor *transactor, uint32_t slot)
{
	copy_bytes(transactor->slots.base + slot * transactor->slots.stride,
		   transactor->staging.base + slot * transactor->staging.stride,
		   transactor->config.block_bytes);
}

/* ---- blocking engines --------------------------------------------------- */

static inline int transfer(struct p2p_transactor *transactor, uint32_t operation, uint64_t block)
{
	uint64_t offset = offset_of(transactor, operation, block);
	uint32_t tries = 0;
	int64_t moved;

	mark(&transactor->slot[0], operation, offset);
	do {
		moved = transactor->ops->transfer(transactor->engine, operation, offset);
	} while (__builtin_expect(moved == -EAGAIN, 0) && ++tries < MAX_RETRIES && !sched_yield());
	unmark(&transactor->slot[0]);
	if (__builtin_expect((uint64_t)moved != transactor->config.block_bytes, 0))
		return fail(transactor, operation, offset, moved);
	return 0;
}

/*
 * One transaction from end to end. 'stamping' is a constant at every call, so that a loop
 * without stamps has no trace of them left.
 */
static inline __attribute__((always_inline)) int transact(struct p2p_transactor *transactor,
							  struct p2p_stamps *stamps, bool stamping)
{
	const struct stamp_clock *clock = transactor->clock;
	uint64_t now = stamping ? stamp_now_ns(clock) : 0;
	uint64_t block = pattern_next(&transactor->pattern);
	int error;

	if (stamping)
		stamps->start = now;
	if (transactor->has_source) {
		error = transfer(transactor, P2P_OPERATION_FILL, block);
		if (error)
			return error;
		now = stamping ? stamp_now_ns(clock) : 0;
	}
	if (stamping)
		stamps->filled = now;
	if (transactor->staging.base) {
		stage_copy(transactor, 0);
		now = stamping ? stamp_fenced_ns(clock) : 0;
	}
	if (stamping)
		stamps->copied = now;
	if (transactor->has_target) {
		error = transfer(transactor, P2P_OPERATION_DRAIN, block);
		if (error)
			return error;
		now = stamping ? stamp_now_ns(clock) : 0;
	}
	if (stamping)
		stamps->drained = now;
	count_completed(transactor);
	return 0;
}

/* One transaction after the other. */
static inline __attribute__((always_inline)) int64_t run_blocking(struct p2p_transactor *transactor,
								  uint32_t count,
								  struct p2p_stamps *stamps,
								  bool stamping)
{
	for (uint32_t i = 0; i < count; i++) {
		int error = transact(transactor, stamping ? stamps + i : NULL, stamping);

		if (error)
			return error;
	}
	return count;
}

/* ---- queued engines ----------------------------------------------------- */

/* What became of a slot's transaction. */
enum progress { WAITING = 0, FINISHED = 1 };

static int queue_io(struct p2p_transactor *transactor, uint32_t index, uint32_t operation)
{
	struct slot *slot = &transactor->slot[index];
	uint64_t offset = offset_of(transactor, operation, slot->block);
	int error;

	atomic_store_explicit(&slot->sequence, ++transactor->sequence, memory_order_relaxed);
	mark(slot, operation, offset);
	error = transactor->ops->queue(transactor->engine, index, operation, offset);
	if (__builtin_expect(error, 0)) {
		unmark(slot);
		return fail(transactor, P2P_OPERATION_SUBMIT, 0, error);
	}
	return WAITING;
}

/* The buffer is full: copy if there is staging, then drain if there is a target. */
static int after_fill(struct p2p_transactor *transactor, uint32_t index, uint64_t now)
{
	struct slot *slot = &transactor->slot[index];

	slot->stamps.filled = now;
	if (transactor->staging.base) {
		stage_copy(transactor, index);
		now = transactor->stamped ? stamp_fenced_ns(transactor->clock) : 0;
	}
	slot->stamps.copied = now;
	if (transactor->has_target)
		return queue_io(transactor, index, P2P_OPERATION_DRAIN);
	slot->stamps.drained = now;
	return FINISHED;
}

static int start(struct p2p_transactor *transactor, uint32_t index, uint64_t now)
{
	struct slot *slot = &transactor->slot[index];

	slot->block = pattern_next(&transactor->pattern);
	slot->retries = 0;
	slot->stamps.start = now;
	if (transactor->has_source)
		return queue_io(transactor, index, P2P_OPERATION_FILL);
	return after_fill(transactor, index, now);
}

/* Takes one completion further: WAITING, FINISHED or a negative errno. */
static int advance(struct p2p_transactor *transactor, const struct engine_completion *completion,
		   uint64_t now)
{
	struct slot *slot = &transactor->slot[completion->slot];
	uint64_t word = atomic_load_explicit(&slot->in_flight, memory_order_relaxed);
	uint32_t operation = word & IN_FLIGHT_OPERATION;
	int32_t result = completion->result;

	unmark(slot);
	if (__builtin_expect((uint64_t)result != transactor->config.block_bytes, 0)) {
		if ((result == -EAGAIN || result == -EINTR) && ++slot->retries < MAX_RETRIES)
			return queue_io(transactor, completion->slot, operation);
		return fail(transactor, operation, word >> 2, result);
	}
	if (operation == P2P_OPERATION_FILL)
		return after_fill(transactor, completion->slot, now);
	slot->stamps.drained = now;
	return FINISHED;
}

/* Whether to submit again, within bounds: what passes by itself is tried again. */
static bool passes(int error, uint32_t *tries)
{
	/* Busy: completions first. The caller takes them and comes back. */
	if (error == -EBUSY || error == -EAGAIN)
		sched_yield();
	return error == -EINTR || ((error == -EBUSY || error == -EAGAIN) && ++*tries < MAX_RETRIES);
}

/* Submits, and waits if asked to. */
static int turn(struct p2p_transactor *transactor, bool wait)
{
	uint32_t tries = 0;
	int error;

	do {
		error = transactor->ops->turn(transactor->engine, wait);
		if (__builtin_expect(!error, 1))
			return 0;
	} while (passes(error, &tries));
	return fail(transactor, P2P_OPERATION_SUBMIT, 0, error);
}

/* Submits, and waits for a completion at most so long. */
static int await(struct p2p_transactor *transactor, uint64_t patience_ns)
{
	uint32_t tries = 0;
	int error;

	do {
		error = transactor->ops->await(transactor->engine, patience_ns);
		if (__builtin_expect(!error, 1))
			return 0;
	} while (passes(error, &tries));
	return fail(transactor, P2P_OPERATION_SUBMIT, 0, error);
}

/* The next completion, submitting and waiting when none is there. 0 or a negative errno. */
static inline int next_completion(struct p2p_transactor *transactor, struct engine_completion *out)
{
	while (!transactor->ops->next(transactor->engine, out)) {
		int error = turn(transactor, true);

		if (error)
			return error;
	}
	return 0;
}

/*
 * Gives transactions that a call without stamps had begun a beginning, so that none comes
 * out longer than this call.
 */
static void begin_stamping(struct p2p_transactor *transactor)
{
	uint64_t now = stamp_now_ns(transactor->clock);

	for (uint32_t i = 0; i < transactor->config.depth; i++)
		transactor->slot[i].stamps = (struct p2p_stamps){now, now, now, now};
}

/* Starts a transaction in every idle slot. */
static int prime(struct p2p_transactor *transactor, uint64_t now)
{
	while (transactor->idle_count) {
		int progress = start(transactor, transactor->idle[transactor->idle_count - 1], now);

		if (progress < 0)
			return progress;
		transactor->idle_count--;
	}
	return 0;
}

static inline __attribute__((always_inline)) int64_t run_queued(struct p2p_transactor *transactor,
								uint32_t count,
								struct p2p_stamps *stamps,
								bool stamping)
{
	int error = prime(transactor, stamping ? stamp_now_ns(transactor->clock) : 0);

	if (error)
		return error;
	for (uint32_t done = 0; done < count;) {
		struct engine_completion completion;
		uint64_t now;
		int progress;

		error = next_completion(transactor, &completion);
		if (error)
			return error;
		now = stamping ? stamp_now_ns(transactor->clock) : 0;
		progress = advance(transactor, &completion, now);
		if (progress < 0)
			return progress;
		if (progress == WAITING)
			continue;
		if (stamping)
			stamps[done] = transactor->slot[completion.slot].stamps;
		count_completed(transactor);
		if (++done == count) {
			transactor->idle[transactor->idle_count++] = completion.slot;
			break;
		}
		progress = start(transactor, completion.slot, now);
		if (progress < 0)
			return progress;
	}
	/* What the last completions queued shall be under way while the caller is. */
	error = turn(transactor, false);
	return error ? error : (int64_t)count;
}

/* ---- paced transactions: an open loop ------------------------------------ */

static void sleep_ns(uint64_t ns)
{
	struct timespec duration = {.tv_sec = (time_t)(ns / NS_PER_S),
				    .tv_nsec = (long)(ns % NS_PER_S)};

	clock_nanosleep(CLOCK_MONOTONIC, 0, &duration, NULL);
}

/* Waits for an arrival with nothing in flight. One in the past costs a look at the clock. */
static void wait_until(struct p2p_transactor *transactor, uint64_t arrival_ns)
{
	struct stamp_clock *own = &transactor->own_clock;
	uint64_t now = stamp_now_ns(transactor->clock);

	if (own->source == CLOCK_VIRTUAL && now < arrival_ns)
		own->base_ns = now = arrival_ns;
	while (now + SPIN_NS < arrival_ns) {
		sleep_ns(arrival_ns - now - SPIN_NS);
		now = stamp_now_ns(transactor->clock);
	}
	while (stamp_now_ns(transactor->clock) < arrival_ns)
		spin_hint();
}

static int64_t run_paced_blocking(struct p2p_transactor *transactor, uint32_t count,
				  struct p2p_stamps *stamps, uint64_t *arrived)
{
	for (uint32_t i = 0; i < count; i++) {
		int error;

		arrived[i] = arrivals_take_ns(&transactor->arrivals);
		wait_until(transactor, arrived[i]);
		error = transact(transactor, stamps + i, true);
		if (error)
			return error;
	}
	return count;
}

/* Starts what has arrived, as far as there are slots. The rest waits, as a time in the past. */
static int start_arrived(struct p2p_transactor *transactor)
{
	uint64_t now = stamp_now_ns(transactor->clock);

	while (transactor->idle_count && arrivals_next_ns(&transactor->arrivals) <= now) {
		uint32_t index = transactor->idle[transactor->idle_count - 1];
		int progress;

		transactor->arrived_ns[index] = arrivals_take_ns(&transactor->arrivals);
		progress = start(transactor, index, now);
		if (progress < 0)
			return progress;
		transactor->idle_count--;
	}
	return 0;
}

/* Submits, and waits for what comes first: a completion, or an arrival that there is a slot for. */
static int wait_for_either(struct p2p_transactor *transactor)
{
	uint64_t next = arrivals_next_ns(&transactor->arrivals), now;

	if (!transactor->idle_count)
		return turn(transactor, true);
	if (transactor->idle_count == transactor->config.depth) {
		wait_until(transactor, next);
		return 0;
	}
	now = stamp_now_ns(transactor->clock);
	return await(transactor, now + SPIN_NS < next ? next - now - SPIN_NS : 0);
}

static int64_t run_paced_queued(struct p2p_transactor *transactor, uint32_t count,
				struct p2p_stamps *stamps, uint64_t *arrived)
{
	int error;

	for (uint32_t done = 0; done < count;) {
		struct engine_completion completion;
		int progress;

		error = start_arrived(transactor);
		if (!error && !transactor->ops->next(transactor->engine, &completion)) {
			error = wait_for_either(transactor);
			if (!error)
				continue;
		}
		if (error)
			return error;
		progress = advance(transactor, &completion, stamp_now_ns(transactor->clock));
		if (progress < 0)
			return progress;
		if (progress == WAITING)
			continue;
		stamps[done] = transactor->slot[completion.slot].stamps;
		arrived[done++] = transactor->arrived_ns[completion.slot];
		transactor->idle[transactor->idle_count++] = completion.slot;
		count_completed(transactor);
	}
	error = turn(transactor, false);
	return error ? error : (int64_t)count;
}

/* ---- the calls ---------------------------------------------------------- */

static bool loops_by_call(const struct p2p_transactor *transactor)
{
	/* Around nothing there is nothing to queue either. */
	return transactor->ops->transfer || (!transactor->has_source && !transactor->has_target);
}

int64_t p2p_transactor_run(struct p2p_transactor *transactor, uint32_t count,
			   struct p2p_stamps *stamps)
{
	if (__builtin_expect(has_failed(transactor), 0))
		return -ECANCELED;
	if (!count)
		return 0;
	if (stamps && !transactor->stamped)
		begin_stamping(transactor);
	transactor->stamped = stamps;
	transactor->pacing = false;
	if (loops_by_call(transactor))
		return stamps ? run_blocking(transactor, count, stamps, true)
			      : run_blocking(transactor, count, NULL, false);
	return stamps ? run_queued(transactor, count, stamps, true)
		      : run_queued(transactor, count, NULL, false);
}

int p2p_transactor_pace(struct p2p_transactor *transactor, uint32_t arrivals,
			double rate_per_second, uint64_t seed)
{
	/* Written so that NaN is refused, too. */
	if (arrivals > P2P_ARRIVALS_POISSON ||
	    !(rate_per_second >= MIN_RATE_PER_SECOND && rate_per_second <= MAX_RATE_PER_SECOND))
		return -EINVAL;
	if (transactor->idle_count < transactor->config.depth)
		return -EBUSY;
	arrivals_open(&transactor->arrivals, arrivals == P2P_ARRIVALS_POISSON, rate_per_second,
		      seed);
	transactor->pacing = false;
	return 0;
}

int64_t p2p_transactor_run_paced(struct p2p_transactor *transactor, uint32_t count,
				 struct p2p_stamps *stamps, uint64_t *arrived)
{
	if (has_failed(transactor))
		return -ECANCELED;
	if (!transactor->arrivals.mean_gap_ns || !stamps || !arrived)
		return -EINVAL;
	if (!transactor->pacing) {
		if (transactor->idle_count < transactor->config.depth)
			return -EBUSY;
		arrivals_begin(&transactor->arrivals, stamp_now_ns(transactor->clock));
		transactor->pacing = true;
		transactor->stamped = true;
	}
	return loops_by_call(transactor) ? run_paced_blocking(transactor, count, stamps, arrived)
					 : run_paced_queued(transactor, count, stamps, arrived);
}

int p2p_transactor_quiesce(struct p2p_transactor *transactor)
{
	if (has_failed(transactor))
		return -ECANCELED;
	transactor->pacing = false;
	while (transactor->idle_count < transactor->config.depth) {
		struct engine_completion completion;
		int error = next_completion(transactor, &completion);
		int progress;

		if (error)
			return error;
		progress = advance(transactor, &completion, 0);
		if (progress < 0)
			return progress;
		if (progress == FINISHED) {
			count_completed(transactor);
			transactor->idle[transactor->idle_count++] = completion.slot;
		}
	}
	make_all_idle(transactor);
	return 0;
}

int p2p_transactor_seek(struct p2p_transactor *transactor, uint64_t block)
{
	if (has_failed(transactor))
		return -ECANCELED;
	if (transactor->idle_count < transactor->config.depth)
		return -EBUSY;
	if (block >= transactor->config.blocks)
		return -ERANGE;
	transactor->pattern.next = block;
	return 0;
}

uint64_t p2p_transactor_slot(const struct p2p_transactor *transactor, uint32_t i)
{
	return transactor->lease + i * transactor->slots.stride;
}

void *p2p_transactor_staging(const struct p2p_transactor *transactor, uint32_t i)
{
	if (!transactor->staging.base)
		return NULL;
	return transactor->staging.base + i * transactor->staging.stride;
}

uint64_t p2p_transactor_completed(const struct p2p_transactor *transactor)
{
	return atomic_load_explicit(&transactor->completed, memory_order_relaxed);
}

/* The I/O in flight that was queued first: 0 none. */
static uint64_t oldest_in_flight(const struct p2p_transactor *transactor)
{
	uint64_t oldest = 0, least = UINT64_MAX;

	for (uint32_t i = 0; i < transactor->config.depth; i++) {
		const struct slot *slot = &transactor->slot[i];
		uint64_t word = atomic_load_explicit(&slot->in_flight, memory_order_relaxed);
		uint64_t sequence = atomic_load_explicit(&slot->sequence, memory_order_relaxed);

		if (word && sequence < least) {
			oldest = word;
			least = sequence;
		}
	}
	return oldest;
}

void p2p_transactor_failure(const struct p2p_transactor *transactor, struct p2p_failure *out)
{
	uint64_t word;

	if (atomic_load_explicit(&transactor->failed, memory_order_acquire)) {
		*out = transactor->failure;
		return;
	}
	memset(out, 0, sizeof(*out));
	word = oldest_in_flight(transactor);
	if (!word)
		return;
	out->operation = word & IN_FLIGHT_OPERATION;
	out->error = EINPROGRESS;
	out->offset = word >> 2;
	out->length = transactor->config.block_bytes;
}

int p2p_transactor_close(struct p2p_transactor *transactor)
{
	int error;

	if (!transactor)
		return 0;
	error = transactor->ops->close(transactor->engine);
	/* The device may still write: slots and staging stay as they are, for good. */
	if (error != -ETIMEDOUT) {
		p2p_memory_close(transactor->staging_memory);
		if (transactor->memory)
			p2p_memory_release(transactor->memory, transactor->lease);
	}
	deallocate(transactor);
	return error;
}
