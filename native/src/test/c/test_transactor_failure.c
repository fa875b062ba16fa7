/* SPDX-License-Identifier: Apache-2.0 */
/* What transactor.c does when something goes wrong. */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "endpoint.h"
#include "support.h"

static struct p2p_transactor_config config_of(uint32_t engine, uint64_t blocks)
{
	return (struct p2p_transactor_config){
		.engine = engine,
		.depth = engine == P2P_ENGINE_SYNC ? 1 : 4,
		.block_bytes = 4096,
		.blocks = blocks,
	};
}

static void check_failure(const struct p2p_transactor *transactor, struct p2p_failure expected)
{
	struct p2p_failure found;

	p2p_transactor_failure(transactor, &found);
	CHECK_EQUAL(expected.operation, found.operation);
	CHECK_EQUAL(expected.error, found.error);
	CHECK_EQUAL(expected.offset, found.offset);
	CHECK_EQUAL(expected.length, found.length);
	CHECK_EQUAL(expected.moved, found.moved);
}

static void check_only_closable(struct p2p_transactor *transactor)
{
	CHECK_EQUAL(-ECANCELED, p2p_transactor_run(transactor, 1, NULL));
	CHECK_EQUAL(-ECANCELED, p2p_transactor_quiesce(transactor));
	CHECK_EQUAL(-ECANCELED, p2p_transactor_seek(transactor, 0));
	CHECK_EQUAL(0, p2p_transactor_close(transactor));
}

static void a_source_that_ends_early_is_a_short_transfer_with_both_numbers(void)
{
	for (uint32_t engine = P2P_ENGINE_SYNC; engine <= P2P_ENGINE_IO_URING; engine++) {
		const char *from = scratch_file(DISK, 8 * 4096);
		struct p2p_transactor_config config = config_of(engine, 8);
		struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
		struct p2p_endpoint *source;
		struct p2p_transactor *transactor;

		fill_file(from, 8 * 4096, 1);
		source = open_endpoint(from, READ_DIRECT);
		config.depth = 1;
		CHECK_EQUAL(0,
			    p2p_transactor_open(&config, memory, source, NULL, &transactor, NULL));
		CHECK(!truncate(from, 3 * 4096 + 1024));
		CHECK_EQUAL(-EIO, p2p_transactor_run(transactor, 8, NULL));
		CHECK_EQUAL(3, p2p_transactor_completed(transactor));
		check_failure(transactor,
			      (struct p2p_failure){P2P_OPERATION_FILL, 0, 3 * 4096, 4096, 1024});
		check_only_closable(transactor);
		p2p_endpoint_close(source);
		CHECK_EQUAL(0, p2p_memory_close(memory));
	}
}

/* O_DIRECT I/O of 1000 bytes, by an endpoint that claims no alignment. */
static void unaligned_io_fails_with_offset_and_length(void)
{
	for (uint32_t engine = P2P_ENGINE_SYNC; engine <= P2P_ENGINE_IO_URING; engine++) {
		struct p2p_transactor_config config = config_of(engine, 4);
		struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
		struct p2p_endpoint *target = open_endpoint(scratch_file(DISK, MIB), WRITE_DIRECT);
		struct p2p_transactor *transactor;

		target->alignment = 1;
		config.depth = 1;
		config.block_bytes = 1000;
		config.target_block = 7;
		CHECK_EQUAL(0,
			    p2p_transactor_open(&config, memory, NULL, target, &transactor, NULL));
		CHECK_EQUAL(-EINVAL, p2p_transactor_run(transactor, 3, NULL));
		check_failure(transactor,
			      (struct p2p_failure){P2P_OPERATION_DRAIN, EINVAL, 7000, 1000, 0});
		check_only_closable(transactor);
		p2p_endpoint_close(target);
		CHECK_EQUAL(0, p2p_memory_close(memory));
	}
}

