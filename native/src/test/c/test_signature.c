/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "check.h"
#include "support.h"

/* Answers the text, or "" with the error in 'error'. */
static const char *signature_of(const char *path, int *error)
{
	static char text[128];

	*error = p2p_signature(path, text, sizeof(text));
	return text;
}

static void write_at(const char *path, uint64_t offset, const void *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	CHECK(fd >= 0);
	CHECK_EQUAL(length, pwrite(fd, bytes, length, (off_t)offset));
	close(fd);
}

/* True when the command is there and succeeded. */
static bool make(const char *command, const char *path)
{
	char line[256];

	/* Where these programs are, which a user's PATH may lack. */
	snprintf(line, sizeof(line), "PATH=$PATH:/usr/sbin:/sbin %s %s >/dev/null 2>&1", command,
		 path);
	return system(line) == 0;
}

static void nothing_is_an_empty_text(void)
{
	const char *path = scratch_file(DISK, 4 * MIB), *empty = scratch_file(DISK, 0);
	int error;

	CHECK_TEXT("", signature_of(path, &error));
	CHECK_EQUAL(0, error);
	CHECK_TEXT("", signature_of(empty, &error));
	CHECK_EQUAL(0, error);
	fill_file(path, 4 * MIB, 3);
	CHECK_TEXT("", signature_of(path, &error));
	CHECK_EQUAL(0, error);
}

static void names_a_filesystem_with_its_label(void)
{
	const char *path = scratch_file(DISK, 4 * MIB);
	int error;

	if (!make("mke2fs -q -F -t ext4 -L data", path))
		SKIP("mke2fs is not here");
	CHECK_TEXT("ext4 filesystem 'data'", signature_of(path, &error));
	CHECK_EQUAL(0, error);
}

static void names_swap(void)
{
	const char *path = scratch_file(DISK, 4 * MIB);
	int error;

	if (!make("mkswap", path))
		SKIP("mkswap is not here");
	CHECK_TEXT("swap area", signature_of(path, &error));
	CHECK_EQUAL(0, error);
}

static void names_a_partition_table(void)
{
	/* A DOS table: one Linux partition from sector 64 on, 1024 sectors long. */
	static const uint8_t entry[] = {0, 0, 2, 0, 0x83, 0, 3, 0, 64, 0, 0, 0, 0, 4, 0, 0};
	static const uint8_t magic[] = {0x55, 0xaa};
	const char *path = scratch_file(DISK, 4 * MIB);
	int error;

	write_at(path, 446, entry, sizeof(entry));
	write_at(path, 510, magic, sizeof(magic));
	CHECK_TEXT("dos partition table", signature_of(path, &error));
	CHECK_EQUAL(0, error);
}

static void contradicting_signatures_are_an_error_with_a_text(void)
{
	const char *path = scratch_file(DISK, 4 * MIB);
	int error;

	if (!make("mke2fs -q -F -t ext4 -b 4096", path))
		SKIP("mke2fs is not here");
	/* The superblock of squashfs 4 begins at 0, which ext4 leaves alone. */
	write_at(path, 0, "hsqs", 4);
	write_at(path, 28, "\4", 1);
	CHECK_TEXT("several signatures", signature_of(path, &error));
	CHECK_EQUAL(-ENOTSUP, error);
}

static void short_room_truncates_the_text(void)
{
	const char *path = scratch_file(DISK, 4 * MIB);
	char text[8];

	if (!make("mke2fs -q -F -t ext4", path))
		SKIP("mke2fs is not here");
	CHECK_EQUAL(0, p2p_signature(path, text, sizeof(text)));
	CHECK_TEXT("ext4 fi", text);
	CHECK_EQUAL(-EINVAL, p2p_signature(path, text, 0));
}

static void a_path_that_is_absent_is_ENOENT(void)
{
	int error;

	CHECK_TEXT("", signature_of("./p2pbench-test-absent", &error));
	CHECK_EQUAL(-ENOENT, error);
}

int main(void)
{
	RUN(nothing_is_an_empty_text);
	RUN(names_a_filesystem_with_its_label);
	RUN(names_swap);
	RUN(names_a_partition_table);
	RUN(contradicting_signatures_are_an_error_with_a_text);
	RUN(short_room_truncates_the_text);
	RUN(a_path_that_is_absent_is_ENOENT);
	return 0;
}
