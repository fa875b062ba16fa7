/* SPDX-License-Identifier: Apache-2.0 */
#include "lease.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int lease_book_open(struct lease_book *book, uint64_t capacity)
{
	memset(book, 0, sizeof(*book));
	book->capacity = capacity;
	return -pthread_mutex_init(&book->lock, NULL);
}

void lease_book_close(struct lease_book *book)
{
	free(book->runs);
	pthread_mutex_destroy(&book->lock);
}

int lease_book_retire(struct lease_book *book)
{
	int error = 0;

	pthread_mutex_lock(&book->lock);
	if (book->count || book->holds)
		error = -EBUSY;
	else
		book->closed = true;
	pthread_mutex_unlock(&book->lock);
	return error;
}

/* Index of the first gap of 'length' aligned bytes, its offset in 'offset'; -ENOMEM. */
static int64_t find_gap(const struct lease_book *book, uint64_t length, uint64_t alignment,
			uint64_t *offset)
{
	uint64_t end_of_last = 0;

	for (uint32_t i = 0; i <= book->count; i++) {
		uint64_t gap_end = i < book->count ? book->runs[i].offset : book->capacity;
		uint64_t start = round_up(end_of_last, alignment);

		if (start >= end_of_last && start <= gap_end && gap_end - start >= length) {
			*offset = start;
			return i;
		}
		if (i < book->count)
			end_of_last = book->runs[i].offset + book->runs[i].length;
	}
	return -ENOMEM;
}

static int make_room(struct lease_book *book)
{
	uint32_t room = book->room ? 2 * book->room : 16;
	struct lease_run *runs;

	if (book->count < book->room)
		return 0;
	runs = realloc(book->runs, room * sizeof(*runs));
	if (!runs)
		return -ENOMEM;
	book->runs = runs;
	book->room = room;
	return 0;
}

static int take_locked(struct lease_book *book, uint64_t length, uint64_t alignment,
		       uint64_t *offset)
{
	int64_t index;
	int error;

	if (book->closed)
		return -EINVAL;
	error = make_room(book);
	if (error)
		return error;
	index = find_gap(book, length, alignment, offset);
	if (index < 0)
		return (int)index;
	memmove(&book->runs[index + 1], &book->runs[index],
		(book->count - (uint64_t)index) * sizeof(*book->runs));
	book->runs[index] = (struct lease_run){*offset, length};
	book->count++;
	return 0;
}

int lease_take(struct lease_book *book, uint64_t length, uint64_t alignment, uint64_t *offset)
{
	int error;

	if (!length || !alignment || alignment & (alignment - 1))
		return -EINVAL;
	pthread_mutex_lock(&book->lock);
	error = take_locked(book, length, alignment, offset);
	pthread_mutex_unlock(&book->lock);
	return error;
}

static int give_back_locked(struct lease_book *book, uint64_t offset)
{
	for (uint32_t i = 0; i < book->count; i++) {
		if (book->runs[i].offset != offset)
			continue;
		memmove(&book->runs[i], &book->runs[i + 1],
			(book->count - i - 1) * sizeof(*book->runs));
		book->count--;
		return 0;
	}
	return -ENOENT;
}

int lease_give_back(struct lease_book *book, uint64_t offset)
{
	int error;

	pthread_mutex_lock(&book->lock);
	error = give_back_locked(book, offset);
	pthread_mutex_unlock(&book->lock);
	return error;
}

int lease_hold(struct lease_book *book)
{
	int error = 0;

	pthread_mutex_lock(&book->lock);
	if (book->closed)
		error = -EBUSY;
	else
		book->holds++;
	pthread_mutex_unlock(&book->lock);
	return error;
}

void lease_drop(struct lease_book *book)
{
	pthread_mutex_lock(&book->lock);
	book->holds--;
	pthread_mutex_unlock(&book->lock);
}