static void a_buffer_that_is_not_mapped_is_EFAULT_at_its_offset(void)
{
	for (uint32_t engine = P2P_ENGINE_SYNC; engine <= P2P_ENGINE_IO_URING; engine++) {
		struct p2p_transactor_config config = config_of(engine, 16);
		struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
		struct p2p_endpoint *target = open_endpoint(scratch_file(DISK, MIB), WRITE_DIRECT);
		struct p2p_transactor *transactor;
		struct p2p_failure failure;

		CHECK_EQUAL(0,
			    p2p_transactor_open(&config, memory, NULL, target, &transactor, NULL));
		CHECK_EQUAL(5, p2p_transactor_run(transactor, 5, NULL));
		CHECK_EQUAL(0, p2p_transactor_quiesce(transactor));
		CHECK(!mprotect(p2p_memory_address(memory), MIB, PROT_NONE));
		CHECK_EQUAL(-EFAULT, p2p_transactor_run(transactor, 5, NULL));
		p2p_transactor_failure(transactor, &failure);
		CHECK_EQUAL(P2P_OPERATION_DRAIN, failure.operation);
		CHECK_EQUAL(EFAULT, failure.error);
		CHECK_EQUAL(4096, failure.length);
		CHECK_EQUAL(0, failure.offset % 4096);
		CHECK_EQUAL(0, failure.moved);
		/* Others were in flight beside it: close has waited for them. */
		check_only_closable(transactor);
		p2p_endpoint_close(target);
		CHECK_EQUAL(0, p2p_memory_close(memory));
	}
}

static void drain_until_full(const char *path, uint32_t engine)
{
	struct p2p_transactor_config config = config_of(engine, 1024);
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_endpoint *target = open_endpoint(path, WRITE_DIRECT);
	struct p2p_transactor *transactor;
	struct p2p_failure failure;

	CHECK_EQUAL(0, p2p_transactor_open(&config, memory, NULL, target, &transactor, NULL));
	CHECK_EQUAL(-ENOSPC, p2p_transactor_run(transactor, 1024, NULL));
	p2p_transactor_failure(transactor, &failure);
	CHECK_EQUAL(P2P_OPERATION_DRAIN, failure.operation);
	CHECK_EQUAL(ENOSPC, failure.error);
	CHECK(failure.offset >= 128 * KIB && failure.offset <= 256 * KIB);
	check_only_closable(transactor);
	p2p_endpoint_close(target);
	p2p_memory_close(memory);
}

static void fill_a_small_tmpfs(const char *directory)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/sparse", directory);
	for (uint32_t engine = P2P_ENGINE_SYNC; engine <= P2P_ENGINE_IO_URING; engine++) {
		FILE *file = fopen(path, "we");

		CHECK(file && !ftruncate(fileno(file), 4 * MIB));
		fclose(file);
		drain_until_full(path, engine);
		CHECK(!unlink(path));
	}
	/* Nothing of a closed transactor keeps the filesystem busy. */
	CHECK(!umount(directory));
}

/* In a child with mounts of its own, which go when it does, however that is. */
static void a_full_disk_is_ENOSPC_where_it_got_full(void)
{
	char directory[] = "./p2pbench-mount-XXXXXX";
	enum { DONE = 0, NO_MOUNT = 77 };
	pid_t child;
	int status;

	CHECK(mkdtemp(directory));
	child = fork();
	if (!child) {
		if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("tmpfs", directory, "tmpfs", 0, "size=256k"))
			_exit(NO_MOUNT);
		fill_a_small_tmpfs(directory);
		_exit(DONE);
	}
	CHECK_EQUAL(child, waitpid(child, &status, 0));
	rmdir(directory);
	CHECK(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_MOUNT)
		SKIP("a tmpfs cannot be mounted (not root?)");
	CHECK_EQUAL(DONE, WEXITSTATUS(status));
}

/* ---- an I/O that does not end: the read of a pipe that nobody writes to --- */

struct hung {
	int ends[2];
	struct p2p_endpoint source;
	struct p2p_memory *memory;
	struct p2p_transactor *transactor;
};

static void hang_up(struct hung *hung)
{
	struct p2p_transactor_config config = config_of(P2P_ENGINE_IO_URING, 8);

	CHECK(!pipe(hung->ends));
	hung->source = (struct p2p_endpoint){
		.fd = hung->ends[0], .flags = READ_DIRECT, .alignment = 1, .length = MIB};
	hung->memory = open_memory(P2P_MEMORY_RAM, MIB);
	config.depth = 1;
	CHECK_EQUAL(0, p2p_transactor_open(&config, hung->memory, &hung->source, NULL,
					   &hung->transactor, NULL));
}

