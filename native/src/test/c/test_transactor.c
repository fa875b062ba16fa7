/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <unistd.h>

#include "check.h"
#include "support.h"

static struct p2p_transactor_config config_of(uint32_t engine, uint32_t depth, uint64_t blocks)
{
	return (struct p2p_transactor_config){
		.engine = engine,
		.depth = depth,
		.block_bytes = 4096,
		.blocks = blocks,
	};
}

static struct p2p_transactor *open_transactor(const struct p2p_transactor_config *config,
					      struct p2p_memory *memory,
					      struct p2p_endpoint *source,
					      struct p2p_endpoint *target)
{
	struct p2p_transactor *transactor;
	struct p2p_failure failure = {0};
	int error = p2p_transactor_open(config, memory, source, target, &transactor, &failure);

	CHECK_EQUAL(0, failure.operation);
	CHECK_EQUAL(0, error);
	return transactor;
}

/* ---- bytes: every engine, depth, pinning, staging, place ----------------- */

#define BLOCKS 600u

struct variant {
	uint32_t memory;
	uint32_t engine;
	uint32_t depth;
	uint32_t pinning;
	uint32_t staging;
	const char *source;
	const char *target;
};

static void check_stamps(const struct p2p_stamps *stamps, uint32_t count, bool staging)
{
	for (uint32_t i = 0; i < count; i++) {
		CHECK(stamps[i].start && stamps[i].start <= stamps[i].filled);
		CHECK(stamps[i].filled <= stamps[i].copied);
		CHECK(staging || stamps[i].filled == stamps[i].copied);
		CHECK(stamps[i].copied <= stamps[i].drained);
		CHECK(stamps[i].start < stamps[i].drained);
		CHECK(!i || stamps[i - 1].drained <= stamps[i].drained);
	}
}

/* Two batches, one with stamps; then what is in flight completes the span exactly. */
static void run_once_over_the_span(struct p2p_transactor *transactor, const struct variant *variant)
{
	static struct p2p_stamps stamps[BLOCKS];
	uint32_t rest = BLOCKS - 100 - (variant->depth - 1);

	CHECK_EQUAL(100, p2p_transactor_run(transactor, 100, NULL));
	CHECK_EQUAL(100, p2p_transactor_completed(transactor));
	CHECK_EQUAL(rest, p2p_transactor_run(transactor, rest, stamps));
	check_stamps(stamps, rest, variant->staging);
	CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
	CHECK_EQUAL(BLOCKS, p2p_transactor_completed(transactor));
}

static void transfer_and_compare(const struct variant *variant)
{
	uint32_t direct = variant->pinning == P2P_PIN_NONE ? 0 : P2P_ENDPOINT_DIRECT;
	const char *from = scratch_file(variant->source, BLOCKS * 4096);
	const char *to = scratch_file(variant->target, BLOCKS * 4096);
	struct p2p_transactor_config config = config_of(variant->engine, variant->depth, BLOCKS);
	struct p2p_memory *memory = open_memory(variant->memory, variant->depth * 4096);
	struct p2p_endpoint *source, *target;
	struct p2p_transactor *transactor;

	config.pinning = variant->pinning;
	config.staging = variant->staging;
	fill_file(from, BLOCKS * 4096, variant->depth);
	source = open_endpoint(from, P2P_ENDPOINT_READ | direct);
	target = open_endpoint(to, P2P_ENDPOINT_WRITE | direct);
	transactor = open_transactor(&config, memory, source, target);
	CHECK(!p2p_transactor_staging(transactor, 0) == !variant->staging);
	run_once_over_the_span(transactor, variant);
	CHECK_EQUAL(-EBUSY, p2p_memory_close(memory));
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
	CHECK_EQUAL(0, p2p_endpoint_sync(target));
	CHECK_EQUAL(0, p2p_endpoint_close(source));
	CHECK_EQUAL(0, p2p_endpoint_close(target));
	CHECK_EQUAL(0, p2p_memory_close(memory));
	CHECK(same_bytes(from, to, BLOCKS * 4096));
	unlink(from);
	unlink(to);
}

