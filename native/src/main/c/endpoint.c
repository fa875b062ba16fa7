/* SPDX-License-Identifier: Apache-2.0 */
#include "endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define KNOWN_FLAGS (P2P_ENDPOINT_READ | P2P_ENDPOINT_WRITE | P2P_ENDPOINT_DIRECT)
#define DEFAULT_ALIGNMENT 512u

/*
 * statx's direct I/O members by number: the C library's headers may be older than
 * the kernel, and the kernel's struct never moves a member.
 */
#define MASK_DIOALIGN 0x2000u
#define OFFSET_OF_DIO_OFFSET_ALIGN 156u

static int open_flags(uint32_t flags, bool block_device)
{
	int access = O_RDONLY;

	if (flags & P2P_ENDPOINT_WRITE)
		access = flags & P2P_ENDPOINT_READ ? O_RDWR : O_WRONLY;
	if (flags & P2P_ENDPOINT_DIRECT)
		access |= O_DIRECT;
	/* O_EXCL without O_CREAT is the kernel's claim on a block device. */
	if (block_device && flags & P2P_ENDPOINT_WRITE)
		access |= O_EXCL;
	return access | O_CLOEXEC;
}

/*
 * Looks first, then opens what was looked at: by way of the descriptor, so that a
 * path replaced in between cannot turn a file into a device opened without O_EXCL.
 */
static int open_looked_at(const char *path, uint32_t flags, struct stat *status)
{
	int found = open(path, O_PATH | O_CLOEXEC);
	char link[64];
	int fd;

	if (found < 0)
		return -errno;
	if (fstat(found, status)) {
		fd = -errno;
	} else if (!S_ISREG(status->st_mode) && !S_ISBLK(status->st_mode)) {
		fd = -ENOTSUP;
	} else {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", found);
		fd = open(link, open_flags(flags, S_ISBLK(status->st_mode)));
		if (fd < 0)
			fd = -errno;
	}
	close(found);
	return fd;
}

static int measure(struct p2p_endpoint *endpoint, const struct stat *status)
{
	if (S_ISBLK(status->st_mode))
		return ioctl(endpoint->fd, BLKGETSIZE64, &endpoint->length) ? -errno : 0;
	endpoint->length = (uint64_t)status->st_size;
	return 0;
}

/* 0: the kernel does not say. -EINVAL: it says that direct I/O is not possible. */
static int alignment_from_statx(int fd, uint32_t *alignment)
{
	struct statx status;

	memset(&status, 0, sizeof(status));
	if (statx(fd, "", AT_EMPTY_PATH, MASK_DIOALIGN, &status) ||
	    !(status.stx_mask & MASK_DIOALIGN))
		return 0;
	memcpy(alignment, (const uint8_t *)&status + OFFSET_OF_DIO_OFFSET_ALIGN,
	       sizeof(*alignment));
	return *alignment ? 0 : -EINVAL;
}

/* Logical block size of the device below a file, or of a partition's disk; 0 unknown. */
static uint32_t alignment_from_sysfs(dev_t device)
{
	static const char *const places[] = {"", "../"};
	char path[128];
	uint32_t bytes = 0;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !bytes; i++) {
		FILE *file;

		snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%squeue/logical_block_size",
			 major(device), minor(device), places[i]);
		file = fopen(path, "re");
		if (!file)
			continue;
		if (fscanf(file, "%" SCNu32, &bytes) != 1)
			bytes = 0;
		fclose(file);
	}
	return bytes;
}

static int find_alignment(struct p2p_endpoint *endpoint, const struct stat *status)
{
	int error, bytes = 0;

	endpoint->alignment = endpoint->flags & P2P_ENDPOINT_DIRECT ? 0 : 1;
	if (endpoint->alignment)
		return 0;
	error = alignment_from_statx(endpoint->fd, &endpoint->alignment);
	if (error || endpoint->alignment)
		return error;
	if (S_ISBLK(status->st_mode) && !ioctl(endpoint->fd, BLKSSZGET, &bytes))
		endpoint->alignment = (uint32_t)bytes;
	else
		endpoint->alignment = alignment_from_sysfs(status->st_dev);
	if (!endpoint->alignment)
		endpoint->alignment = DEFAULT_ALIGNMENT;
	return 0;
}

int p2p_endpoint_open(const char *path, uint32_t flags, struct p2p_endpoint **out)
{
	struct p2p_endpoint *endpoint;
	struct stat status;
	int error;

	if (!(flags & (P2P_ENDPOINT_READ | P2P_ENDPOINT_WRITE)) || flags & ~KNOWN_FLAGS)
		return -EINVAL;
	endpoint = calloc(1, sizeof(*endpoint));
	if (!endpoint)
		return -ENOMEM;
	endpoint->flags = flags;
	endpoint->fd = open_looked_at(path, flags, &status);
	if (endpoint->fd < 0) {
		error = endpoint->fd;
		goto free_endpoint;
	}
	endpoint->device = S_ISBLK(status.st_mode) ? status.st_rdev : 0;
	error = measure(endpoint, &status);
	if (!error)
		error = find_alignment(endpoint, &status);
	if (error)
		goto close_fd;
	*out = endpoint;
	return 0;

close_fd:
	close(endpoint->fd);
free_endpoint:
	free(endpoint);
	return error;
}

uint64_t p2p_endpoint_length(const struct p2p_endpoint *endpoint)
{
	return endpoint->length;
}

uint32_t p2p_endpoint_alignment(const struct p2p_endpoint *endpoint)
{
	return endpoint->alignment;
}

uint64_t p2p_endpoint_device(const struct p2p_endpoint *endpoint)
{
	return endpoint->device;
}

int p2p_endpoint_sync(struct p2p_endpoint *endpoint)
{
	int result;

	do {
		result = fsync(endpoint->fd);
	} while (result && errno == EINTR);
	return result ? -errno : 0;
}

int p2p_endpoint_close(struct p2p_endpoint *endpoint)
{
	int error;

	if (!endpoint)
		return 0;
	/* Linux frees the descriptor whatever close says: never a second try. */
	error = close(endpoint->fd) ? -errno : 0;
	free(endpoint);
	return error;
}