static void *run_one(void *argument)
{
	struct hung *hung = argument;

	CHECK_EQUAL(1, p2p_transactor_run(hung->transactor, 1, NULL));
	return NULL;
}

static void a_watchdog_sees_the_io_in_flight_from_another_thread(void)
{
	static const char block[4096];
	struct p2p_failure seen;
	struct hung hung;
	pthread_t thread;

	hang_up(&hung);
	check_failure(hung.transactor, (struct p2p_failure){0});
	CHECK_EQUAL(0, pthread_create(&thread, NULL, run_one, &hung));
	do {
		p2p_transactor_failure(hung.transactor, &seen);
	} while (seen.operation == P2P_OPERATION_NONE);
	check_failure(hung.transactor,
		      (struct p2p_failure){P2P_OPERATION_FILL, EINPROGRESS, 0, 4096, 0});
	CHECK_EQUAL(0, p2p_transactor_completed(hung.transactor));
	CHECK_EQUAL(4096, write(hung.ends[1], block, sizeof(block)));
	CHECK_EQUAL(0, pthread_join(thread, NULL));
	CHECK_EQUAL(1, p2p_transactor_completed(hung.transactor));
	check_failure(hung.transactor, (struct p2p_failure){0});
	CHECK_EQUAL(0, p2p_transactor_close(hung.transactor));
	CHECK_EQUAL(0, p2p_memory_close(hung.memory));
	close(hung.ends[0]);
	close(hung.ends[1]);
}

static void slots_of_a_hung_io_stay_leased(void)
{
	struct p2p_transactor_config config = config_of(P2P_ENGINE_IO_URING, 8);
	struct hung hung;
	char block[4096];

	hang_up(&hung);
	/* Two slots, one block to be had: the first transaction ends, the second never does. */
	CHECK_EQUAL(0, p2p_transactor_close(hung.transactor));
	config.depth = 2;
	CHECK_EQUAL(0, p2p_transactor_open(&config, hung.memory, &hung.source, NULL,
					   &hung.transactor, NULL));
	memset(block, 0, sizeof(block));
	CHECK_EQUAL(4096, write(hung.ends[1], block, sizeof(block)));
	CHECK_EQUAL(1, p2p_transactor_run(hung.transactor, 1, NULL));
	CHECK_EQUAL(-ETIMEDOUT, p2p_transactor_close(hung.transactor));
	CHECK_EQUAL(-EBUSY, p2p_memory_close(hung.memory));
	/* For this program alone, which knows that the pipe is gone: */
	close(hung.ends[0]);
	close(hung.ends[1]);
	CHECK_EQUAL(0, p2p_memory_release(hung.memory, 0));
	CHECK_EQUAL(0, p2p_memory_close(hung.memory));
}

/* ---- refused before any I/O ---------------------------------------------- */

static int refusal(const struct p2p_transactor_config *config, struct p2p_endpoint *source,
		   struct p2p_endpoint *target, struct p2p_failure *failure)
{
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_transactor *transactor;
	int error = p2p_transactor_open(config, memory, source, target, &transactor, failure);

	CHECK(error < 0);
	CHECK_EQUAL(-error, failure->error);
	/* A refusal leaves nothing behind. */
	CHECK_EQUAL(0, p2p_memory_close(memory));
	return error;
}

#define CHECK_REFUSED(member, value)                                                               \
	do {                                                                                       \
		struct p2p_transactor_config config_ = config_of(P2P_ENGINE_SYNC, 8);              \
		struct p2p_failure failure_;                                                       \
		config_.member = value;                                                            \
		CHECK_EQUAL(-EINVAL, refusal(&config_, NULL, NULL, &failure_));                    \
		CHECK_EQUAL(P2P_OPERATION_NONE, failure_.operation);                               \
	} while (0)

