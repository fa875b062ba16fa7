/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server whose service time is known: it spins for so long and moves nothing. One server,
 * first come first served: with Poisson arrivals an M/D/1 queue, whose latencies theory gives.
 */
#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "engine.h"

struct engine {
	struct spin_setup setup;
	uint64_t served;
};

int spin_engine_open(const struct spin_setup *setup, struct engine **out)
{
	struct engine *engine = malloc(sizeof(*engine));

	if (!engine)
		return -ENOMEM;
	*engine = (struct engine){*setup, 0};
	*out = engine;
	return 0;
}

static int64_t spin_transfer(struct engine *engine, uint32_t operation, uint64_t offset)
{
	const struct spin_setup *setup = &engine->setup;
	uint64_t ns = setup->service_ns, end;

	(void)operation;
	(void)offset;
	if (++engine->served == setup->stalled)
		ns += setup->stall_ns;
	end = stamp_now_ns(setup->clock) + ns;
	if (setup->clock->source == CLOCK_VIRTUAL)
		setup->clock->base_ns = end;
	while (stamp_now_ns(setup->clock) < end)
		spin_hint();
	return SPIN_BLOCK_BYTES;
}

static int spin_close(struct engine *engine)
{
	free(engine);
	return 0;
}

const struct engine_ops engine_spin_ops = {
	.max_depth = 1,
	.pinnings = 1u << P2P_PIN_PER_TRANSACTION,
	.transfer = spin_transfer,
	.close = spin_close,
};
