/* SPDX-License-Identifier: Apache-2.0 */
#include <blkid/blkid.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "p2pbench.h"

/* libblkid's word for what a signature is used for, in words for people. */
static const struct {
	const char *usage;
	const char *words;
} usages[] = {
	{"filesystem", "filesystem"},
	{"raid", "RAID or volume group member"},
	{"crypto", "encrypted volume"},
	{"other", "area"},
};

/* What libblkid answers to blkid_do_safeprobe. */
enum probe_answer { PROBE_FOUND = 0, PROBE_NOTHING = 1, PROBE_SEVERAL = -2 };

static const char *value_of(blkid_probe probe, const char *name)
{
	const char *value = NULL;

	return blkid_probe_lookup_value(probe, name, &value, NULL) ? NULL : value;
}

static const char *usage_in_words(const char *usage)
{
	for (size_t i = 0; usage && i < sizeof(usages) / sizeof(usages[0]); i++)
		if (!strcmp(usage, usages[i].usage))
			return usages[i].words;
	return "signature";
}

/* A label is the user's bytes: nothing in it may break the line it is printed on. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (iscntrl((unsigned char)*text))
			*text = '?';
}

static void describe(blkid_probe probe, char *text, size_t size)
{
	const char *type = value_of(probe, "TYPE");
	const char *label = value_of(probe, "LABEL");
	const char *table = value_of(probe, "PTTYPE");
	int length = 0;

	if (type)
		length = snprintf(text, size, "%s %s", type,
				  usage_in_words(value_of(probe, "USAGE")));
	if (type && label && (size_t)length < size)
		length += snprintf(text + length, size - (size_t)length, " '%s'", label);
	if (table && (size_t)length < size)
		snprintf(text + length, size - (size_t)length, "%s%s partition table",
			 type ? " and " : "", table);
	make_printable(text);
}

static int probe_descriptor(int fd, char *text, size_t size)
{
	blkid_probe probe = blkid_new_probe();
	int answer;

	if (!probe)
		return -ENOMEM;
	errno = 0;
	answer = blkid_probe_set_device(probe, fd, 0, 0);
	if (!answer) {
		blkid_probe_enable_superblocks(probe, true);
		blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE |
								 BLKID_SUBLKS_LABEL);
		blkid_probe_enable_partitions(probe, true);
		answer = blkid_do_safeprobe(probe);
	}
	if (answer == PROBE_FOUND)
		describe(probe, text, size);
	blkid_free_probe(probe);
	if (answer == PROBE_FOUND || answer == PROBE_NOTHING)
		return 0;
	if (answer != PROBE_SEVERAL)
		return errno ? -errno : -EIO;
	snprintf(text, size, "several signatures");
	return -ENOTSUP;
}

int p2p_signature(const char *path, char *text, uint64_t size)
{
	int fd, error;

	if (!size)
		return -EINVAL;
	text[0] = '\0';
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	error = probe_descriptor(fd, text, size);
	close(fd);
	return error;
}