static void a_config_out_of_range_is_refused(void)
{
	CHECK_REFUSED(engine, 2);
	CHECK_REFUSED(pinning, 3);
	CHECK_REFUSED(pinning, P2P_PIN_REGISTERED);
	CHECK_REFUSED(staging, 2);
	CHECK_REFUSED(depth, 0);
	CHECK_REFUSED(depth, 2);
	CHECK_REFUSED(pattern, 2);
	CHECK_REFUSED(reserved, 1);
	CHECK_REFUSED(block_bytes, 0);
	CHECK_REFUSED(block_bytes, (1ull << 30) + 1);
	CHECK_REFUSED(blocks, 0);
}

static void endpoints_that_do_not_fit_are_refused(void)
{
	const char *path = scratch_file(DISK, MIB);
	struct p2p_endpoint *source = open_endpoint(path, READ_DIRECT);
	struct p2p_endpoint *buffered = open_endpoint(path, P2P_ENDPOINT_WRITE);
	struct p2p_transactor_config config = config_of(P2P_ENGINE_SYNC, 256);
	struct p2p_failure failure;

	CHECK_EQUAL(-EBADF, refusal(&config, NULL, source, &failure));
	CHECK_EQUAL(P2P_OPERATION_DRAIN, failure.operation);
	CHECK_EQUAL(-EINVAL, refusal(&config, NULL, buffered, &failure));
	config.pinning = P2P_PIN_NONE;
	CHECK_EQUAL(-EINVAL, refusal(&config, source, NULL, &failure));
	CHECK_EQUAL(P2P_OPERATION_FILL, failure.operation);
	config.pinning = P2P_PIN_PER_TRANSACTION;
	config.block_bytes = 4000;
	CHECK_EQUAL(-EINVAL, refusal(&config, source, NULL, &failure));
	config.block_bytes = 4096;
	config.source_block = 1;
	CHECK_EQUAL(-ERANGE, refusal(&config, source, NULL, &failure));
	CHECK_EQUAL(4096, failure.offset);
	config.source_block = UINT64_MAX;
	CHECK_EQUAL(-ERANGE, refusal(&config, source, NULL, &failure));
	config.source_block = 0;
	config.blocks = UINT64_MAX / 2;
	CHECK_EQUAL(-ERANGE, refusal(&config, source, NULL, &failure));
	p2p_endpoint_close(source);
	p2p_endpoint_close(buffered);
}

static void too_many_slots_for_the_memory_is_ENOMEM(void)
{
	struct p2p_transactor_config config = config_of(P2P_ENGINE_IO_URING, 8);
	struct p2p_failure failure;

	config.depth = 256;
	config.block_bytes = 8192;
	CHECK_EQUAL(-ENOMEM, refusal(&config, NULL, NULL, &failure));
}

static void registering_what_is_not_mapped_says_so(void)
{
	struct p2p_transactor_config config = config_of(P2P_ENGINE_IO_URING, 8);
	struct p2p_memory *memory = open_memory(P2P_MEMORY_RAM, MIB);
	struct p2p_transactor *transactor;
	struct p2p_failure failure;

	config.pinning = P2P_PIN_REGISTERED;
	CHECK(!mprotect(p2p_memory_address(memory), MIB, PROT_NONE));
	CHECK_EQUAL(-EFAULT,
		    p2p_transactor_open(&config, memory, NULL, NULL, &transactor, &failure));
	CHECK_EQUAL(P2P_OPERATION_REGISTER, failure.operation);
	CHECK_EQUAL(EFAULT, failure.error);
	CHECK_EQUAL(0, p2p_memory_close(memory));
}

int main(void)
{
	RUN(a_source_that_ends_early_is_a_short_transfer_with_both_numbers);
	RUN(unaligned_io_fails_with_offset_and_length);
	RUN(a_buffer_that_is_not_mapped_is_EFAULT_at_its_offset);
	RUN(a_full_disk_is_ENOSPC_where_it_got_full);
	RUN(a_watchdog_sees_the_io_in_flight_from_another_thread);
	RUN(slots_of_a_hung_io_stay_leased);
	RUN(a_config_out_of_range_is_refused);
	RUN(endpoints_that_do_not_fit_are_refused);
	RUN(too_many_slots_for_the_memory_is_ENOMEM);
	RUN(registering_what_is_not_mapped_says_so);
	CHECK_EQUAL(0, p2p_transactor_close(NULL));
	return 0;
}
