/* SPDX-License-Identifier: Apache-2.0 */
/* endpoint.h: what an engine may know of an endpoint. */
#ifndef P2P_ENDPOINT_H
#define P2P_ENDPOINT_H

#include <stdint.h>

#include "p2pbench.h"

/* Constant after open, so that it may be shared by threads. Owned by its opener. */
struct p2p_endpoint {
	int fd;
	uint32_t flags;     /* enum p2p_endpoint_flags */
	uint32_t alignment; /* bytes, of offsets and lengths */
	uint64_t length;    /* bytes */
	uint64_t device;    /* st_rdev; 0 for a file */
};

#endif
