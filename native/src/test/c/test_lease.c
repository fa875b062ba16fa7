/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdatomic.h>

#include "check.h"
#include "lease.h"

static void hands_out_runs_that_do_not_overlap_and_takes_them_back(void)
{
	struct lease_book book;
	uint64_t a, b, c, d;

	CHECK_EQUAL(0, lease_book_open(&book, 16384));
	CHECK_EQUAL(0, lease_take(&book, 4096, 4096, &a));
	CHECK_EQUAL(0, lease_take(&book, 8192, 4096, &b));
	CHECK_EQUAL(0, lease_take(&book, 4096, 4096, &c));
	CHECK_EQUAL(0, a);
	CHECK_EQUAL(4096, b);
	CHECK_EQUAL(12288, c);
	CHECK_EQUAL(-ENOMEM, lease_take(&book, 1, 4096, &d));
	CHECK_EQUAL(0, lease_give_back(&book, b));
	CHECK_EQUAL(-ENOENT, lease_give_back(&book, b));
	CHECK_EQUAL(-ENOMEM, lease_take(&book, 8193, 4096, &d));
	CHECK_EQUAL(0, lease_take(&book, 100, 4096, &d));
	CHECK_EQUAL(4096, d);
	/* The run of 100 bytes ends within a page: the next one begins on a page of its own. */
	CHECK_EQUAL(0, lease_take(&book, 4096, 4096, &b));
	CHECK_EQUAL(8192, b);
	lease_book_close(&book);
}

static void aligns_runs(void)
{
	struct lease_book book;
	uint64_t offset;

	CHECK_EQUAL(0, lease_book_open(&book, 3 * HUGE_PAGE_BYTES));
	CHECK_EQUAL(0, lease_take(&book, 4096, 4096, &offset));
	CHECK_EQUAL(0, lease_take(&book, HUGE_PAGE_BYTES, HUGE_PAGE_BYTES, &offset));
	CHECK_EQUAL(HUGE_PAGE_BYTES, offset);
	CHECK_EQUAL(0, lease_take(&book, 4096, 4096, &offset));
	CHECK_EQUAL(4096, offset);
	CHECK_EQUAL(-EINVAL, lease_take(&book, 4096, 3000, &offset));
	CHECK_EQUAL(-EINVAL, lease_take(&book, 0, 4096, &offset));
	CHECK_EQUAL(-ENOMEM, lease_take(&book, UINT64_MAX, 4096, &offset));
	lease_book_close(&book);
}

static void retires_only_when_nothing_is_out(void)
{
	struct lease_book book;
	uint64_t offset;

	CHECK_EQUAL(0, lease_book_open(&book, 8192));
	CHECK_EQUAL(0, lease_take(&book, 4096, 4096, &offset));
	CHECK_EQUAL(-EBUSY, lease_book_retire(&book));
	CHECK_EQUAL(0, lease_give_back(&book, offset));
	CHECK_EQUAL(0, lease_hold(&book));
	CHECK_EQUAL(-EBUSY, lease_book_retire(&book));
	lease_drop(&book);
	CHECK_EQUAL(0, lease_book_retire(&book));
	CHECK_EQUAL(-EINVAL, lease_take(&book, 4096, 4096, &offset));
	CHECK_EQUAL(-EBUSY, lease_hold(&book));
	lease_book_close(&book);
}

#define THREADS 8
#define PAGES 256
#define ROUNDS 4000

static struct lease_book shared_book;
static _Atomic int page_owner[PAGES]; /* 0: nobody, else the thread's number */

static void change_owner(uint64_t offset, uint64_t pages, int from, int to)
{
	for (uint64_t i = 0; i < pages; i++)
		CHECK_EQUAL(from, atomic_exchange(&page_owner[offset / 4096 + i], to));
}

static void *take_and_give_back(void *argument)
{
	int self = (int)(intptr_t)argument;
	uint64_t random = (uint64_t)self, offset;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t pages = 1 + (random >> 33) % 48;
		int error = lease_take(&shared_book, pages * 4096, 4096, &offset);

		random = random * 6364136223846793005ull + 1442695040888963407ull;
		if (error == -ENOMEM)
			continue;
		CHECK_EQUAL(0, error);
		change_owner(offset, pages, 0, self);
		change_owner(offset, pages, self, 0);
		CHECK_EQUAL(0, lease_give_back(&shared_book, offset));
	}
	return NULL;
}

static void eight_threads_never_get_the_same_byte(void)
{
	pthread_t threads[THREADS];

	CHECK_EQUAL(0, lease_book_open(&shared_book, PAGES * 4096));
	for (intptr_t i = 0; i < THREADS; i++)
		CHECK_EQUAL(0,
			    pthread_create(&threads[i], NULL, take_and_give_back, (void *)(i + 1)));
	for (int i = 0; i < THREADS; i++)
		CHECK_EQUAL(0, pthread_join(threads[i], NULL));
	CHECK_EQUAL(0, lease_book_retire(&shared_book));
	lease_book_close(&shared_book);
}

static void rounding_up_tells_an_overflow(void)
{
	CHECK_EQUAL(0, round_up(0, 4096));
	CHECK_EQUAL(4096, round_up(1, 4096));
	CHECK_EQUAL(4096, round_up(4096, 4096));
	CHECK_EQUAL(0, round_up(UINT64_MAX - 5, 4096));
}

int main(void)
{
	RUN(hands_out_runs_that_do_not_overlap_and_takes_them_back);
	RUN(aligns_runs);
	RUN(retires_only_when_nothing_is_out);
	RUN(eight_threads_never_get_the_same_byte);
	RUN(rounding_up_tells_an_overflow);
	return 0;
}
