/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

#define MAX_SCRATCH 256
#define CHUNK_BYTES 65536

static char scratch[MAX_SCRATCH][128];
static int scratch_count;
static pid_t scratch_owner;

static void remove_scratch(void)
{
	if (getpid() != scratch_owner)
		return;
	for (int i = 0; i < scratch_count; i++)
		unlink(scratch[i]);
}

const char *scratch_file(const char *directory, uint64_t length)
{
	char *path = scratch[scratch_count];
	int fd;

	CHECK(scratch_count < MAX_SCRATCH);
	if (!scratch_count++) {
		scratch_owner = getpid();
		atexit(remove_scratch);
	}
	snprintf(path, sizeof(scratch[0]), "%s/p2pbench-test-XXXXXX", directory);
	fd = mkstemp(path);
	CHECK(fd >= 0);
	CHECK(!ftruncate(fd, (off_t)length));
	close(fd);
	return path;
}

static int open_or_fail(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	CHECK(fd >= 0);
	return fd;
}

static void write_all(int fd, const void *bytes, uint64_t length, uint64_t offset)
{
	CHECK_EQUAL(length, pwrite(fd, bytes, length, (off_t)offset));
}

/* splitmix64: every byte of the file depends on where it stands. */
static uint64_t mix(uint64_t value)
{
	value += 0x9e3779b97f4a7c15ull;
	value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
	value = (value ^ value >> 27) * 0x94d049bb133111ebull;
	return value ^ value >> 31;
}

void fill_file(const char *path, uint64_t length, uint32_t seed)
{
	static uint64_t words[CHUNK_BYTES / sizeof(uint64_t)];
	int fd = open_or_fail(path, O_WRONLY);

	for (uint64_t offset = 0; offset < length; offset += CHUNK_BYTES) {
		uint64_t rest = length - offset;

		for (uint64_t i = 0; i < CHUNK_BYTES / sizeof(uint64_t); i++)
			words[i] = mix(offset / sizeof(uint64_t) + i + ((uint64_t)seed << 40));
		write_all(fd, words, rest < CHUNK_BYTES ? rest : CHUNK_BYTES, offset);
	}
	CHECK(!fsync(fd));
	close(fd);
}

void number_blocks(const char *path, uint64_t blocks, uint64_t block_bytes)
{
	uint64_t *block = malloc(block_bytes);
	int fd = open_or_fail(path, O_WRONLY);

	CHECK(block);
	for (uint64_t number = 0; number < blocks; number++) {
		block[0] = number;
		for (uint64_t i = 1; i < block_bytes / sizeof(*block); i++)
			block[i] = mix(number << 20 | i);
		write_all(fd, block, block_bytes, number * block_bytes);
	}
	CHECK(!fsync(fd));
	close(fd);
	free(block);
}

bool same_bytes(const char *path, const char *other, uint64_t length)
{
	static char left[CHUNK_BYTES], right[CHUNK_BYTES];
	int fd = open_or_fail(path, O_RDONLY), other_fd = open_or_fail(other, O_RDONLY);
	bool same = true;

	for (uint64_t offset = 0; same && offset < length; offset += CHUNK_BYTES) {
		uint64_t rest = length - offset;
		uint64_t part = rest < CHUNK_BYTES ? rest : CHUNK_BYTES;

		CHECK_EQUAL(part, pread(fd, left, part, (off_t)offset));
		CHECK_EQUAL(part, pread(other_fd, right, part, (off_t)offset));
		same = !memcmp(left, right, part);
	}
	close(fd);
	close(other_fd);
	return same;
}

uint64_t word_at(const char *path, uint64_t offset)
{
	int fd = open_or_fail(path, O_RDONLY);
	uint64_t word;

	CHECK_EQUAL(sizeof(word), pread(fd, &word, sizeof(word), (off_t)offset));
	close(fd);
	return word;
}

struct p2p_memory *open_memory(uint32_t kind, uint64_t length)
{
	struct p2p_memory *memory;

	CHECK_EQUAL(0, p2p_memory_open(kind, NULL, length, 0, &memory));
	return memory;
}

struct p2p_endpoint *open_endpoint(const char *path, uint32_t flags)
{
	struct p2p_endpoint *endpoint;

	CHECK_EQUAL(0, p2p_endpoint_open(path, flags, &endpoint));
	return endpoint;
}

/* Folds the counters' per-CPU parts into the sums that /proc/vmstat shows. */
static bool refresh_counters(void)
{
	int fd = open("/proc/sys/vm/stat_refresh", O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, "1", 1) == 1;
	close(fd);
	return done;
}

bool read_pins_acquired(uint64_t *pins)
{
	char line[128];
	bool found = false;
	FILE *file;

	if (!refresh_counters())
		return false;
	file = fopen("/proc/vmstat", "re");
	CHECK(file);
	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "nr_foll_pin_acquired %" SCNu64, pins) == 1;
	fclose(file);
	return found;
}

bool is_root(void)
{
	return geteuid() == 0;
}
