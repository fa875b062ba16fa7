// SPDX-License-Identifier: Apache-2.0
/**
 * The busy neighbour: what loads the memory beside the transfers, how much, and on which CPUs each
 * of the two runs.
 */
package org.p2pbench.load;
