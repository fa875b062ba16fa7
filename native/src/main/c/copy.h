/* SPDX-License-Identifier: Apache-2.0 */
/* copy.h: the CPU copy that the copy stage of a transaction and p2p_copy_run share. */
#ifndef P2P_COPY_H
#define P2P_COPY_H

#include <stdint.h>
#include <string.h>

#include "clock.h"

/* Copies and waits until the stores are out: a BAR takes them later than the CPU retires them. */
static inline void copy_bytes(void *to, const void *from, uint64_t length)
{
	memcpy(to, from, length);
	store_fence();
}

#endif
