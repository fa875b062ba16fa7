/* SPDX-License-Identifier: Apache-2.0 */
/* support.h: files with known bytes, opened handles, and the kernel's pin counters. */
#ifndef P2P_SUPPORT_H
#define P2P_SUPPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "p2pbench.h"

#define KIB 1024ull
#define MIB (1024ull * KIB)

#define READ_DIRECT (P2P_ENDPOINT_READ | P2P_ENDPOINT_DIRECT)
#define WRITE_DIRECT (P2P_ENDPOINT_WRITE | P2P_ENDPOINT_DIRECT)

/* Where scratch files go: the working directory, on disk, and a tmpfs. */
#define DISK "."
#define TMPFS "/dev/shm"

/* A new file of this length below 'directory', removed when the program ends. */
const char *scratch_file(const char *directory, uint64_t length);

/* Writes bytes that depend on position and seed. */
void fill_file(const char *path, uint64_t length, uint32_t seed);

/* Writes each block's number into its first eight bytes, and into the rest what depends on it. */
void number_blocks(const char *path, uint64_t blocks, uint64_t block_bytes);

/* True when the first 'length' bytes of both are the same. */
bool same_bytes(const char *path, const char *other, uint64_t length);

/* First eight bytes at 'offset' of a file. */
uint64_t word_at(const char *path, uint64_t offset);

struct p2p_memory *open_memory(uint32_t kind, uint64_t length);
struct p2p_endpoint *open_endpoint(const char *path, uint32_t flags);

/*
 * nr_foll_pin_acquired, per-CPU parts folded in. Machine-wide: others can only raise it.
 * False where it cannot be read (not root, or a kernel without it).
 */
bool read_pins_acquired(uint64_t *pins);

bool is_root(void);

#endif
