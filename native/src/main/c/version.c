/* SPDX-License-Identifier: Apache-2.0 */
#include "p2pbench.h"

/* The binding packs these structs by hand: a change of layout must not pass unseen. */
_Static_assert(sizeof(struct p2p_transactor_config) == 64, "layout known to the binding");
_Static_assert(sizeof(struct p2p_failure) == 32, "layout known to the binding");
_Static_assert(sizeof(struct p2p_stamps) == 32, "layout known to the binding");
_Static_assert(sizeof(struct p2p_pin_stamps) == sizeof(struct p2p_stamps), "one stride");

uint32_t p2p_abi_version(void)
{
	return P2P_ABI_VERSION;
}

void p2p_noop(void)
{
}

uint32_t p2p_transactor_config_size(void)
{
	return sizeof(struct p2p_transactor_config);
}

uint32_t p2p_failure_size(void)
{
	return sizeof(struct p2p_failure);
}