static const char *const places[][2] = {{DISK, DISK}, {DISK, TMPFS}, {TMPFS, DISK}};

static void sync_moves_every_byte(void)
{
	for (uint32_t pinning = P2P_PIN_PER_TRANSACTION; pinning <= P2P_PIN_NONE; pinning += 2)
		for (uint32_t staging = 0; staging <= 1; staging++)
			for (int place = 0; place < 3; place++)
				transfer_and_compare(&(struct variant){
					P2P_MEMORY_RAM, P2P_ENGINE_SYNC, 1, pinning, staging,
					places[place][0], places[place][1]});
}

static void io_uring_moves_every_byte(void)
{
	static const uint32_t depths[] = {1, 32, 256};

	for (int depth = 0; depth < 3; depth++)
		for (uint32_t pinning = P2P_PIN_PER_TRANSACTION; pinning <= P2P_PIN_NONE; pinning++)
			for (uint32_t staging = 0; staging <= 1; staging++)
				transfer_and_compare(&(struct variant){
					P2P_MEMORY_CMB_EMULATED, P2P_ENGINE_IO_URING, depths[depth],
					pinning, staging, DISK, DISK});
}

static void io_uring_moves_every_byte_through_tmpfs(void)
{
	for (int place = 1; place < 3; place++)
		transfer_and_compare(&(struct variant){P2P_MEMORY_RAM, P2P_ENGINE_IO_URING, 32,
						       P2P_PIN_REGISTERED, 0, places[place][0],
						       places[place][1]});
}

/* ---- slots, order, position --------------------------------------------- */

static void put_number(struct p2p_memory *memory, const struct p2p_transactor *transactor,
		       uint32_t slot, uint64_t number)
{
	memcpy((uint8_t *)p2p_memory_address(memory) + p2p_transactor_slot(transactor, slot),
	       &number, sizeof(number));
}

