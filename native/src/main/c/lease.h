/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lease.h: which parts of a memory are in use. A book of runs sorted by offset,
 * handed out first fit; no byte is ever in two runs. Thread-safe: every
 * function takes the book's lock. Never used on the path of a transaction.
 */
#ifndef P2P_LEASE_H
#define P2P_LEASE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define SLOT_ALIGNMENT 4096ull
#define HUGE_PAGE_BYTES (2ull << 20)

struct lease_run {
	uint64_t offset;
	uint64_t length;
};

struct lease_book {
	pthread_mutex_t lock;
	uint64_t capacity;      /* bytes that can be leased */
	struct lease_run *runs; /* sorted by offset, owned */
	uint32_t count;
	uint32_t room;  /* elements that 'runs' can hold */
	uint32_t holds; /* users without a run of their own, such as pinners */
	bool closed;    /* nothing is handed out any more */
};

/* 'value' rounded up to a power of two 'alignment'; 0 when that overflows. */
static inline uint64_t round_up(uint64_t value, uint64_t alignment)
{
	uint64_t rounded = (value + alignment - 1) & ~(alignment - 1);

	return rounded < value ? 0 : rounded;
}

int lease_book_open(struct lease_book *book, uint64_t capacity);

/* Frees the book. The caller has seen lease_book_retire succeed, or shared it with nobody. */
void lease_book_close(struct lease_book *book);

/* Hands out nothing from now on. -EBUSY, and no change, while a run or a hold is out. */
int lease_book_retire(struct lease_book *book);

/* Takes 'length' bytes at a multiple of 'alignment' (a power of two). -EINVAL, -ENOMEM. */
int lease_take(struct lease_book *book, uint64_t length, uint64_t alignment, uint64_t *offset);

/* Gives back the run that begins at 'offset'. -ENOENT: there is none. */
int lease_give_back(struct lease_book *book, uint64_t offset);

/* Keeps the memory from being closed without taking any of it. -EBUSY: it is closing. */
int lease_hold(struct lease_book *book);
void lease_drop(struct lease_book *book);

#endif
