/* SPDX-License-Identifier: Apache-2.0 */
/*
 * engine.h: what moves a block between an endpoint and a buffer, and the table
 * that one adds an engine to.
 *
 * A new engine (NVMe queues driven from user space over VFIO, ...) is one file that
 * defines a 'struct engine_ops', its declaration below, one row of the table in
 * transactor.c and one value of enum p2p_engine. The transaction loop, stamps,
 * pattern, leases, failures and the watchdog's view come with it.
 *
 * Engines come in two sorts, told apart by which operations they define:
 *   blocking  transfer: the I/O is done when the call returns; depth 1 only
 *   queued    queue, turn, await and next: up to setup->depth I/Os at a time, at most one for a
 * slot
 *
 * Threads: one engine is used by one thread at a time, not always the same one.
 * The path of a transaction (transfer, queue, turn, await, next) does not allocate, lock
 * or print.
 *
 * Ownership: the engine owns what it makes in open and gives it back in close.
 * Endpoints, memory and buffers in the setup are borrowed; the transactor
 * keeps them alive until close has returned, and for ever when close answers
 * that the device may still write to them.
 */
#ifndef P2P_ENGINE_H
#define P2P_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "endpoint.h"
#include "memory.h"
#include "p2pbench.h"

/* Adjacent buffers, one for each slot: slot i begins at base + i * stride. */
struct engine_buffers {
	const struct p2p_memory
		*memory; /* where they lie: for engines that need device addresses */
	uint8_t *base;
	uint64_t stride; /* bytes, a multiple of 4 KiB */
};

struct engine_setup {
	uint32_t depth;
	uint32_t pinning;                  /* enum p2p_pinning */
	uint64_t block_bytes;              /* length of every I/O */
	const struct p2p_endpoint *source; /* NULL: nothing is filled */
	const struct p2p_endpoint *target; /* NULL: nothing is drained */
	struct engine_buffers fill;  /* fills go here: the staging buffers where there are some */
	struct engine_buffers drain; /* drains come from here: the leased slots */
};

struct engine_completion {
	uint32_t slot;
	int32_t result; /* bytes moved, or a negative errno */
};

struct engine; /* each engine's own */

struct engine_ops {
	uint32_t max_depth;
	uint32_t pinnings; /* bit (1u << enum p2p_pinning) for each that it can do */

	/*
	 * Sets up queues and registrations. May block and allocate. On failure
	 * returns a negative errno, leaves nothing behind, and has set
	 * failure->operation to the step (SETUP or REGISTER). *setup is the caller's:
	 * copy what is needed later.
	 */
	int (*open)(const struct engine_setup *setup, struct engine **out,
		    struct p2p_failure *failure);

	/*
	 * Blocking engines: one FILL or DRAIN of block_bytes at 'offset' of the source or
	 * target, with the buffer of slot 0. Blocks until done. Returns bytes moved
	 * or a negative errno; EINTR is its own to retry.
	 */
	int64_t (*transfer)(struct engine *engine, uint32_t operation, uint64_t offset);

	/*
	 * Queued engines: takes one I/O for a slot that has none. Does not block and
	 * need not tell the device yet. A negative errno means that it was not taken.
	 */
	int (*queue)(struct engine *engine, uint32_t slot, uint32_t operation, uint64_t offset);
	/*
	 * Tells the device of all that was queued; with 'wait', blocks until at least
	 * one completion can be had from next. Returns 0 or a negative errno; after
	 * -EINTR, -EAGAIN and -EBUSY it may be called again and nothing is lost.
	 */
	int (*turn)(struct engine *engine, bool wait);
	/*
	 * Tells the device of all that was queued, then waits until a completion can be had from
	 * next or patience_ns are over; 0 only looks. Returns as turn does; that there is none
	 * is no error. For paced transactions, which wait for arrivals too.
	 */
	int (*await)(struct engine *engine, uint64_t patience_ns);
	/* Takes one completion, without blocking. False: there is none now. */
	bool (*next)(struct engine *engine, struct engine_completion *out);

	/*
	 * Waits, within bounds, for what the device works on (what was queued but
	 * never told to it is dropped), then frees everything. -ETIMEDOUT: the device may
	 * still write to the buffers. Another errno: waiting failed, as above. 0: all quiet.
	 */
	int (*close)(struct engine *engine);
};

extern const struct engine_ops engine_sync_ops;
extern const struct engine_ops engine_io_uring_ops;

/* What engine_spin.c makes: a server of known service time, for p2p_transactor_open_spin alone. */
struct spin_setup {
	uint64_t service_ns; /* of each transaction */
	uint64_t stalled;    /* which transaction, from 1, takes stall_ns more; 0 none */
	uint64_t stall_ns;
	struct stamp_clock *clock; /* spins until it says so, or moves it on where it is virtual */
};

/* What each transfer says it moved. */
#define SPIN_BLOCK_BYTES 4096

int spin_engine_open(const struct spin_setup *setup, struct engine **out);
extern const struct engine_ops engine_spin_ops; /* blocking, without open */

#endif
