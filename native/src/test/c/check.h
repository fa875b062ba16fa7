/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.h: tests as functions that return when all is well. The first check that
 * does not hold ends the program; a skip says why.
 */
#ifndef P2P_CHECK_H
#define P2P_CHECK_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition)                                                                           \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			fprintf(stderr, "%s:%d: %s: not so: %s\n", __FILE__, __LINE__, __func__,   \
				#condition);                                                       \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

#define CHECK_EQUAL(expected, actual)                                                              \
	do {                                                                                       \
		int64_t expected_ = (int64_t)(expected), actual_ = (int64_t)(actual);              \
		if (expected_ != actual_) {                                                        \
			fprintf(stderr, "%s:%d: %s: %s is %" PRId64 ", not %" PRId64 "\n",         \
				__FILE__, __LINE__, __func__, #actual, actual_, expected_);        \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

#define CHECK_TEXT(expected, actual)                                                               \
	do {                                                                                       \
		const char *text_ = (actual);                                                      \
		if (strcmp(expected, text_)) {                                                     \
			fprintf(stderr, "%s:%d: %s: %s is '%s', not '%s'\n", __FILE__, __LINE__,   \
				__func__, #actual, text_, expected);                               \
			exit(1);                                                                   \
		}                                                                                  \
	} while (0)

/* One of these lines for each test: what is skipped is never silent. */
#define SKIP(reason)                                                                               \
	do {                                                                                       \
		printf("skipped %s: %s\n", __func__, reason);                                      \
		return;                                                                            \
	} while (0)

#define RUN(test)                                                                                  \
	do {                                                                                       \
		printf("test %s\n", #test);                                                        \
		fflush(stdout);                                                                    \
		test();                                                                            \
	} while (0)

#endif