static void after_quiesce_slot_i_serves_the_ith_next_transaction(void)
{
	const char *to = scratch_file(DISK, 64 * 4096);
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_endpoint *target = open_endpoint(to, WRITE_DIRECT);
	struct p2p_transactor_config config = config_of(P2P_ENGINE_IO_URING, 4, 64);
	struct p2p_transactor *transactor = open_transactor(&config, memory, NULL, target);

	for (uint64_t round = 0; round < 5; round++) {
		for (uint32_t i = 0; i < 4; i++)
			put_number(memory, transactor, i, 100 * round + i);
		CHECK_EQUAL(0, p2p_transactor_seek(transactor, 10 * round));
		CHECK_EQUAL(1, p2p_transactor_run(transactor, 1, NULL));
		CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
		for (uint64_t i = 0; i < 4; i++)
			CHECK_EQUAL(100 * round + i, word_at(to, (10 * round + i) * 4096));
		/* Leaves the slots in whatever order completions came. */
		CHECK_EQUAL(7, p2p_transactor_run(transactor, 7, NULL));
		CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
	}
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

static void up_to_depth_less_one_remain_in_flight(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_endpoint *target = open_endpoint(scratch_file(DISK, MIB), WRITE_DIRECT);
	struct p2p_transactor_config config = config_of(P2P_ENGINE_IO_URING, 8, 256);
	struct p2p_transactor *transactor = open_transactor(&config, memory, NULL, target);

	CHECK_EQUAL(0, p2p_transactor_run(transactor, 0, NULL));
	CHECK_EQUAL(10, p2p_transactor_run(transactor, 10, NULL));
	CHECK_EQUAL(10, p2p_transactor_completed(transactor));
	CHECK_EQUAL(-EBUSY, p2p_transactor_seek(transactor, 0));
	CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
	CHECK_EQUAL(17, p2p_transactor_completed(transactor));
	CHECK_EQUAL(-ERANGE, p2p_transactor_seek(transactor, 256));
	CHECK_EQUAL(0, p2p_transactor_seek(transactor, 255));
	CHECK_EQUAL(3, p2p_transactor_run(transactor, 3, NULL));
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

static void spans_begin_at_their_own_block_on_each_side(void)
{
	const char *from = scratch_file(DISK, 32 * 4096), *to = scratch_file(TMPFS, 32 * 4096);
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_transactor_config config = config_of(P2P_ENGINE_SYNC, 1, 3);
	struct p2p_endpoint *source, *target;
	struct p2p_transactor *transactor;

	number_blocks(from, 32, 4096);
	source = open_endpoint(from, READ_DIRECT);
	target = open_endpoint(to, WRITE_DIRECT);
	config.source_block = 20;
	config.target_block = 5;
	transactor = open_transactor(&config, memory, source, target);
	/* More than the span: it wraps and stays inside. */
	CHECK_EQUAL(8, p2p_transactor_run(transactor, 8, NULL));
	for (uint64_t i = 0; i < 3; i++)
		CHECK_EQUAL(20 + i, word_at(to, (5 + i) * 4096));
	CHECK_EQUAL(0, word_at(to, 4 * 4096));
	CHECK_EQUAL(0, word_at(to, 8 * 4096));
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
	p2p_endpoint_close(source);
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

/* Blocks that a random run over [8, 24) reads, one by one. */
static void read_randomly(struct p2p_memory *memory, struct p2p_endpoint *source, uint64_t seed,
			  uint64_t *blocks, uint32_t count)
{
	struct p2p_transactor_config config = config_of(P2P_ENGINE_SYNC, 1, 16);
	struct p2p_transactor *transactor;

	config.pattern = P2P_PATTERN_RANDOM;
	config.source_block = 8;
	config.seed = seed;
	transactor = open_transactor(&config, memory, source, NULL);
	for (uint32_t i = 0; i < count; i++) {
		CHECK_EQUAL(1, p2p_transactor_run(transactor, 1, NULL));
		memcpy(&blocks[i], p2p_memory_address(memory), sizeof(blocks[i]));
	}
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
}

static void random_pattern_stays_in_the_span_and_follows_the_seed(void)
{
	const char *from = scratch_file(DISK, 32 * 4096);
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, 4096);
	uint64_t first[200], again[200], other[200];
	struct p2p_endpoint *source;

	number_blocks(from, 32, 4096);
	source = open_endpoint(from, READ_DIRECT);
	read_randomly(memory, source, 7, first, 200);
	read_randomly(memory, source, 7, again, 200);
	read_randomly(memory, source, 8, other, 200);
	for (int i = 0; i < 200; i++)
		CHECK(first[i] >= 8 && first[i] < 24);
	CHECK(!memcmp(first, again, sizeof(first)));
	CHECK(memcmp(first, other, sizeof(first)));
	p2p_endpoint_close(source);
	p2p_memory_close(memory);
}

static void a_generator_copies_from_its_staging_buffer(void)
{
	for (uint32_t engine = P2P_ENGINE_SYNC; engine <= P2P_ENGINE_IO_URING; engine++) {
		const char *to = scratch_file(DISK, 16 * 4096);
		struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
		struct p2p_endpoint *target = open_endpoint(to, WRITE_DIRECT);
		struct p2p_transactor_config config = config_of(engine, engine ? 4 : 1, 16);
		struct p2p_transactor *transactor;
		struct p2p_stamps stamps[2];

		config.staging = 1;
		transactor = open_transactor(&config, memory, NULL, target);
		for (uint32_t i = 0; i < config.depth; i++)
			memset(p2p_transactor_staging(transactor, i), 0x22, 4096);
		CHECK_EQUAL(2, p2p_transactor_run(transactor, 2, stamps));
		CHECK_EQUAL(stamps[1].start, stamps[1].filled);
		CHECK(stamps[1].copied > stamps[1].filled);
		CHECK_EQUAL(0, p2p_transactor_close(transactor));
		CHECK_EQUAL(0x2222222222222222, word_at(to, 0));
		CHECK_EQUAL(0x2222222222222222, word_at(to, 4096 + 4088));
		p2p_endpoint_close(target);
		p2p_memory_close(memory);
	}
}

static void a_sink_ends_with_the_fill(void)
{
	const char *from = scratch_file(DISK, MIB);

	for (uint32_t engine = P2P_ENGINE_SYNC; engine <= P2P_ENGINE_IO_URING; engine++) {
		struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
		struct p2p_endpoint *source = open_endpoint(from, READ_DIRECT);
		struct p2p_transactor_config config = config_of(engine, engine ? 4 : 1, 256);
		struct p2p_transactor *transactor;
		struct p2p_stamps stamps[20];

		transactor = open_transactor(&config, memory, source, NULL);
		CHECK_EQUAL(20, p2p_transactor_run(transactor, 20, stamps));
		CHECK(stamps[19].start < stamps[19].filled);
		CHECK_EQUAL(stamps[19].filled, stamps[19].drained);
		CHECK_EQUAL(0, p2p_transactor_close(transactor));
		p2p_endpoint_close(source);
		p2p_memory_close(memory);
	}
}

static void an_empty_transaction_is_the_loop_around_nothing(void)
{
	for (uint32_t engine = P2P_ENGINE_SYNC; engine <= P2P_ENGINE_IO_URING; engine++) {
		struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
		struct p2p_transactor_config config = config_of(engine, engine ? 32 : 1, 1);
		struct p2p_transactor *transactor;
		struct p2p_stamps stamps[100];

		transactor = open_transactor(&config, memory, NULL, NULL);
		CHECK_EQUAL(100, p2p_transactor_run(transactor, 100, stamps));
		CHECK_EQUAL(100, p2p_transactor_completed(transactor));
		for (int i = 0; i < 100; i++) {
			CHECK_EQUAL(stamps[i].start, stamps[i].drained);
			CHECK(!i || stamps[i].start >= stamps[i - 1].start);
		}
		CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
		CHECK_EQUAL(0, p2p_transactor_close(transactor));
		p2p_memory_close(memory);
	}
}

static void a_call_with_stamps_stamps_nothing_from_before_it(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_endpoint *target = open_endpoint(scratch_file(DISK, MIB), WRITE_DIRECT);
	struct p2p_transactor_config config = config_of(P2P_ENGINE_IO_URING, 16, 256);
	struct p2p_transactor *transactor = open_transactor(&config, memory, NULL, target);
	struct p2p_stamps stamps[32];
	uint64_t before;

	CHECK_EQUAL(5, p2p_transactor_run(transactor, 5, NULL));
	before = p2p_clock_now_ns();
	CHECK_EQUAL(32, p2p_transactor_run(transactor, 32, stamps));
	for (int i = 0; i < 32; i++) {
		CHECK(stamps[i].start >= before);
		CHECK(stamps[i].start <= stamps[i].filled);
		CHECK(stamps[i].copied <= stamps[i].drained);
	}
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

static void two_transactors_share_a_memory_without_sharing_slots(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, 8 * 4096);
	struct p2p_transactor_config config = config_of(P2P_ENGINE_IO_URING, 4, 1);
	struct p2p_transactor *one = open_transactor(&config, memory, NULL, NULL);
	struct p2p_transactor *two = open_transactor(&config, memory, NULL, NULL);
	struct p2p_transactor *three;
	struct p2p_failure failure;

	CHECK_EQUAL(0, p2p_transactor_slot(one, 0));
	CHECK_EQUAL(3 * 4096, p2p_transactor_slot(one, 3));
	CHECK_EQUAL(4 * 4096, p2p_transactor_slot(two, 0));
	CHECK_EQUAL(-ENOMEM, p2p_transactor_open(&config, memory, NULL, NULL, &three, &failure));
	CHECK_EQUAL(0, p2p_transactor_close(one));
	CHECK_EQUAL(0, p2p_transactor_open(&config, memory, NULL, NULL, &three, &failure));
	CHECK_EQUAL(0, p2p_transactor_close(two));
	CHECK_EQUAL(0, p2p_transactor_close(three));
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

/* ---- pins ---------------------------------------------------------------- */

/* Pins taken while 100 blocks of 64 KiB are written; others can only add to them. */
static uint64_t pins_of_a_run(struct p2p_memory *memory, struct p2p_endpoint *target,
			      uint32_t engine, uint32_t pinning)
{
	struct p2p_transactor_config config = config_of(engine, 1, 100);
	struct p2p_transactor *transactor;
	uint64_t before, after;

	config.block_bytes = 64 * KIB;
	config.pinning = pinning;
	transactor = open_transactor(&config, memory, NULL, target);
	CHECK(read_pins_acquired(&before));
	CHECK_EQUAL(100, p2p_transactor_run(transactor, 100, NULL));
	CHECK(read_pins_acquired(&after));
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
	return after - before;
}

static uint64_t least_pins(struct p2p_memory *memory, struct p2p_endpoint *target, uint32_t engine,
			   uint32_t pinning)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 10; i++) {
		uint64_t pins = pins_of_a_run(memory, target, engine, pinning);

		least = pins < least ? pins : least;
	}
	return least;
}

static void the_kernel_pins_every_page_of_a_transaction_and_none_when_registered(void)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	const char *to = scratch_file(DISK, 100 * 64 * KIB);
	uint64_t expected = 100 * 64 * KIB / (uint64_t)sysconf(_SC_PAGESIZE), pins;
	struct p2p_endpoint *target;

	if (!read_pins_acquired(&pins)) {
		p2p_memory_close(memory);
		SKIP("the pin counters cannot be read (not root?)");
	}
	fill_file(to, 100 * 64 * KIB, 1);
	target = open_endpoint(to, WRITE_DIRECT);
	CHECK_EQUAL(expected, least_pins(memory, target, P2P_ENGINE_SYNC, P2P_PIN_PER_TRANSACTION));
	CHECK_EQUAL(expected,
		    least_pins(memory, target, P2P_ENGINE_IO_URING, P2P_PIN_PER_TRANSACTION));
	CHECK_EQUAL(0, least_pins(memory, target, P2P_ENGINE_IO_URING, P2P_PIN_REGISTERED));
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

static void structs_have_the_sizes_that_are_told(void)
{
	CHECK_EQUAL(sizeof(struct p2p_transactor_config), p2p_transactor_config_size());
	CHECK_EQUAL(sizeof(struct p2p_failure), p2p_failure_size());
	CHECK_EQUAL(P2P_ABI_VERSION, p2p_abi_version());
	p2p_noop();
}

int main(void)
{
	RUN(sync_moves_every_byte);
	RUN(io_uring_moves_every_byte);
	RUN(io_uring_moves_every_byte_through_tmpfs);
	RUN(after_quiesce_slot_i_serves_the_ith_next_transaction);
	RUN(up_to_depth_less_one_remain_in_flight);
	RUN(spans_begin_at_their_own_block_on_each_side);
	RUN(random_pattern_stays_in_the_span_and_follows_the_seed);
	RUN(a_generator_copies_from_its_staging_buffer);
	RUN(a_sink_ends_with_the_fill);
	RUN(an_empty_transaction_is_the_loop_around_nothing);
	RUN(a_call_with_stamps_stamps_nothing_from_before_it);
	RUN(two_transactors_share_a_memory_without_sharing_slots);
	RUN(the_kernel_pins_every_page_of_a_transaction_and_none_when_registered);
	RUN(structs_have_the_sizes_that_are_told);
	return 0;
}
